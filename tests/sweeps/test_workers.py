"""The forkserver begins ahead of its first process, and is let go where there is none."""

import signal

import pytest

from nnlab.sweeps.workers import Workers


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
