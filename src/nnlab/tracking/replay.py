"""The thread that replays a journal's events into the store, in order, while training goes on."""

import threading
from collections.abc import Callable

from nnlab.tracking.address import redact
from nnlab.tracking.destination import Destination, Refused, batches
from nnlab.tracking.journal import Event

RETRY = 5.0
"""Seconds between two tries to reach a store that does not answer."""


class Replay:
    """Events in, a record out. Never raises, never blocks who puts, says once that a store is silent.

    open: makes the Destination, inside the thread, because it imports MLflow. say: hears one line.
    """

    def __init__(self, open: Callable[[], Destination], say: Callable[[str], None], retry: float = RETRY):
        self._open = open
        self._say = say
        self._retry = retry
        self._queue: list[Event] = []
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._said = False
        self.refused: list[str] = []
        self.trouble: str | None = None
        self.tried = threading.Event()
        """Set once the first event has been taken, or has failed to be."""
        self._thread = threading.Thread(target=self._work, name="nnlab-tracking", daemon=True)
        self._thread.start()

    def put(self, event: Event) -> None:
        """Queue one event; returns at once."""
        with self._news:
            self._queue.append(event)
            self._news.notify()

    def close(self, seconds: float) -> int:
        """Let what is queued go through, for at most so long; how many events did not."""
        with self._news:
            self._closing.set()
            self._news.notify()
        self._thread.join(seconds)
        with self._news:
            return len(self._queue)

    def _work(self) -> None:
        destination: Destination | None = None
        while waiting := self._wait():
            last_try = self._closing.is_set()
            try:
                destination = destination or self._open()
                for batch in batches(waiting):
                    self._apply(destination, batch)
            except Exception as error:
                self._note(error)
                if last_try:
                    return
                self._closing.wait(self._retry)

    def _wait(self) -> list[Event]:
        """What is queued, as soon as there is any; nothing when the end has come."""
        with self._news:
            self._news.wait_for(lambda: self._queue or self._closing.is_set())
            return list(self._queue)

    def _apply(self, destination: Destination, batch: list[Event]) -> None:
        try:
            destination.apply(batch)
        except Refused as error:
            if batch[0].kind == "start":
                raise
            self.refused.append(redact(str(error)))
        self.trouble = None
        self.tried.set()
        with self._news:
            del self._queue[: len(batch)]

    def _note(self, error: Exception) -> None:
        first_line = next(iter(str(error).splitlines()), type(error).__name__)
        self.trouble = redact(first_line)[:300]
        self.tried.set()
        if not self._said:
            self._said = True
            self._say(f"tracking: {self.trouble}; training goes on, and the run's journal keeps everything")
