"""Signals that ask a run to end: noticed in the loop, recorded, and answered with the exit code 128 + n."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


_PR_SET_PDEATHSIG = 1


class Interrupted(BaseException):
    """A signal asked the process to end; no `except Exception` on the way may swallow it."""

    def __init__(self, number: int):
        self.number = number
        self.name = signal.Signals(number).name
        super().__init__(f"ended by {self.name}")

    @property
    def exit_code(self) -> int:
        """128 + n, as shells report it."""
        return 128 + self.number


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first ending signal into Interrupted; a second one ends the process at once."""

    def interrupt(number: int) -> None:
        raise Interrupted(number)

    with _answering(interrupt):
        yield


@contextmanager
def noted() -> Iterator[list[int]]:
    """Put the first ending signal into the list that is given out; a second one ends the process at once.

    For those who have other processes to end before themselves. Python hears signals in its main thread only.
    """
    found: list[int] = []
    with _answering(found.append):
        yield found


@contextmanager
def _answering(answer: Callable[[int], None]) -> Iterator[None]:
    former = {number: signal.getsignal(number) for number in ENDING}

    def hear(number: int, _frame: FrameType | None) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_DFL)
        answer(number)

    for number in ENDING:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def die_with(parent: int) -> None:
    """Have this process killed as soon as its parent ends, whatever ends that.

    Linux only; elsewhere a killed parent leaves its children to finish what they do.
    """
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it had ended before it could be told
            os._exit(1)
