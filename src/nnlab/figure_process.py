"""Figures drawn in a process of their own: it imports matplotlib during training, and draws during saving.

It reads the arguments of `plan_figures` from its parent and answers with the files, or with the error that was
raised, as often as it is asked. A worker that was forked from a process that has imported everything forks it too,
before TensorFlow starts its threads; with one core it draws itself, which takes a fifth less. Elsewhere it is
`python -m nnlab.figure_process FD`, and has every other one of the figures drawn by a process that it forks, for a
core is idle by then.
"""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

from nnlab.errors import WorkError
from nnlab.signals import ENDING, die_with

_NEEDED = ("matplotlib.backends.backend_agg", "matplotlib.figure", "nnlab.evaluation")
_STARTS = 5
_THREADS = Path("/proc/self/task")
_DIED = "figures: the process that draws them ended early; is there enough memory?"


class FigureProcess:
    """Draws the figures of runs beside them. Use as a context manager; leaving it ends the process.

    Made as early as can be: it forks at once where that is cheap and safe, and starts on entering otherwise.
    cores: that the run has, with whose only one nothing is drawn beside it.
    """

    def __init__(self, cores: int) -> None:
        self._end: Callable[[], object] = lambda: None
        self._channel: Connection | None = None
        self._answer: Any = None
        self._thread: Thread | None = None
        self._question: tuple[Any, ...] | None = None
        forks = _can_fork()
        self._alone = forks and cores == 1
        if forks and not self._alone:
            self._fork()

    def __enter__(self) -> "FigureProcess":
        if self._channel is None and not self._alone:
            self._spawn()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        if self._channel is not None:
            self._channel.close()

    def draw(self, *arguments: Any) -> None:
        """Begin to draw what `plan_figures(*arguments)` plans, and return at once."""
        self._answer, self._question = None, arguments
        if self._alone:
            return
        self._thread = Thread(target=self._ask, args=(arguments,), daemon=True)
        self._thread.start()

    def _ask(self, question: tuple[Any, ...]) -> None:
        assert self._channel is not None, "a FigureProcess is entered before it draws"
        with suppress(EOFError, OSError):
            self._channel.send(question)
            self._answer = self._channel.recv()

    def wait(self) -> list[Path]:
        """The files, once they are there. Raises what drawing raises; WorkError where a process died."""
        if self._question is None:
            raise RuntimeError("FigureProcess.draw comes before wait")
        if self._thread:
            self._thread.join()
        else:
            self._answer = _answer(self._question, alone=True)
        if self._answer is None:
            raise WorkError(_DIED)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def _fork(self) -> None:
        ours, theirs = Pipe()
        pid = os.fork()
        if pid == 0:
            ours.close()
            _be_the_child(theirs)
        theirs.close()
        self._channel = ours
        self._end = lambda: _end(pid)

    def _spawn(self) -> None:
        ours, theirs = Pipe()
        # A session of its own: Ctrl-C is for the run, which then decides what becomes of its figures.
        process = _start(theirs)
        theirs.close()
        self._channel = ours
        self._end = lambda: (process.kill(), process.wait())


def _start(channel: Connection) -> "subprocess.Popen[bytes]":
    """This module in a process of its own.

    On one machine Linux answered EFAULT, bad address, to three starts in a hundred, while another thread was
    loading MLflow's libraries: it is asked again.
    """
    for left in reversed(range(_STARTS)):
        try:
            return subprocess.Popen(
                [sys.executable, "-m", __name__, str(channel.fileno())],
                pass_fds=[channel.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                # Drawing multiplies no matrices; and with one thread it can fork.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            if error.errno != errno.EFAULT or not left:
                raise
    raise AssertionError("the last start returns or raises")


def _can_fork() -> bool:
    """Whether all that drawing needs is imported and no thread, Python's or another, would be torn in two."""
    if not all(name in sys.modules for name in _NEEDED):
        return False
    return _THREADS.is_dir() and len(list(_THREADS.iterdir())) == 1


def _end(pid: int) -> None:
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _be_the_child(channel: Connection) -> None:
    """Draw, and never return into what was forked."""
    try:
        os.setsid()
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        _serve(channel, alone=True)
    finally:
        os._exit(0)


def _serve(channel: Connection, *, alone: bool) -> None:
    """Answer until the other end closes. alone: without a second process, which a sweep has no core for."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401

    with suppress(EOFError, OSError):
        while True:
            channel.send(_answer(channel.recv(), alone=alone))


def _answer(arguments: tuple[Any, ...], *, alone: bool) -> list[Path] | Exception:
    """The files, or what went wrong."""
    from nnlab.evaluation.figures import draw_all, plan_figures

    try:
        figures = plan_figures(*arguments)
        return draw_all(figures) if alone or not _can_fork() else _draw_in_two(figures)
    except Exception as error:
        return error


def _draw_in_two(figures: Sequence[Callable[[], Path | None]]) -> list[Path]:
    """Draw every other figure in a process forked from this one, which ends with it."""
    from nnlab.evaluation.figures import draw_all

    ours, theirs = Pipe()
    child = get_context("fork").Process(target=_draw_half, args=(figures[1::2], theirs, os.getpid()))
    child.start()
    theirs.close()
    try:
        return [*draw_all(figures[::2]), *_heard(ours)]
    finally:
        child.join()


def _draw_half(figures: Sequence[Callable[[], Path | None]], channel: Connection, parent: int) -> None:
    from nnlab.evaluation.figures import draw_all

    die_with(parent)
    try:
        channel.send(draw_all(figures))
    except Exception as error:
        channel.send(error)


def _heard(channel: Connection) -> list[Path]:
    """Raises what was raised at the other end, WorkError where that died."""
    try:
        answer = channel.recv()
    except EOFError:
        raise WorkError(_DIED) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1])), alone=False)
