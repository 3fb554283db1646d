"""Fault table, row 9: each run in a process of its own, and however one ends, the others go on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.sweeps.jobs import Job, Limits, Result
from nnlab.sweeps.running import run_jobs
from nnlab.tracking.tags import FAILURE

pytestmark = pytest.mark.slow
MakeJobs = Callable[..., list[Job]]


def test_one_bad_end_of_each_kind_leaves_the_others_alone(make_jobs: MakeJobs, here: Path, records: Any):
    jobs = make_jobs("well", "raise", "exit", "die", "kill", "hang", "deaf", "well")
    found = run_all(jobs, here, Limits(workers=2, seconds=15, megabytes=None, grace=2))
    assert {job.number: (found[job.number].state, found[job.number].reason) for job in jobs} == {
        0: ("FINISHED", ""),
        1: ("FAILED", "no good"),
        2: ("FAILED", "the run ended itself: exit(3)"),
        3: ("FAILED", "the process ended itself with exit code 0"),
        4: ("KILLED", "killed by SIGKILL"),
        5: ("TIMEOUT", "ran past its limit of 15 s"),
        6: ("TIMEOUT", "ran past its limit of 15 s"),
        7: ("FINISHED", ""),
    }
    recorded = {
        int(run.data.params["seed"]): (run.info.status, run.data.tags.get(FAILURE)) for run in records(here)
    }
    assert recorded == {
        0: ("FINISHED", None),
        1: ("FAILED", "ValueError: no good"),
        2: ("FAILED", "SystemExit: 3"),
        3: ("FAILED", "the process ended itself with exit code 0"),
        4: ("KILLED", "killed by SIGKILL"),
        5: ("KILLED", "ran past its limit of 15 s"),
        6: ("KILLED", "ran past its limit of 15 s"),
        7: ("FINISHED", None),
    }
    assert found[0].outcome is not None
    assert found[0].outcome.folder.is_dir()
    assert 'raise ValueError("no good")' in found[1].log.read_text()


def run_all(jobs: list[Job], here: Path, limits: Limits) -> dict[int, Result]:
    return {result.job.number: result for result in run_jobs(jobs, here / "logs", limits)}


def test_what_holds_too_much_memory_is_ended(make_jobs: MakeJobs, here: Path, records: Any):
    found = run_all(
        make_jobs("memory", "well"), here, Limits(workers=1, seconds=None, megabytes=1500, grace=2)
    )
    assert (found[0].state, found[1].state) == ("OUT_OF_MEMORY", "FINISHED")
    assert found[0].reason.endswith("MB, past its limit of 1500 MB")
    failures = {run.info.status: run.data.tags.get(FAILURE) for run in records(here)}
    assert failures == {"FAILED": found[0].reason, "FINISHED": None}
