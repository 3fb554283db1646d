"""The thread that delivers a journal's events to the store, in order, while training goes on."""

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from nnlab.tracking.address import redact
from nnlab.tracking.destination import Destination, Refused, batches
from nnlab.tracking.journal import Event

RETRY = 5.0
"""Seconds between two tries to reach a store that does not answer."""
BEAT = 60.0
"""Seconds between two signs of life in the store, where nothing else would be written."""


class Delivery:
    """Events in, a record out. Never raises, never blocks who puts, says once that a store is silent.

    open: makes the Destination, inside the thread, because it imports MLflow. say: hears one line. then: what the
    thread does once, after the first events have been taken.
    """

    def __init__(
        self,
        open: Callable[[], Destination],
        say: Callable[[str], None],
        retry: float = RETRY,
        beat: float = BEAT,
        then: Callable[[], object] | None = None,
    ):
        self._open = open
        self._say = say
        self._retry = retry
        self._beat = beat
        self._then = then
        self._next_beat = time.monotonic() + beat
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

    def close(self, seconds: float, at_most: float = math.inf) -> int:
        """Let what is queued go through; how many events did not.

        seconds: how long to wait for a store that takes nothing. at_most: how long for a slow one, in all.
        """
        with self._news:
            self._closing.set()
            self._news.notify()
        until, left = time.monotonic() + at_most, len(self._queue) + 1
        while self._thread.is_alive() and len(self._queue) < left and time.monotonic() < until:
            left = len(self._queue)
            self._thread.join(min(seconds, max(0.0, until - time.monotonic())))
        with self._news:
            return len(self._queue)

    def _work(self) -> None:
        destination: Destination | None = None
        while (waiting := self._wait()) is not None:
            last_try = self._closing.is_set()
            try:
                destination = destination or self._open()
                for batch in batches(waiting):
                    self._apply(destination, batch)
                self._give_sign(destination)
                self._do_then()
            except Exception as error:
                self._note(error)
                if last_try:
                    return
                self._closing.wait(self._retry)

    def _wait(self) -> list[Event] | None:
        """What is queued, as soon as there is any; nothing when a sign of life is due, None at the end."""
        with self._news:
            self._news.wait_for(
                lambda: self._queue or self._closing.is_set(), max(0.0, self._next_beat - time.monotonic())
            )
            return None if self._closing.is_set() and not self._queue else list(self._queue)

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

    def _do_then(self) -> None:
        then, self._then = self._then, None
        if then and not self._closing.is_set():
            with suppress(Exception):
                then()

    def _give_sign(self, destination: Destination) -> None:
        if time.monotonic() < self._next_beat or self._closing.is_set():
            return
        self._next_beat = time.monotonic() + self._beat
        with suppress(Refused):
            destination.give_sign()

    def _note(self, error: Exception) -> None:
        first_line = next(iter(str(error).splitlines()), type(error).__name__)
        self.trouble = redact(first_line)[:300]
        self.tried.set()
        if not self._said:
            self._said = True
            self._say(f"tracking: {self.trouble}; training goes on, and the run's journal keeps everything")
