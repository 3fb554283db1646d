"""Fault table, row 9: each run in a process of its own, and however one ends, the others go on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.sweeps.crew import crew_of
from nnlab.sweeps.jobs import Job, Limits, Result
from nnlab.sweeps.running import run_jobs
from nnlab.tracking.tags import FAILURE

pytestmark = pytest.mark.slow
MakeJobs = Callable[..., list[Job]]


def test_one_bad_end_of_each_kind_leaves_the_others_alone(make_jobs: MakeJobs, here: Path, records: Any):
    found = run_all(make_jobs("well", "raise", "exit", "die", "kill", "well"), here)
    assert {number: (result.state, result.reason) for number, result in found.items()} == {
        0: ("FINISHED", ""),
        1: ("FAILED", "no good"),
        2: ("FAILED", "the run ended itself: exit(3)"),
        3: ("FAILED", "the process ended itself with exit code 0"),
        4: ("KILLED", "killed by SIGKILL"),
        5: ("FINISHED", ""),
    }
    assert recorded(records(here)) == {
        0: ("FINISHED", None),
        1: ("FAILED", "ValueError: no good"),
        2: ("FAILED", "SystemExit: 3"),
        3: ("FAILED", "the process ended itself with exit code 0"),
        4: ("KILLED", "killed by SIGKILL"),
        5: ("FINISHED", None),
    }
    assert found[0].outcome is not None
    assert found[0].outcome.folder.is_dir()
    assert found[1].log is not None
    assert 'raise ValueError("no good")' in found[1].log.read_text()


@pytest.mark.long
def test_what_runs_too_long_is_ended_even_if_it_does_not_listen(
    make_jobs: MakeJobs, here: Path, records: Any
):
    found = run_all(make_jobs("hang", "deaf"), here, seconds=60)
    reason = "ran past its limit of 60 s"
    assert [(found[number].state, found[number].reason) for number in (0, 1)] == [("TIMEOUT", reason)] * 2
    assert recorded(records(here)) == {0: ("KILLED", reason), 1: ("KILLED", reason)}


@pytest.mark.long
def test_what_holds_too_much_memory_is_ended(make_jobs: MakeJobs, here: Path, records: Any):
    found = run_all(make_jobs("memory", "well"), here, megabytes=1500)
    assert (found[0].state, found[1].state) == ("OUT_OF_MEMORY", "FINISHED")
    assert found[0].reason.endswith("MB, past its limit of 1500 MB")
    assert recorded(records(here)) == {0: ("FAILED", found[0].reason), 1: ("FINISHED", None)}


def run_all(
    jobs: list[Job], here: Path, seconds: float | None = None, megabytes: float | None = None
) -> dict[int, Result]:
    limits = Limits(workers=2, seconds=seconds, megabytes=megabytes, grace=2)
    with crew_of(limits, here / "logs") as crew:
        return {result.job.number: result for result in run_jobs(jobs, crew)}


def recorded(runs: list[Any]) -> dict[int, tuple[str, str | None]]:
    return {int(run.data.params["seed"]): (run.info.status, run.data.tags.get(FAILURE)) for run in runs}
