"""Processes of one's own, forked from a forkserver: start them, hear how they end, end them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nnlab.errors import WorkError
from nnlab.plan import Plan
from nnlab.sweeps.messages import Ended, Message, Start, Started

_TUNABLES, _LARGE_PAGES = "GLIBC_TUNABLES", "glibc.malloc.hugetlb"


class Workers:
    """A forkserver and the processes it has forked. Use as a context manager; leaving it ends them all.

    The server imports in the background for some seconds, from `begin` or the first `start` on; what is started
    before it is ready waits for it.
    """

    def __init__(self) -> None:
        self.running: dict[int, Started] = {}
        self._server: subprocess.Popen[bytes] | None = None
        self._asked = False
        mine, self._theirs = socket.socketpair()
        self._channel = Connection(mine.detach())

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        """Close the socket: the server ends what still runs, then itself; one that was asked nothing at once."""
        self._theirs.close()
        self._channel.close()
        if self._server is not None:
            if not self._asked:
                self._server.kill()
            self._server.wait()

    def begin(self) -> None:
        """Have the server import ahead, beside what comes before the first process."""
        if self._server is not None:
            return
        with self._theirs as theirs:
            # A session of its own: Ctrl-C is for this process, which then decides what becomes of the others.
            self._server = subprocess.Popen(
                [sys.executable, "-m", "nnlab.sweeps.forkserver", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=with_large_pages(os.environ),
            )

    def start(
        self,
        number: int,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        log: Path,
        settings: Mapping[str, str] | None = None,
        plan: Plan | None = None,
    ) -> None:
        """Begin `function(*arguments)` in a new process whose output goes to `log`; `number` names it here.

        settings: environment variables. plan: one in the arguments, whose published data all processes share. The
        function is found by its name, the arguments are pickled.
        """
        self.begin()
        self._asked = True
        with self._watched():
            self._channel.send(Start(number, function, arguments, log.absolute(), settings or {}, plan))

    def events(self, seconds: float) -> Iterator[Message]:
        """What has happened, waiting at most so long for the first of it. Raises WorkError without a server."""
        with self._watched():
            while self._channel.poll(seconds):
                message: Message = self._channel.recv()
                if isinstance(message, Started):
                    self.running[message.number] = message
                elif isinstance(message, Ended):
                    self.running.pop(message.number, None)
                yield message
                seconds = 0.0

    def signal(self, number: int, kind: signal.Signals) -> None:
        """Send a signal to a process that has started; no effect on one that has ended."""
        if started := self.running.get(number):
            with suppress(ProcessLookupError):
                os.kill(started.pid, kind)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """A broken channel is said in one line."""
        try:
            yield
        except (EOFError, ConnectionError):
            code = self._server.wait() if self._server else None
            raise WorkError(f"sweep: the process that starts the runs ended with {code}; see above") from None


def with_large_pages(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with memory in pages of 2 MB, where Linux and its C library have them for the asking.

    A process that was forked takes each page anew that it writes on, and 4 kB at a time that is 4 to 7 % of a
    small run's processor time (https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html).
    """
    given = environment.get(_TUNABLES, "")
    if _LARGE_PAGES in given:
        return dict(environment)
    return {**environment, _TUNABLES: ":".join(filter(None, (given, f"{_LARGE_PAGES}=1")))}
