import threading
import time

import pytest

from nnlab.tracking.delivery import Delivery
from nnlab.tracking.destination import Refused, batches
from nnlab.tracking.journal import Event


def event(number, kind="metrics"):
    return Event(number, kind, 0, {})


class Shelf:
    """A destination that keeps what it is given, and fails as it is told to."""

    def __init__(self, failures=()):
        self.taken, self.sizes, self.failures, self.signs = [], [], list(failures), 0

    def give_sign(self):
        self.signs += 1

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
    delivery = Delivery(lambda: shelf, warnings.append)
    for number in range(500):
        delivery.put(event(number))
    assert delivery.close(10) == 0
    assert shelf.taken == list(range(500))
    assert warnings == []


def test_what_comes_then_is_done_once_and_fails_in_silence(warnings):
    shelf, done = Shelf(), []

    def then():
        done.append(list(shelf.taken))
        raise ImportError("no such module")

    delivery = Delivery(lambda: shelf, warnings.append, then=then)
    delivery.put(event(1))
    until = time.monotonic() + 5
    while not done and time.monotonic() < until:
        time.sleep(0.01)
    delivery.put(event(2))
    assert delivery.close(10) == 0
    assert (done, shelf.taken, warnings) == ([[1]], [1, 2], [])


def test_what_comes_then_waits_for_a_store_that_answers(warnings):
    done = []
    delivery = Delivery(lambda: Shelf([OSError("dead")] * 99), warnings.append, then=lambda: done.append(1))
    delivery.put(event(1))
    delivery.tried.wait(5)
    assert delivery.close(0) == 1
    assert done == []


def test_what_queues_up_behind_a_slow_start_is_one_batch(warnings):
    shelf, go = Shelf(), threading.Event()
    delivery = Delivery(lambda: go.wait() and shelf, warnings.append)
    for number in range(50):
        delivery.put(event(number))
    go.set()
    assert delivery.close(10) == 0
    assert max(shelf.sizes) >= 49


def test_a_store_that_comes_back_gets_everything_and_its_silence_is_said_once(warnings):
    shelf = Shelf([None, OSError("gone"), OSError("gone"), OSError("gone")])
    delivery = Delivery(lambda: shelf, warnings.append, retry=0.01)
    delivery.put(event(1))
    delivery.tried.wait(5)
    delivery.put(event(2))
    until = time.monotonic() + 5
    while shelf.taken != [1, 2] and time.monotonic() < until:
        time.sleep(0.01)
    assert delivery.close(5) == 0
    assert shelf.taken == [1, 2]
    assert warnings == ["tracking: gone; training goes on, and the run's journal keeps everything"]


def test_a_store_that_stays_dead_costs_one_more_try_and_no_wait(warnings):
    delivery = Delivery(lambda: Shelf([OSError("http://me:pw@host is dead")] * 99), warnings.append, retry=60)
    delivery.put(event(1))
    delivery.tried.wait(5)
    delivery.put(event(2))
    begun = time.monotonic()
    assert delivery.close(30) == 2
    assert time.monotonic() - begun < 5
    assert delivery.trouble == "http://***@host is dead"


def test_a_store_that_hangs_holds_nobody_longer_than_said(warnings):
    never = threading.Event()
    delivery = Delivery(lambda: never.wait(20) and Shelf(), warnings.append)
    delivery.put(event(1))
    begun = time.monotonic()
    assert delivery.close(0.2) == 1
    assert time.monotonic() - begun < 3
    never.set()


class Slow(Shelf):
    """Takes its time for everything."""

    def apply(self, events):
        time.sleep(0.2)
        super().apply(events)


def test_a_slow_store_gets_everything_however_little_a_silent_one_is_waited_for(warnings):
    shelf = Slow()
    delivery = Delivery(lambda: shelf, warnings.append)
    for number in range(5):
        delivery.put(event(number, "artifact"))
    assert delivery.close(0.6) == 0
    assert shelf.taken == list(range(5))


def test_who_is_in_a_hurry_says_for_how_long_a_slow_store_is_waited_for(warnings):
    delivery = Delivery(Slow, warnings.append)
    for number in range(50):
        delivery.put(event(number, "artifact"))
    begun = time.monotonic()
    assert 0 < delivery.close(5, at_most=0.5) < 50
    assert time.monotonic() - begun < 5


def test_a_quiet_run_gives_signs_of_life_and_a_silent_store_is_only_tried_again(warnings):
    shelf = Shelf()
    opened = iter([OSError("away"), shelf])

    def open_shelf():
        if isinstance(found := next(opened), OSError):
            raise found
        return found

    delivery = Delivery(open_shelf, warnings.append, retry=0.01, beat=0.05)
    until = time.monotonic() + 20
    while shelf.signs < 3 and time.monotonic() < until:
        time.sleep(0.01)
    assert shelf.signs >= 3
    assert delivery.close(5) == 0
    assert shelf.taken == []


def test_a_thousand_neighbours_are_more_than_one_batch():
    sizes = [len(batch) for batch in batches([event(number) for number in range(1200)])]
    assert sizes == [500, 500, 200]


def test_what_is_refused_for_good_is_noted_and_holds_up_nothing(warnings):
    shelf = Shelf([None, Refused("a.b was 1")])
    delivery = Delivery(lambda: shelf, warnings.append)
    delivery.put(event(1, "start"))
    delivery.put(event(2, "params"))
    delivery.put(event(3))
    assert delivery.close(5) == 0
    assert shelf.taken == [1, 3]
    assert delivery.refused == ["a.b was 1"]


@pytest.mark.parametrize("when", ["open", "start"])
def test_a_run_that_cannot_be_made_keeps_everything_queued(warnings, when):
    def open_shelf():
        if when == "open":
            raise OSError("no such store")
        return Shelf([Refused("no such store")] * 9)

    delivery = Delivery(open_shelf, warnings.append, retry=0.01)
    delivery.put(event(1, "start"))
    delivery.put(event(2))
    delivery.tried.wait(5)
    assert delivery.close(5) == 2
    assert delivery.trouble == "no such store"
