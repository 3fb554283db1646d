"""The forkserver begins ahead of its first process, and is let go where there is none."""

import signal
from pathlib import Path

import misbehaving
import pytest

from nnlab.cli.compose import compose_plan
from nnlab.data.source import load_source
from nnlab.sweeps.messages import Ended
from nnlab.sweeps.workers import Workers, with_large_pages


def test_nothing_is_begun_before_it_is_asked_for():
    with Workers() as workers:
        assert workers._server is None


@pytest.mark.slow
def test_a_server_that_nobody_needs_ends_in_the_midst_of_its_imports():
    with Workers() as workers:
        workers.begin()
        server = workers._server
        assert server is not None
        assert server.poll() is None
    assert server.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ({}, "glibc.malloc.hugetlb=1"),
        ({"GLIBC_TUNABLES": "glibc.malloc.perturb=7"}, "glibc.malloc.perturb=7:glibc.malloc.hugetlb=1"),
        ({"GLIBC_TUNABLES": "glibc.malloc.hugetlb=0"}, "glibc.malloc.hugetlb=0"),
    ],
)
def test_memory_comes_in_large_pages_unless_the_user_says_otherwise(given: dict[str, str], passed: str):
    assert with_large_pages({"HOME": "/", **given}) == {"HOME": "/", "GLIBC_TUNABLES": passed}


@pytest.mark.slow
def test_a_worker_finds_what_the_server_has_read(here: Path, tmp_path: Path):
    plan = compose_plan(["dataset=mnist"])
    load_source(plan.dataset)
    with Workers() as workers:
        for number, told in enumerate((plan, None)):
            workers.start(number, misbehaving.say_held, (plan,), tmp_path / f"{number}.log", plan=told)
        said = {}
        while len(said) < 2:
            for message in workers.events(60):
                if isinstance(message, Ended) and message.answer:
                    said[message.number] = message.answer.value
    assert said == {0: True, 1: False}
