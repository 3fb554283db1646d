"""One whole run on digits, read back through MLflow's own client: what design.md promises to record."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from nnlab.checking.reading import read_plan
from nnlab.cli.compose import compose_plan
from nnlab.cli.summary import print_outcome
from nnlab.folder import make_folder
from nnlab.run import Outcome, run
from nnlab.tracking import tags

HOSTILE = "../../../<b>bold</b> " + "ü" * 10_000
WORDS = [
    "dataset=digits",
    "model=perceptron",
    "trainer.epochs=2",
    "trainer.progress=none",
    "dataset.validation_split=test",
    "seed=3",
]


class Finished:
    """The outcome of the run, its folder, and MLflow's view of it."""

    def __init__(self, folder: Path, outcome: Outcome, said: str):
        from mlflow import MlflowClient

        self.folder, self.outcome, self.said = folder, outcome, said
        self.client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
        assert outcome.run_id is not None
        self.run = self.client.get_run(outcome.run_id)

    def artifacts(self, path: str = "") -> set[str]:
        found: set[str] = set()
        for file in self.client.list_artifacts(self.run.info.run_id, path):
            found |= self.artifacts(file.path) if file.is_dir else {file.path}
        return found

    def steps(self, metric: str) -> list[int]:
        return [point.step for point in self.client.get_metric_history(self.run.info.run_id, metric)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Finished]:
    folder = tmp_path_factory.mktemp("work")
    shutil.copy(empty_store, folder / "mlflow.db")
    words = [*WORDS, f"name='{HOSTILE}'", f"experiment_name='{HOSTILE}'"]
    before = Path.cwd()
    os.chdir(folder)
    try:
        plan = compose_plan(words)
        outcome = run(plan, words)
        import contextlib
        import io

        with contextlib.redirect_stdout(io.StringIO()) as said:
            print_outcome(outcome, plan)
        yield Finished(folder, outcome, said.getvalue())
    finally:
        os.chdir(before)


def test_the_status_is_finished(finished: Finished):
    assert finished.run.info.status == "FINISHED"
    assert finished.run.info.end_time > finished.run.info.start_time


def test_params_are_the_whole_plan_flattened(finished: Finished):
    params = finished.run.data.params
    assert params["seed"] == "3"
    assert params["trainer.epochs"] == "2"
    assert params["optimizer.Adam.learning_rate"] == "0.001"
    assert params["dataset.validation_split"] == "test"
    assert {key.split(".")[0].split("[")[0] for key in params} >= {"dataset", "model", "trainer", "loss"}


def test_every_metric_has_its_steps(finished: Finished):
    assert finished.steps("train/loss") == finished.steps("val/accuracy") == [1, 2]
    metrics = finished.run.data.metrics
    for name in (
        "test/loss",
        "test/accuracy",
        "best/val_loss",
        "best/epoch",
        "time/fit_s",
        "time/total_s",
        "time/cpu_s",
    ):
        assert finished.steps(name) == [2], name
    assert metrics["model/params"] == 650
    assert metrics["model/flops"] == 2 * 64 * 10
    assert (metrics["data/train"], metrics["data/val"], metrics["data/test"]) == (1437, 360, 360)
    assert metrics["memory/peak_mb"] > 50
    assert 0 <= metrics["model/zero_weights"] < 0.1
    assert metrics["test/accuracy"] == finished.outcome.scores["test/accuracy"]
    assert 0 < metrics["time/fit_s"] < metrics["time/total_s"]


def test_tags_say_identity_data_version_and_leak(finished: Finished):
    found = finished.run.data.tags
    assert found[tags.IDENTITY] == finished.outcome.folder.name
    assert len(found[tags.DATA_HASH]) >= 16
    assert found[tags.VERSION]
    assert found[tags.LEAK] == "validated on the test set"
    assert {key for key in found if key.startswith("nnlab.saved.")} == {
        f"nnlab.saved.{name}" for name in ("model.keras", "model.h5", "weights.h5")
    }
    assert all(found[f"nnlab.saved.{name}"].startswith("verified") for name in ("model.keras", "weights.h5"))


def test_artifacts_are_the_ones_promised(finished: Finished):
    assert finished.artifacts() >= {
        "config/plan.yaml",
        "config/overrides.yaml",
        "model/model.keras",
        "model/model.h5",
        "model/weights.h5",
        "plots/history.png",
        "plots/confusion.png",
        "plots/confusion_normalized.png",
        "plots/mistakes.png",
        "tables/classification.json",
        "tables/predictions.parquet",
        "tables/weights.json",
        "environment/requirements.txt",
    }


def test_the_recorded_plan_is_the_plan(finished: Finished):
    text = (finished.outcome.folder / "config/plan.yaml").read_text(encoding="utf-8")
    plan = read_plan(yaml.safe_load(text))
    assert plan.name == HOSTILE
    assert plan == compose_plan([*WORDS, f"name='{HOSTILE}'", f"experiment_name='{HOSTILE}'"])


def test_the_weights_table_counts_every_kernel(finished: Finished):
    table = json.loads((finished.outcome.folder / "tables/weights.json").read_text())
    assert [(row["kernel"], row["weights"]) for row in table] == [("dense/kernel", 640), ("all", 640)]
    assert table[-1]["near_zero"] == finished.outcome.scores["model/zero_weights"]


def test_the_history_s_table_holds_what_the_store_holds(finished: Finished):
    table = json.loads((finished.outcome.folder / "tables/history.json").read_text())
    history = finished.client.get_metric_history(finished.run.info.run_id, "val/loss")
    assert table["val_loss"] == pytest.approx([point.value for point in history])
    # The leak: the validation set is the test set, and there the last epoch was judged a second time.
    assert table["val_loss"][-1] == pytest.approx(finished.outcome.scores["test/loss"], rel=1e-5)


def test_the_leak_is_told(finished: Finished):
    assert "leak: the test set was watched during training" in finished.said


def test_hostile_names_never_become_paths(finished: Finished):
    inside = finished.folder / "outputs"
    assert finished.outcome.folder.parent.parent == inside
    assert len(os.fsencode(finished.outcome.folder.parent.name)) <= 255
    name = finished.run.info.run_name
    assert name.startswith("../../../<b>bold</b> ü")
    assert len(name) <= 250
    experiment = finished.client.get_experiment(finished.run.info.experiment_id)
    location = Path(experiment.artifact_location.removeprefix("file://"))
    assert location.is_relative_to(finished.folder / "mlartifacts")
    foreign = {path.name for path in finished.folder.iterdir()}
    assert foreign <= {"mlflow.db", "mlflow.db.lock", "mlartifacts", "outputs"}


def test_the_saved_model_takes_raw_pixels(finished: Finished):
    import keras
    import pandas as pd

    from nnlab.data.splits import load_splits

    plan = compose_plan(WORDS)
    splits = load_splits(plan.dataset, plan.seed)
    model = keras.saving.load_model(finished.outcome.folder / "model/model.keras")
    probabilities = np.asarray(model(splits.test.x))
    assert (probabilities.argmax(1) == splits.test.y).mean() == pytest.approx(
        finished.outcome.scores["test/accuracy"]
    )
    assert len(pd.read_parquet(finished.outcome.folder / "tables/predictions.parquet")) == len(splits.test)


def test_a_second_run_of_one_plan_gets_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    names = [make_folder("digits", "abc").name for _ in range(3)]
    assert names == ["abc", "abc-2", "abc-3"]


def test_a_file_in_the_way_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from nnlab.errors import StorageError

    monkeypatch.chdir(tmp_path)
    (tmp_path / "outputs").write_text("not a folder")
    with pytest.raises(StorageError, match=r"outputs/digits: Not a directory; a folder that can be written"):
        make_folder("digits", "abc")


@pytest.mark.slow
def test_two_runs_record_the_same_numbers(finished: Any):
    """The same plan a second time in this process, named otherwise: same identity, same scores, own folder."""
    again = run(compose_plan([*WORDS, "name=again", f"experiment_name='{HOSTILE}'"]), WORDS)
    assert again.folder.name == f"{finished.outcome.folder.name}-2"
    unlike = ("time/", "time_")
    for name, value in finished.outcome.scores.items():
        if not name.startswith(unlike):
            assert again.scores[name] == value, name
