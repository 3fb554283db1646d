"""A sweep carried by a real Slurm, recorded by a real MLflow server."""

import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from servers import MlflowServer
from slurm import missing, slurm
from test_elsewhere import MANNER, MISBEHAVING
from test_sweeps import parents_and_children, summary

from nnlab.sweeps import slurm_queue
from nnlab.tracking import tags

pytestmark = [
    pytest.mark.long,
    pytest.mark.slow,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]
WORDS = (*MISBEHAVING, "hydra/launcher=submitit_slurm", "tracking=server")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowServer]:
    folder = tmp_path_factory.mktemp("server")
    found = MlflowServer(folder, f"sqlite:///{folder}/store.db")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def runs(server: MlflowServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[Any]]]:
    """What is in the server; a cluster of this machine alone, whose node reaches it, and which is asked often."""
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    monkeypatch.setattr("nnlab.sweeps.launchers.check_reach", lambda *_: None)
    monkeypatch.setattr(slurm_queue.SlurmQueue.__init__, "__defaults__", (slurm_queue.ask_slurm, 2.0))
    client = MlflowClient(tracking_uri=server.uri)

    def read() -> list[Any]:
        return list(client.search_runs([found.experiment_id for found in client.search_experiments()]))

    with slurm() as configuration:
        monkeypatch.setenv("SLURM_CONF", str(configuration))
        yield read


def job_of(runs: Callable[[], list[Any]], seed: int) -> str:
    """Slurm's number of a hanging run's job, once it is in its epoch."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        for run in runs():
            if run.data.params.get(MANNER) == "hang" and run.data.params["seed"] == str(seed):
                return run.data.tags[tags.CARRIER].removeprefix("submitit/")
        time.sleep(0.5)
    raise TimeoutError(f"seed {seed} never began")


def kill_all_of(job: str) -> None:
    """Take every process of a job away at once, so that none can say why."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("SLURM_JOB_ID") == job:
                process.kill()


def disturb(runs: Callable[[], list[Any]]) -> None:
    subprocess.run(["scancel", job_of(runs, 0)], check=True)
    kill_all_of(job_of(runs, 1))


def test_each_run_is_a_job_of_the_queue(
    runs: Callable[[], list[Any]], nnlab: Any, here: Path, misbehaving: Any
):
    done = nnlab(*WORDS, "callbacks.it.manner=well,raise")
    assert done.code == 1
    assert "1 of 2 runs finished" in done.err
    ends = {row["callbacks.it.manner"]: (row["state"], row["reason"]) for row in summary(here)}
    assert ends == {"well": ("FINISHED", ""), "raise": ("FAILED", "no good")}
    ((_, children),) = parents_and_children(runs()).items()
    assert {run.data.params[MANNER]: run.info.status for run in children} == {
        "well": "FINISHED", "raise": "FAILED",
    }  # fmt: skip
    assert all(run.data.tags[tags.CARRIER].startswith("submitit/") for run in children)
    assert "warning" not in done.err.lower()


def test_a_job_that_is_cancelled_and_one_that_is_taken_away_are_told(
    runs: Callable[[], list[Any]], nnlab: Any, here: Path, misbehaving: Any
):
    threading.Thread(target=disturb, args=(runs,), daemon=True).start()
    done = nnlab(*WORDS, "callbacks.it.manner=hang", "seed=0,1")
    assert done.code == 1
    ends = {row["seed"]: (row["state"], row["reason"]) for row in summary(here)}
    assert ends["0"] == ("KILLED", "ended by SIGTERM")
    state, reason = ends["1"]
    assert state == "KILLED"
    assert re.fullmatch(r"Slurm's job \d+ ended as (FAILED|CANCELLED|NODE_FAIL), without a word", reason)
    hanging = [run for run in runs() if run.data.params.get(MANNER) == "hang"]
    assert [run.info.status for run in hanging] == ["KILLED", "KILLED"]
