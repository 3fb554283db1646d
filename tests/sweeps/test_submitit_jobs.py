"""submitit's own executor, for real: every bad end is told and recorded, and the others go on."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from test_isolated_runs import recorded
from test_launchers import LOCAL, values

from nnlab.signals import Interrupted
from nnlab.sweeps.jobs import Job, Result
from nnlab.sweeps.launchers import read_settings
from nnlab.sweeps.running import run_jobs
from nnlab.sweeps.submitit_jobs import SubmititCrew
from nnlab.tracking.tags import CARRIER

pytestmark = pytest.mark.slow
MakeJobs = Callable[..., list[Job]]
TIME_IS_UP = "Slurm was about to end it: its time was up, or another job took its place"
GONE = "its process ended without a word"


def crew_in(folder: Path) -> SubmititCrew:
    settings = read_settings(values("submitit_local", workers=5), "submitit_local")
    return SubmititCrew(settings, LOCAL, folder / "logs")  # pyright: ignore[reportArgumentType]


def ends(results: list[Result]) -> dict[int, tuple[str, str]]:
    return {result.job.number: (result.state, result.reason) for result in results}


def controller_of(seed: int, here: Path, records: Any) -> psutil.Process:
    """submitit's process for a job, once the run is in its epoch."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        for run in records(here):
            if run.data.params.get("seed") == str(seed):
                return psutil.Process(int(run.data.tags[CARRIER].removeprefix("submitit/")))
        time.sleep(0.3)
    raise TimeoutError(f"job {seed} never began")


def meanwhile(function: Callable[..., None], *arguments: Any) -> None:
    threading.Thread(target=function, args=arguments, daemon=True).start()


def disturb(here: Path, records: Any) -> None:
    """Tell job 3 that its time is up, and take all processes of job 4 away."""
    (task,) = controller_of(3, here, records).children()
    task.send_signal(signal.SIGUSR2)
    controller = controller_of(4, here, records)
    for process in (controller, *controller.children(recursive=True)):
        process.kill()


@pytest.mark.long
def test_one_bad_end_of_each_kind_leaves_the_others_alone(make_jobs: MakeJobs, here: Path, records: Any):
    meanwhile(disturb, here, records)
    results = list(run_jobs(make_jobs("well", "raise", "kill", "hang", "hang"), crew_in(here)))
    assert ends(results) == {
        0: ("FINISHED", ""),
        1: ("FAILED", "no good"),
        2: ("KILLED", "killed by SIGKILL"),
        3: ("TIMEOUT", TIME_IS_UP),
        4: ("KILLED", GONE),
    }
    assert recorded(records(here)) == {
        0: ("FINISHED", None),
        1: ("FAILED", "ValueError: no good"),
        2: ("KILLED", "killed by SIGKILL"),
        3: ("KILLED", "ended by SIGTERM"),
        4: ("KILLED", GONE),
    }
    assert all(result.log and result.log.is_file() for result in results)
    assert not list((here / "logs" / "submitit").glob("*.job"))


def test_a_job_outlives_its_sweep_and_is_taken_up_by_the_next(make_jobs: MakeJobs, here: Path, records: Any):
    """The first crew does no more than a process that is killed right after it has submitted."""
    jobs = make_jobs("hang")
    crew_in(here).start(jobs[0])
    meanwhile(lambda: (controller_of(0, here, records), os.kill(os.getpid(), signal.SIGINT)))
    results: list[Result] = []
    with pytest.raises(Interrupted):
        results.extend(run_jobs(jobs, crew_in(here)))
    assert ends(results) == {0: ("KILLED", "ended by SIGINT")}
    assert [status for status, _ in recorded(records(here)).values()] == ["KILLED"]
    assert len(list((here / "logs" / "submitit").glob("*_submitted.pkl"))) == 1
