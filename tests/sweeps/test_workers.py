"""The forkserver begins ahead of its first process, and is let go where there is none."""

import signal

import pytest

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
