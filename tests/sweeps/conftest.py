"""A folder of one's own with a migrated store, and jobs that are done in a moment, or badly."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.compose import compose_plan
from nnlab.sweeps.jobs import Job

HERE = Path(__file__).parent
SMALL = (
    "dataset=digits",
    "model=perceptron",
    "trainer.epochs=1",
    "trainer.steps_per_epoch=2",
    "trainer.threads=1",
)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store that nobody writes to: MLflow's migrations take seconds, a copy none."""
    from nnlab.tracking.client import set_mlflow
    from nnlab.tracking.store import ensure_store

    file = tmp_path_factory.mktemp("template") / "mlflow.db"
    set_mlflow()
    ensure_store(file, None)
    return file


@pytest.fixture
def here(tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with an empty store, where misbehaving.py can be imported by every process."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.setenv("PYTHONPATH", f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    return tmp_path


@pytest.fixture
def make_jobs(here: Path) -> Callable[..., list[Job]]:
    """`make_jobs("well", "kill")`: a job for each manner, told apart by its seed."""

    def make(*manners: str) -> list[Job]:
        return [_job(number, manner) for number, manner in enumerate(manners)]

    return make


def _job(number: int, manner: str) -> Job:
    words = [*SMALL, f"seed={number}", "trusted_packages=[misbehaving]"]
    words.append(f"callbacks.it={{name: misbehaving.Misbehave, manner: {manner}}}")
    return Job(number, tuple(words), compose_plan(words))


@pytest.fixture
def records() -> Callable[..., list[Any]]:
    """The runs in the store of a folder, newest first, as MLflow's own client reads them."""

    def read(folder: Path) -> list[Any]:
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
        experiments = [found.experiment_id for found in client.search_experiments()]
        return list(client.search_runs(experiments))

    return read
