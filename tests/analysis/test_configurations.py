"""Runs that differ in seed or fold are one configuration, named by what tells it from the others."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.analysis.configurations import fold_runs
from nnlab.analysis.selection import Selection, select_runs
from nnlab.errors import RunNotFoundError, StorageError

DIGITS = Selection(experiment="digits")


def labels(tracking: Any, selection: Selection = DIGITS) -> list[str]:
    return [found.label for found in fold_runs(select_runs(tracking, selection))]


def test_seeds_are_folded_and_ordered(put: Any, tracking: Any):
    for seed in (2, 0, 1):
        put(f"model=mlp seed={seed}", {"test/accuracy": 0.9 + seed / 100})
    put("model=perceptron seed=1", {"test/accuracy": 0.5})
    mlp, perceptron = fold_runs(select_runs(tracking, DIGITS))
    assert (mlp.label, mlp.n, mlp.units) == ("model=mlp", 3, ((0, 0), (1, 0), (2, 0)))
    assert mlp.scores("test/accuracy").tolist() == [0.9, 0.91, 0.92]
    assert (perceptron.values, perceptron.units) == ({"model": "perceptron"}, ((1, 0),))
    assert np.isnan(perceptron.scores("val/accuracy")).tolist() == [True]
    assert (mlp.has_folds, mlp.leak, mlp.data_hash) == (False, None, "data")


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["model=mlp", "model=mlp seed=1"], ["model=mlp"]),
        (["name=a", "name=b seed=1 trainer.threads=1 trainer.progress=none"], ["model=mlp"]),
        (["optimizer=sgd", "optimizer=adam"], ["optimizer=SGD", "optimizer=Adam"]),
        (
            ["optimizer=sgd", "optimizer=sgd optimizer.learning_rate=0.1", "optimizer=adam"],
            [
                "optimizer=SGD optimizer.learning_rate=0.01",
                "optimizer=SGD optimizer.learning_rate=0.1",
                "optimizer=Adam optimizer.learning_rate=0.001",
            ],
        ),
        (["model.neurons=[64,32]", "model.neurons=8"], ["model.neurons=[64,32]", "model.neurons=[8]"]),
        (
            ["optimizer.clipnorm=1.0", "optimizer.clipnorm=null"],
            ["optimizer.clipnorm=1.0", "optimizer.clipnorm=null"],
        ),
        (["callbacks=none", "callbacks=early_stopping"],
         ["callbacks.early_stopping=null", "callbacks.early_stopping=EarlyStopping"]),
        (["trainer.epochs=1", "trainer.epochs=2 model=perceptron"],
         ["model=mlp trainer.epochs=1", "model=perceptron trainer.epochs=2"]),
    ],
)  # fmt: skip
def test_a_label_says_what_differs_and_nothing_else(
    runs: list[str], expected: list[str], put: Any, tracking: Any
):
    for words in runs:
        put(words)
    assert labels(tracking) == expected


def test_long_values_that_look_alike_are_numbered(put: Any, tracking: Any):
    for last in (1, 2):
        put(f"model.neurons=[{','.join(['100'] * 20)},{last}]")
    assert [label[-5:] for label in labels(tracking)] == ["… (1)", "… (2)"]


def test_the_newer_of_two_equal_runs_counts(put: Any, tracking: Any):
    put("seed=1", {"test/accuracy": 0.1})
    newer = put("seed=1", {"test/accuracy": 0.2})
    (found,) = fold_runs(select_runs(tracking, DIGITS))
    assert [run.id for run in found.runs] == [newer]


def test_other_data_are_another_configuration(put: Any, tracking: Any):
    put("seed=1")
    put("seed=2", DATA_HASH="others")
    assert [found.data_hash for found in fold_runs(select_runs(tracking, DIGITS))] == ["data", "others"]


def test_folds_are_the_repeats_of_a_cross_validation(put: Any, tracking: Any):
    parent = put("cv=kfold cv.folds=3", FOLDS="3")
    for fold in (3, 1, 2):
        words = f"cv=kfold cv.folds=3 cv.fold={fold}"
        put(words, {"test/accuracy": fold / 10}, PARENT=parent, FOLD=str(fold))
    for selection in (DIGITS, Selection(runs=(parent,))):
        (found,) = fold_runs(select_runs(tracking, selection))
        assert found.has_folds
        assert found.units == ((0, 1), (0, 2), (0, 3))
        assert found.scores("test/accuracy").tolist() == [0.1, 0.2, 0.3]


def test_a_sweep_keeps_the_runs_of_its_table_though_a_later_one_has_them_below_itself(
    put: Any, tracking: Any, here: Path
):
    first, later = put(None, SWEEP="2", name="first"), put(None, SWEEP="3", name="later")
    runs = [put(f"model={model}", PARENT=later) for model in ("mlp", "perceptron", "cnn")]
    put("model=mlp seed=5", status="FAILED", PARENT=later)
    folder = here / "mlartifacts" / first / "artifacts/tables"
    folder.mkdir(parents=True)
    table = [*({"run": run, "state": "FINISHED"} for run in runs[:2]), {"run": None, "state": "KILLED"}]
    (folder / "summary.json").write_text(json.dumps(table))
    assert labels(tracking, Selection(sweep="first")) == ["model=mlp", "model=perceptron"]
    assert labels(tracking, Selection(sweep="last")) == ["model=mlp", "model=perceptron", "model=cnn"]
    assert labels(tracking, Selection(runs=("first",))) == ["model=mlp", "model=perceptron"]
    assert labels(tracking, Selection(runs=(runs[2], runs[2][:12], runs[0]))) == ["model=mlp", "model=cnn"]


def test_what_is_not_there_is_told(put: Any, tracking: Any, here: Path):
    put("model=mlp", name="mine")
    put("seed=1", status="FAILED", name="broken")
    foreign = put(None)
    for selection, told in (
        (Selection(sweep="last"), "RUN: 'last'; there are no sweeps yet: `nnlab -m` starts one"),
        (Selection(sweep="mine"), "RUN: 'mine' is one run and no sweep; the parent of one, see `nnlab runs`"),
        (Selection(runs=("broken",)), "RUN: 'broken' is failed; a finished run, see `nnlab runs`"),
        (Selection(experiment="digts"), "--experiment: 'digts'; one of digits; did you mean 'digits'?"),
    ):
        with pytest.raises(RunNotFoundError) as caught:
            fold_runs(select_runs(tracking, selection))
        assert str(caught.value) == told
    with pytest.raises(StorageError, match=r"^config/plan.yaml: run .* has no such file; it has no files$"):
        fold_runs(select_runs(tracking, Selection(runs=(foreign,))))
