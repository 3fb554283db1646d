"""Signals that ask a run to end: noticed in the loop, recorded, and answered with the exit code 128 + n."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


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
    former = {number: signal.getsignal(number) for number in ENDING}

    def interrupt(number: int, _frame: FrameType | None) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_DFL)
        raise Interrupted(number)

    for number in ENDING:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
