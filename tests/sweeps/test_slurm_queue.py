"""When a job of Slurm's queue is taken for ended, by what squeue says."""

import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from nnlab.sweeps.slurm_queue import SlurmQueue, ask_slurm

Answer = Mapping[str, str] | Exception


@pytest.fixture
def make_queue() -> Callable[..., SlurmQueue]:
    """A queue that watches job 7 and gets these answers, one at each look."""

    def make(*answers: Answer, every: float = 0.0) -> SlurmQueue:
        left = list(answers)

        def ask() -> Mapping[str, str]:
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        queue = SlurmQueue(ask, every)
        queue.watch("7")
        return queue

    return make


SILENT = subprocess.CalledProcessError(1, "squeue")


@pytest.mark.parametrize(
    ("answers", "state", "ended"),
    [
        ([{"7": "PENDING"}] * 3, "PENDING", False),
        ([{"7": "RUNNING"}, {"7": "FAILED"}], "FAILED", False),
        ([{"7": "TIMEOUT"}, {"7": "TIMEOUT"}], "TIMEOUT", True),
        ([{"7": "FAILED"}, {}], "GONE", True),
        ([{"8": "RUNNING"}, {"8": "RUNNING"}], "GONE", True),
        ([{"7": "FAILED"}, {"7": "REQUEUED"}, {"7": "FAILED"}], "FAILED", False),
        ([{"7": "COMPLETING"}, SILENT, SILENT], "COMPLETING", False),
        ([{"7": "CANCELLED"}, SILENT], "CANCELLED", False),
        ([SILENT, FileNotFoundError("squeue")], "UNKNOWN", False),
    ],
    ids=str,
)
def test_two_answers_in_a_row_end_a_job(
    make_queue: Callable[..., SlurmQueue], answers: list[Answer], state: str, ended: bool
):
    queue = make_queue(*answers)
    for _ in answers:
        queue.look()
    assert (queue.state("7"), queue.has_ended("7")) == (state, ended)
    assert queue.is_under_way("7") == (state in ("PENDING", "COMPLETING", "UNKNOWN"))


def test_answers_before_a_job_was_submitted_say_nothing_of_it(make_queue: Callable[..., SlurmQueue]):
    queue = make_queue({}, {}, {})
    queue.look()
    queue.watch("9")
    queue.look()
    assert (queue.has_ended("7"), queue.has_ended("9")) == (True, False)
    queue.look()
    assert queue.has_ended("9")


def test_slurm_is_not_asked_again_at_once(make_queue: Callable[..., SlurmQueue]):
    queue = make_queue({"7": "RUNNING"}, {"7": "FAILED"}, every=60.0)
    queue.look()
    queue.look()
    assert queue.state("7") == "RUNNING"


def test_a_job_that_was_asked_to_end_is_believed_at_once(make_queue: Callable[..., SlurmQueue]):
    queue = make_queue({"7": "CANCELLED"}, every=60.0)
    assert not queue.has_ended("7", answers=1)
    queue.look(soon=True)
    assert queue.has_ended("7", answers=1)
    queue.look(soon=True)  # within a moment: there is no second answer to be had
    assert not queue.has_ended("7")


def test_squeue_is_read_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "squeue"
    program.write_text("#!/bin/sh\necho '12 RUNNING'\necho '13 OUT_OF_MEMORY'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert ask_slurm() == {"12": "RUNNING", "13": "OUT_OF_MEMORY"}
