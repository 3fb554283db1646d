"""The search's side of runs that ask: a thread that answers each, over a socket that only this user can reach."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Client, Listener
from pathlib import Path

Judge = Callable[[int, Sequence[float]], str]


@contextmanager
def answering(judge: Judge) -> Iterator[str]:
    """The address at which runs ask while the block lasts. judge: job and curve → why to end, or empty."""
    with tempfile.TemporaryDirectory(prefix="nnlab-") as folder:
        address = str(Path(folder) / "asked")
        with Listener(address, "AF_UNIX", backlog=64) as listener:
            thread = threading.Thread(
                target=_answer, args=(listener, judge), name="nnlab-pruning", daemon=True
            )
            thread.start()
            try:
                yield address
            finally:
                with suppress(OSError), Client(address, "AF_UNIX") as channel:
                    channel.send(None)
                thread.join(5)


def _answer(listener: Listener, judge: Judge) -> None:
    while True:
        with suppress(OSError, EOFError), listener.accept() as channel:
            asked = channel.recv()
            if asked is None:
                return
            channel.send(_judged(judge, *asked))


def _judged(judge: Judge, number: int, curve: Sequence[float]) -> str:
    """What cannot be judged goes on: whatever is wrong with the study is said when the run is told to it."""
    try:
        return judge(number, curve)
    except Exception:
        return ""
