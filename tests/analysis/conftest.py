"""A store with runs in it that nobody had to train."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from nnlab.evaluation import judge
from nnlab.plan import Tracking
from nnlab.record import write_tables
from nnlab.spec import DataSpec, Samples
from nnlab.tracking import tags
from nnlab.tracking.runs import find_run

Put = Callable[..., str]


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
def tracking(here: Path) -> Tracking:
    """That store."""
    return Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)


@pytest.fixture(scope="session")
def plain_plan() -> Callable[..., dict[str, Any]]:
    """`plain_plan("model=mlp")`: the plan of a command line as plan.yaml holds it."""
    from nnlab.cli.compose import compose_plan

    bases: dict[Any, Any] = {}
    return lambda *words: compose_plan(["dataset=digits", *words], bases).plain()


@pytest.fixture
def put(here: Path, plain_plan: Callable[..., dict[str, Any]]) -> Put:
    """`put("model=mlp seed=1", {"test/accuracy": 0.9})`: a run in the store; its id."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{here / 'mlflow.db'}")
    experiment = client.create_experiment("digits", str(here / "mlartifacts"))
    started = iter(range(1_700_000_000_000, 1_800_000_000_000, 60_000))

    def one(
        words: str | None,
        scores: Mapping[str, float] | None = None,
        status: str = "FINISHED",
        name: str | None = None,
        **own: str,
    ) -> str:
        own = {tags.DATA_HASH: "data", **{getattr(tags, key): value for key, value in own.items()}}
        run = client.create_run(experiment, next(started), own, name).info
        if words is not None:
            folder = Path(run.artifact_uri) / "config"
            folder.mkdir(parents=True)
            (folder / "plan.yaml").write_text(yaml.safe_dump(plain_plan(*words.split())))
        for key, value in (scores or {}).items():
            client.log_metric(run.run_id, key, value, step=1)
        client.set_terminated(run.run_id, status, run.start_time + 1000)
        return run.run_id

    return one


@pytest.fixture
def put_answers(put: Any, here: Path, tracking: Tracking) -> Callable[..., Any]:
    """`put_answers("seed=1", spec, y, outputs)`: a run with what it answered, as a run records it."""

    def one(words: str, spec: DataSpec, y: np.ndarray, outputs: np.ndarray, **own: Any) -> Any:
        run, x = put(words, own.pop("scores", None), **own), np.zeros((len(y), *spec.shape), np.float32)
        folder = here / "mlartifacts" / run / "artifacts"
        (folder / "config/spec.json").write_text(json.dumps(dataclasses.asdict(spec)))
        write_tables(folder, judge(spec, Samples(x, y), outputs), {})
        return find_run(tracking, run)

    return one
