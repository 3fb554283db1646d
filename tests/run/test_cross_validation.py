"""Whole cross-validations of tiny tables: the parent, its folds, and what happens when they are killed."""

import json
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnlab.tracking import tags

TABLE = ("dataset=csv", "dataset.path=own.csv", "dataset.target=y", "trainer.batch_size=8")
SMALL = ("model=mlp", "model.neurons=4", "trainer.epochs=2", "trainer.progress=lines")
CROSS = (*TABLE, *SMALL, "dataset.validation_split=test", "cv=kfold", "cv.folds=3")


@pytest.fixture
def table(here: Path) -> Path:
    """own.csv: 30 rows, class `yes` where a is far from 0, and a number that follows a."""
    random = np.random.default_rng(0)
    a = random.normal(size=30)
    frame = pd.DataFrame({"a": a, "b": random.normal(size=30), "y": np.where(abs(a) > 0.6, "yes", "no")})
    frame.to_csv(here / "own.csv", index=False)
    frame.assign(y=3 * a + 0.5).to_csv(here / "numbers.csv", index=False)
    return here


def parents(found: list[Any]) -> list[Any]:
    return [run for run in found if tags.FOLDS in run.data.tags]


def below(found: list[Any], parent: Any) -> dict[str, Any]:
    """The children by fold; a fold with two of them is an error."""
    children = [run for run in found if run.data.tags.get(tags.PARENT) == parent.info.run_id]
    by_fold = {run.data.tags[tags.FOLD]: run for run in children}
    assert len(by_fold) == len(children), "a fold stands twice below its parent"
    return by_fold


@pytest.mark.slow
def test_a_parent_says_what_its_folds_say_together(nnlab: Any, table: Path, records: Any):
    done = nnlab(*CROSS)
    assert done.code == 0, done.err
    assert re.search(r"test accuracy 0\.\d{4} ± 0\.\d{4}, loss .* over 3 folds\n", done.out)
    assert "leak" not in done.out
    found = records(table)
    (parent,) = parents(found)
    children = below(found, parent)
    assert sorted(children) == ["1", "2", "3"]
    assert {run.info.status for run in found} == {"FINISHED"}

    metrics = parent.data.metrics
    accuracy = [children[fold].data.metrics["test/accuracy"] for fold in "123"]
    assert metrics["test/accuracy"] == pytest.approx(np.mean(accuracy))
    assert metrics["test/accuracy_std"] == pytest.approx(np.std(accuracy, ddof=1))
    assert metrics["test/accuracy_low"] <= metrics["test/accuracy"] <= metrics["test/accuracy_high"]
    assert metrics["cv/folds"] == 3
    losses = [children[fold].data.metrics["val/loss"] for fold in "123"]
    assert metrics["val/loss"] == pytest.approx(np.mean(losses))

    folder = Path(parent.data.tags[tags.FOLDER])
    predictions = pd.read_parquet(folder / "tables/predictions.parquet")
    assert sorted(predictions["row"]) == list(range(30))
    whole = pd.read_csv(table / "own.csv")
    assert (predictions["truth_name"].to_numpy() == whole["y"][predictions["row"]].to_numpy()).all()
    confusion = json.loads((folder / "tables/confusion.json").read_text())
    assert np.sum(confusion["counts"]) == 30
    assert {"history.png", "confusion.png", "roc.png"} <= {path.name for path in (folder / "plots").iterdir()}
    for fold, run in children.items():
        own = pd.read_parquet(Path(run.data.tags[tags.FOLDER]) / "tables/predictions.parquet")
        assert sorted(own["row"]) == sorted(predictions["row"][predictions["fold"] == int(fold)])


@pytest.mark.slow
def test_folds_that_the_data_do_not_have_are_refused_before_anything_is_recorded(
    nnlab: Any, table: Path, records: Any
):
    done = nnlab(*CROSS[:-1], "cv.folds=31")
    assert done.code == 2
    assert "cv.folds: 31 of 30 samples; at most 30" in done.err
    assert not (table / "outputs").exists()
    assert records(table) == []


@pytest.mark.long
@pytest.mark.slow
def test_what_is_finished_is_met_unless_rerun(nnlab: Any, table: Path, records: Any):
    alone = nnlab(*CROSS, "cv.fold=2")
    assert alone.code == 0, alone.err
    first = nnlab(*CROSS)
    assert "fold 2/3: test accuracy" in first.err
    assert len(re.findall("met in run", first.err)) == 1
    found = records(table)
    (parent,) = parents(found)
    assert (len(found), sorted(below(found, parent))) == (4, ["1", "2", "3"])

    again = nnlab(*CROSS)
    assert "finished before, nothing was trained; rerun=true trains again" in again.out
    assert again.out.splitlines()[0] == first.out.splitlines()[0]
    assert len(records(table)) == 4

    forced = nnlab(*CROSS, "rerun=true")
    assert "met in run" not in forced.err
    assert forced.out.splitlines()[0] == first.out.splitlines()[0]
    assert len(records(table)) == 8


@pytest.mark.long
@pytest.mark.slow
def test_numbers_and_a_parent_that_predict_refuses(nnlab: Any, table: Path, records: Any):
    words = [word.replace("own.csv", "numbers.csv") for word in CROSS if word != "cv.folds=3"]
    done = nnlab(*words, "dataset.task=regression", "name=whole", "cv.folds=2", "cv.repeats=2")
    assert done.code == 0, done.err
    assert re.search(r"whole: test loss .*rmse \d\.\d{4} ± .* over 4 folds\n", done.out)
    folder = next(
        path for path in (table / "outputs/csv-regression").iterdir() if not (path / "model").exists()
    )
    predictions = pd.read_parquet(folder / "tables/predictions.parquet")
    assert (predictions["row"].value_counts() == 2).all()
    np.testing.assert_allclose(
        predictions["truth"], pd.read_csv(table / "numbers.csv")["y"][predictions["row"]], rtol=1e-5
    )
    refused = nnlab("predict", "whole", "numbers.csv")
    assert refused.code == 2
    assert refused.err.startswith(
        "error: RUN: 'whole' is a cross-validation of 4 networks; one of whole-fold-1"
    )


@pytest.mark.long
@pytest.mark.slow
def test_a_fold_chooses_by_its_training_part(nnlab: Any, table: Path, records: Any):
    """A rate that learns nothing against one that learns: with two inner folds each candidate trains twice."""
    words = [word for word in CROSS if not word.startswith(("cv", "trainer.epochs"))]
    choose = "cv.choose={optimizer.learning_rate:[1e-9,0.1]}"
    done = nnlab(*words, "trainer.epochs=60", "cv=nested", "cv.folds=2", "cv.inner_folds=2", choose)
    assert done.code == 0, done.err
    assert done.err.count("candidate 2/2: optimizer.learning_rate=0.1: accuracy") == 2
    found = records(table)
    (parent,) = parents(found)
    for run in below(found, parent).values():
        assert json.loads(run.data.tags[tags.CHOICE]) == {"optimizer.learning_rate": 0.1}
        assert run.data.params["optimizer.Adam.learning_rate"] == "0.1"
        table_ = json.loads((Path(run.data.tags[tags.FOLDER]) / "tables/choice.json").read_text())
        assert [row["choice"] for row in table_] == [
            {"optimizer.learning_rate": rate} for rate in (1e-9, 0.1)
        ]


@pytest.mark.long
@pytest.mark.slow
def test_killed_in_the_third_fold_it_trains_only_what_is_missing(
    start: Callable[..., Any], nnlab: Any, table: Path, records: Any
):
    words = [word for word in CROSS if not word.startswith("trainer.epochs")]
    process = start(*words, "trainer.epochs=400")
    for line in lines_of(process):
        if line.startswith("fold 2/3"):
            break
    for line in lines_of(process):
        if line.startswith("epoch"):
            break
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    killed = records(table)
    assert len(killed) == 4
    (before,) = parents(killed)

    done = nnlab(*words, "trainer.epochs=400")
    assert done.code == 0, done.err
    assert len(re.findall("met in run", done.err)) == 2
    found = records(table)
    (parent,) = parents(found)
    assert parent.info.run_id == before.info.run_id
    assert parent.info.status == "FINISHED"
    children = below(found, parent)
    assert {fold: run.info.status for fold, run in children.items()} == dict.fromkeys("123", "FINISHED")
    # The third fold went on in the record it had begun.
    assert {run.info.run_id for run in found} == {run.info.run_id for run in killed}


def lines_of(process: Any) -> Iterator[str]:
    yield from iter(process.stderr.readline, "")
