import threading
import time

import pytest

from nnlab.tracking.destination import Refused, batches
from nnlab.tracking.journal import Event
from nnlab.tracking.replay import Replay


def event(number, kind="metrics"):
    return Event(number, kind, 0, {})


class Shelf:
    """A destination that keeps what it is given, and fails as it is told to."""

    def __init__(self, failures=()):
        self.taken, self.sizes, self.failures = [], [], list(failures)

    def apply(self, events):
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        self.taken += [found.number for found in events]
        self.sizes.append(len(events))


def test_neighbours_of_one_kind_go_together_and_artifacts_alone():
    kinds = ["start", "metrics", "metrics", "artifact", "artifact", "metrics"]
    found = [
        [one.number for one in batch] for batch in batches([event(i, kind) for i, kind in enumerate(kinds)])
    ]
    assert found == [[0], [1, 2], [3], [4], [5]]


def test_everything_arrives_once_and_in_order(warnings):
    shelf = Shelf()
    replay = Replay(lambda: shelf, warnings.append)
    for number in range(500):
        replay.put(event(number))
    assert replay.close(10) == 0
    assert shelf.taken == list(range(500))
    assert warnings == []


def test_what_queues_up_behind_a_slow_start_is_one_batch(warnings):
    shelf, go = Shelf(), threading.Event()
    replay = Replay(lambda: go.wait() and shelf, warnings.append)
    for number in range(50):
        replay.put(event(number))
    go.set()
    assert replay.close(10) == 0
    assert max(shelf.sizes) >= 49


def test_a_store_that_comes_back_gets_everything_and_its_silence_is_said_once(warnings):
    shelf = Shelf([None, OSError("gone"), OSError("gone"), OSError("gone")])
    replay = Replay(lambda: shelf, warnings.append, retry=0.01)
    replay.put(event(1))
    replay.tried.wait(5)
    replay.put(event(2))
    until = time.monotonic() + 5
    while shelf.taken != [1, 2] and time.monotonic() < until:
        time.sleep(0.01)
    assert replay.close(5) == 0
    assert shelf.taken == [1, 2]
    assert warnings == ["tracking: gone; training goes on, and the run's journal keeps everything"]


def test_a_store_that_stays_dead_costs_one_more_try_and_no_wait(warnings):
    replay = Replay(lambda: Shelf([OSError("http://me:pw@host is dead")] * 99), warnings.append, retry=60)
    replay.put(event(1))
    replay.tried.wait(5)
    replay.put(event(2))
    begun = time.monotonic()
    assert replay.close(30) == 2
    assert time.monotonic() - begun < 5
    assert replay.trouble == "http://***@host is dead"


def test_a_store_that_hangs_holds_nobody_longer_than_said(warnings):
    never = threading.Event()
    replay = Replay(lambda: never.wait(20) and Shelf(), warnings.append)
    replay.put(event(1))
    begun = time.monotonic()
    assert replay.close(0.2) == 1
    assert time.monotonic() - begun < 3
    never.set()


def test_what_is_refused_for_good_is_noted_and_holds_up_nothing(warnings):
    shelf = Shelf([None, Refused("a.b was 1")])
    replay = Replay(lambda: shelf, warnings.append)
    replay.put(event(1, "start"))
    replay.put(event(2, "params"))
    replay.put(event(3))
    assert replay.close(5) == 0
    assert shelf.taken == [1, 3]
    assert replay.refused == ["a.b was 1"]


@pytest.mark.parametrize("when", ["open", "start"])
def test_a_run_that_cannot_be_made_keeps_everything_queued(warnings, when):
    def open_shelf():
        if when == "open":
            raise OSError("no such store")
        return Shelf([Refused("no such store")] * 9)

    replay = Replay(open_shelf, warnings.append, retry=0.01)
    replay.put(event(1, "start"))
    replay.put(event(2))
    replay.tried.wait(5)
    assert replay.close(5) == 2
    assert replay.trouble == "no such store"
