"""The profile: whose time a moment is, and what the page says of it."""

import threading
from typing import Any

import pytest

from benchmarks import spans
from benchmarks.profile import END, NOW, RUNS, START, Profile, write_page
from benchmarks.spans import COMPILING, STAGES, STEPS, Clock
from nnlab.cli.compose import compose_plan


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch):
    """A clock that goes on by what is put into the list."""
    now = [0.0]
    monkeypatch.setattr(spans.time, "perf_counter", lambda: now[0])
    return now


def test_a_moment_counts_for_the_innermost_stage(moments: Any):
    clock = Clock()

    def inner() -> None:
        moments[0] += 2

    def outer() -> None:
        moments[0] += 1
        clock.timed(inner, "inner")()
        moments[0] += 4

    clock.timed(outer, "outer")()
    assert clock.seconds == {"everything else": 0, "outer": 5, "inner": 2}


def test_the_first_of_all_steps_compile_and_other_threads_are_free(moments: Any):
    clock = Clock()

    def step() -> None:
        moments[0] += 1

    timed = clock.timed(step, STEPS)
    timed()
    timed()
    timed()
    beside = threading.Thread(target=timed)
    beside.start()
    beside.join()
    assert clock.seconds[COMPILING] == 1
    assert clock.seconds[STEPS] == 2


def test_every_stage_names_a_function_that_there_is():
    for name in STAGES:
        found = getattr(*spans.find_owner(name))
        assert callable(found) or isinstance(found, property), name


@pytest.mark.parametrize("name", RUNS)
def test_what_is_profiled_can_be_run(name: str):
    compose_plan(RUNS[name])


def test_the_page_tells_what_is_beyond_imports_and_training():
    stages = {
        START: 0.5,
        "importing TensorFlow and Keras": 3.0,
        COMPILING: 1.0,
        STEPS: 4.0,
        "data": 0.25,
        END: 1.0,
    }
    then = Profile(10.75, {**stages, END: 2.0})
    page = write_page({"tiny": {"abc": [then], NOW: [Profile(9.75, stages)]}}, "2 cores", 0.5, "make profile")
    assert "| steps | 4.00 |" in page
    assert "| tiny | at abc | 10.75 | 2.25 |  |" in page
    assert "| tiny | as it is | 9.75 | 1.25 | ≤ 2 s: reached |" in page
