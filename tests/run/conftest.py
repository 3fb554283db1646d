"""A folder of one's own with a migrated store, and the command line without a new process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SMALL = (
    "dataset=digits",
    "model=perceptron",
    "trainer.epochs=2",
    "trainer.steps_per_epoch=3",
    "trainer.progress=lines",
)


class Done(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


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
    """A working folder with an empty store."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def nnlab(here: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """`nnlab("check", "seed=1")`: one command line in this process."""
    from nnlab.__main__ import main

    def call(*words: str) -> Done:
        capfd.readouterr()
        code = main(list(words))
        return Done(code, *capfd.readouterr())

    return call


@pytest.fixture
def start(here: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `python -m nnlab …` on its own; killed at the end if it still lives."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "nnlab", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/sweeps/misbehaving.py can be imported, in every process."""
    folder = Path(__file__).parents[1] / "sweeps"
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


@pytest.fixture
def records() -> Callable[..., list[Any]]:
    """The runs in the store of a folder, newest first, as MLflow's own client reads them."""

    def read(folder: Path) -> list[Any]:
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
        experiments = [found.experiment_id for found in client.search_experiments()]
        return list(client.search_runs(experiments))

    return read
