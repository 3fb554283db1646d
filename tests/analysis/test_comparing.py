"""A whole comparison: what is refused, what ranks, what is warned of, and what is left out."""

import json
from pathlib import Path
from typing import Any

import pytest

from nnlab.analysis.cells import columns_of, notes_of
from nnlab.analysis.comparison import Comparison, Question, compare
from nnlab.analysis.conditions import read_condition
from nnlab.analysis.ordering import order
from nnlab.analysis.selection import Selection, count_left_out, select_runs
from nnlab.errors import RequestError, RunNotFoundError
from nnlab.plan import Tracking

DIGITS = Selection(experiment="digits")


def scores(test: float, val: float | None = None, **more: float) -> dict[str, float]:
    validated = {} if val is None else {"val/accuracy": val, "best/val_accuracy": val + 0.01}
    return {"test/accuracy": test, "test/loss": 1 - test, **validated, **more}


def comparison(
    tracking: Tracking, *filters: str, metric: str | None = None, select: Any = "validation"
) -> Comparison:
    question = Question(metric, select, tuple(map(read_condition, filters)))
    return compare(select_runs(tracking, DIGITS), question, count_left_out(tracking, DIGITS))


def ranked(found: Comparison) -> list[tuple[int | None, str]]:
    return [(one.rank, one.label) for one in found.standings]


def cells(found: Comparison) -> dict[str, tuple[str, ...]]:
    return {column.name: column.cells for column in columns_of(found)}


def test_validation_ranks_and_the_test_set_is_reported(put: Any, tracking: Tracking):
    for seed in range(3):
        put(f"model=mlp seed={seed}", scores(0.90 + seed / 100, 0.95, **{"time/fit_s": 2.0 + seed}))
        put(f"model=perceptron seed={seed}", scores(0.93 + seed / 50, 0.91, **{"memory/peak_mb": 400 + seed}))
    found = comparison(tracking)
    assert ranked(found) == [(1, "model=mlp"), (2, "model=perceptron")]
    assert (found.ranked_by, found.metric.name, found.warnings, found.left_out) == (
        "validation",
        "accuracy",
        (),
        {},
    )
    assert cells(found) == {
        "#": ("1", "2"), "model": ("mlp", "perceptron"), "n": ("3", "3"),
        "best val": ("96.00", "92.00"), "last val": ("95.00", "91.00"), "test": ("91.00", "95.00"),
        "std": ("1.00", "2.00"), "95 %": ("87.71–94.29", "88.43–101.57"),
        "FLOPs": ("18.9 k", "1.28 k"), "s": ("3", "–"), "MB": ("–", "402"),
    }  # fmt: skip
    (told,) = found.sentences
    assert told == "perceptron beats mlp by 4 points (95 % 1–7, n = 3, p = 0.035)"


def test_single_runs_without_their_predictions_are_not_judged(put: Any, tracking: Tracking):
    put("model=mlp", scores(0.9, 0.9))
    put("model=perceptron", scores(0.9, 0.8))
    (told,) = comparison(tracking).sentences
    assert told.startswith("not judged: mlp and perceptron: config/spec.json: run ")


def test_the_best_epoch_ranks_where_its_weights_were_tested(put: Any, tracking: Tracking):
    stopped = "callbacks=early_stopping callbacks.early_stopping.restore_best_weights=true"
    put(stopped, {"test/accuracy": 0.9, "val/accuracy": 0.8, "best/val_accuracy": 0.95})
    put("callbacks=none", {"test/accuracy": 0.9, "val/accuracy": 0.9, "best/val_accuracy": 0.9})
    assert comparison(tracking).standings[0].label == "callbacks.early_stopping=EarlyStopping"


def test_only_where_nothing_is_validated_or_it_is_asked_for_the_test_set_ranks(put: Any, tracking: Tracking):
    put("model=mlp dataset.validation_split=0", scores(0.9))
    put("model=perceptron dataset.validation_split=0", scores(0.95))
    found = comparison(tracking)
    assert ranked(found) == [(1, "model=perceptron"), (2, "model=mlp")]
    assert found.warnings == (
        "ranked by test, for nothing was validated: the first one's test score is flattered by the choice",
    )
    put("model=cnn", scores(0.8, 0.8))
    found = comparison(tracking)
    assert [rank for rank, _ in ranked(found)] == [1, None, None]
    assert found.warnings == (
        "validated on different samples (dataset.validation_split): the ranks compare unlike scores",
        "without validation, so not ranked: dataset.validation_split=0 model=mlp, "
        "dataset.validation_split=0 model=perceptron",
    )
    asked = comparison(tracking, select="test")
    assert [rank for rank, _ in ranked(asked)] == [1, 2, 3]
    assert asked.warnings[0].startswith("ranked by test, as was asked: ")


def test_a_leak_is_told_twice(put: Any, tracking: Tracking):
    put("model=mlp dataset.validation_split=test", scores(0.9, 0.9), LEAK="validated on the test set")
    put("model=perceptron dataset.validation_split=test", scores(0.8, 0.8), LEAK="validated on the test set")
    found = comparison(tracking)
    assert found.warnings == (
        "ranked by a validation on the test set (all): the test scores are flattered by the choice",
    )
    assert notes_of(found)[0] == "model=mlp: leak: validated on the test set"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("dataset.test_split=0.3", "dataset.test_split=0.2 and dataset.test_split=0.3"),
        ("dataset.stratify=false", "dataset.stratify=true and dataset.stratify=false"),
        ("cv=kfold cv.fold=1", "cv=null and cv=KFold"),
        (
            "dataset.task=reconstruction model=autoencoder",
            "dataset.task=null and dataset.task=reconstruction",
        ),
    ],
)
def test_other_test_sets_are_refused(other: str, told: str, put: Any, tracking: Tracking):
    put("model=mlp", scores(0.9, 0.9))
    put(other, scores(0.9, 0.9))
    with pytest.raises(RequestError) as caught:
        comparison(tracking)
    assert str(caught.value) == (
        f"RUN: tested on different samples, {told}; runs with the same test set, --filter picks some"
    )


def test_other_data_are_refused(put: Any, tracking: Tracking):
    put("model=mlp", scores(0.9, 0.9))
    put("model=cnn", scores(0.9, 0.9), DATA_HASH="0123456789abcdef")
    with pytest.raises(RequestError) as caught:
        comparison(tracking)
    assert str(caught.value) == (
        "RUN: model=mlp (digits, data) and model=cnn (digits, 01234567) are of different data; runs on the same "
        "data, --filter picks some"
    )
    assert ranked(comparison(tracking, "model=cnn")) == [(1, "model=cnn")]


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("acuracy", "--metric: 'acuracy'; one of accuracy, loss; did you mean 'accuracy'?"),
        ("loss", "--metric: 'loss' is not the same measure in all of them, regularizer.l2 differs; "
                 "one of accuracy"),
        ("bias", "--metric: 'bias'; one of accuracy, loss"),
    ],
)  # fmt: skip
def test_a_metric_that_does_not_compare_is_refused(metric: str, told: str, put: Any, tracking: Tracking):
    put("regularizer=none", {**scores(0.9, 0.9), "test/bias": 0.1, "test/accuracy_low": 0.8})
    put("regularizer=l2", {**scores(0.9, 0.9), "test/bias": 0.1, "test/accuracy_low": 0.8})
    with pytest.raises(RequestError) as caught:
        comparison(tracking, metric=metric)
    assert str(caught.value) == told
    assert comparison(tracking).metric.name == "accuracy"


def test_without_a_common_score_nothing_is_compared(put: Any, tracking: Tracking):
    put("model=mlp", {})
    with pytest.raises(RequestError, match=r"^--metric: none; no test score that all runs have"):
        comparison(tracking)
    with pytest.raises(RunNotFoundError, match=r"^RUN: none that has finished; see `nnlab runs`$"):
        compare([], Question(), {})


def test_what_did_not_finish_is_counted_unless_it_was_tried_again(put: Any, tracking: Tracking):
    put("model=mlp", scores(0.9, 0.9), IDENTITY="a")
    put("model=cnn", status="FAILED", IDENTITY="b")
    put("model=cnn seed=1", status="FAILED", IDENTITY="c")
    put("model=cnn seed=2", status="KILLED", IDENTITY="d")
    put("model=mlp", status="FAILED", IDENTITY="a")
    assert notes_of(comparison(tracking)) == ["left out: 1 killed, 2 failed"]


def test_scores_that_are_not_finite_are_counted_and_not_averaged(put: Any, tracking: Tracking):
    put("model=mlp seed=0", scores(0.5, 0.9))
    put("model=mlp seed=1", {"val/accuracy": 0.9, "test/accuracy": float("inf"), "test/loss": 1.0})
    (standing,) = comparison(tracking).standings
    assert standing.test is not None
    assert (standing.test.mean, standing.test.n) == (0.5, 1)
    assert standing.flags == ("1 of 2 runs have no finite test accuracy",)


def test_a_table_may_be_sorted_and_says_when_that_is_by_test(put: Any, tracking: Tracking):
    for model, test, neurons in (("mlp", 0.9, "[8]"), ("mlp", 0.95, "[64]"), ("mlp", 0.8, "[16]")):
        put(f"model={model} model.neurons={neurons}", scores(test, 1 - test))
    found = comparison(tracking)
    assert [rank for rank, _ in ranked(order(found, "model.neurons"))] == [2, 1, 3]
    assert [rank for rank, _ in ranked(order(found, "flops", reverse=True))] == [3, 1, 2]
    assert [rank for rank, _ in ranked(order(found, "val"))] == [1, 2, 3]
    by_test = order(found, "test")
    assert [rank for rank, _ in ranked(by_test)] == [3, 2, 1]
    assert by_test.warnings == ("sorted by test: to take the first row is to choose by the test set",)
    with pytest.raises(
        RequestError, match=r"^--sort: 'neurons'; one of rank, test, .*did you mean 'model.neurons'\?$"
    ):
        order(found, "neurons")


@pytest.mark.parametrize(
    ("word", "value", "holds"),
    [
        ("model.neurons>=32", [32], True), ("model.neurons>=32", [8], False),
        ("model.neurons>=32", [64, 64], False),
        ("model.neurons<32", [8], True),
        ("model.neurons=64", [64], True), ("model.neurons=[64]", [64], True),
        ("model.neurons=[16,16]", [16, 16], True), ("model.neurons!=[16,16]", [16, 16], False),
        ("optimizer=adam", "Adam", True), ("optimizer!=adam", "SGD", True), ("optimizer > 1", "Adam", False),
        ("optimizer.learning_rate=1e-3", 0.001, True), ("optimizer.learning_rate<=1E-3", 0.01, False),
        ("cv=null", None, True), ("cv.folds>3", None, False), ("trainer.shuffle=true", True, True),
        ("trainer.shuffle=1", True, False), ("model.name=a=b", "A=B", True),
    ],
)  # fmt: skip
def test_conditions_read_as_they_look(word: str, value: Any, holds: bool):
    assert read_condition(word).holds(value) is holds


def test_filters_keep_runs_and_the_names_say_what_is_left(put: Any, tracking: Tracking):
    for words in ("model.neurons=[8]", "model.neurons=[32] seed=1", "model.neurons=[32] seed=2", "model=cnn"):
        put(words, scores(0.9, 0.9))
    (found,) = comparison(tracking, "model=mlp", "model.neurons>=32", "seed<2").standings
    assert (found.label, found.configuration.n) == ("model=mlp", 1)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("model.neurons", "--filter: 'model.neurons'; KEY=VALUE, KEY!=VALUE, or with <, <=, >, >= and a number"),
        ("seed>=abc", "--filter: 'seed>=abc': 'abc' is no number; KEY=VALUE, "),
        ("seed=[1", "--filter: 'seed=[1': '[1' is no YAML value; KEY=VALUE, "),
        ("model.neuron=8", "--filter: model.neuron: no run has this key; one that `nnlab check` prints; did you "
                           "mean 'model.neurons'?"),
        ("model.neurons>99", "--filter: model.neurons>99; no run has it, model.neurons is [32], [8]"),
    ],
)  # fmt: skip
def test_a_filter_that_keeps_nothing_is_told(word: str, told: str, put: Any, tracking: Tracking):
    for neurons in ("[8]", "[32]"):
        put(f"model.neurons={neurons}", scores(0.9, 0.9))
    with pytest.raises(RequestError) as caught:
        comparison(tracking, word)
    assert str(caught.value).startswith(told)


def test_a_pruned_run_of_a_search_is_counted_and_not_compared(put: Any, tracking: Tracking, here: Path):
    parent = put(None, SWEEP="2", name="search")
    runs = [put(f"model.neurons=[{neurons}]", scores(0.9, 0.9), PARENT=parent) for neurons in (8, 16)]
    folder = here / "mlartifacts" / parent / "artifacts/tables"
    folder.mkdir(parents=True)
    states = zip(runs, ("FINISHED", "PRUNED"), strict=True)
    table = [{"run": run, "state": state} for run, state in states]
    (folder / "summary.json").write_text(json.dumps([*table, {"run": None, "state": "FAILED"}]))
    chosen = Selection(sweep="search")
    found = compare(select_runs(tracking, chosen), Question(), count_left_out(tracking, chosen))
    assert [one.configuration.runs[0].id for one in found.standings] == runs[:1]
    assert notes_of(found) == ["left out: 1 pruned, 1 failed"]
