"""What two networks disagree on: counted by hand, read from records, refused where the samples are others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.analysis.disagreement import (
    Answers,
    Closeness,
    Disagreement,
    compare_labels,
    compare_numbers,
    tell_disagreement,
)
from nnlab.analysis.recorded_answers import read_disagreement
from nnlab.errors import RequestError, StorageError
from nnlab.spec import DataSpec

TRUTH = np.array([0, 0, 1, 1, 2, 2, 0])
FIRST = Answers(np.array([0, 1, 1, 0, 0, 0, 0]), np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]))
SECOND = Answers(np.array([0, 0, 2, 1, 0, 1, 0]), np.array([0.9, 0.1, 0.1, 0.95, 0.1, 0.9, 0.3]))
LETTERS = ("a", "b", "c")
CLASSES = DataSpec("digits", "classification", (2,), "float32", LETTERS)


@pytest.fixture
def found() -> Disagreement:
    return compare_labels(LETTERS, TRUTH, FIRST, SECOND)


def test_every_sample_is_of_one_kind(found: Disagreement):
    assert found.counts() == {
        "both right": 2, "fixed": 2, "broken": 1, "same mistake": 1, "other mistake": 1,
    }  # fmt: skip
    assert found.indices("broken").tolist() == [2]
    assert found.indices("same mistake").tolist() == [4]
    assert found.indices("other mistake").tolist() == [5]


def test_those_of_which_somebody_is_surest_come_first(found: Disagreement):
    assert found.indices("fixed").tolist() == [3, 1]
    assert found.indices("same mistake", "other mistake").tolist() == [5, 4]


def test_each_class_has_its_own_counts(found: Disagreement):
    rows = found.per_class()
    assert [(row["class"], row["samples"]) for row in rows] == [("a", 3), ("b", 2), ("c", 2)]
    assert (rows[0]["both right"], rows[0]["fixed"], rows[1]["broken"]) == (2, 1, 1)
    assert {name: sum(row[name] for row in rows) for name in found.counts()} == found.counts()


def test_an_output_that_is_no_class_has_a_name():
    odd = compare_labels(
        ("a",), np.array([0]), Answers(np.array([2]), np.ones(1)), Answers(np.array([0]), np.ones(1))
    )
    assert odd.names == ("a", "output 1", "output 2")
    assert [row["class"] for row in odd.per_class()] == ["a"]


def test_of_numbers_it_is_said_who_is_closer_and_by_how_much():
    found = compare_numbers(
        np.array([1.0, 2, 3, 4]), np.array([2.0, 2, 5, 4.5]), np.array([1.5, 3, 3, 3.5]), "$"
    )
    assert found.gain.tolist() == [0.5, -1, 2, 0]
    assert found.counts() == {"B closer": 2, "A closer": 1, "equally close": 1}
    assert tell_disagreement(found) == [
        "of the same 4 test samples B is closer on 2, A on 1, equally close on 1",
        "mean absolute error: A 0.875 $, B 0.5 $",
    ]
    several = compare_numbers(np.zeros((1, 2)), np.array([[1.0, 3.0]]), np.array([[0.0, -1.0]]))
    assert (several.first.tolist(), several.second.tolist()) == ([2], [0.5])


def test_counts_are_told_in_words(found: Disagreement):
    assert tell_disagreement(found) == [
        "of the same 7 test samples both have 2 right",
        "fixed (A wrong, B right) 2, broken (A right, B wrong) 1",
        "both wrong 2 (1 with the same answer)",
    ]


@pytest.mark.parametrize("count", [0, 3])
def test_other_numbers_of_samples_are_no_comparison(count: int):
    with pytest.raises(ValueError, match="two networks are compared on the same ones, one or more"):
        compare_numbers(np.zeros(count), np.zeros(count), np.zeros(0))


def columns(labels: np.ndarray) -> np.ndarray:
    """Outputs of which the largest is the label's."""
    return (0.1 + 0.7 * np.eye(3)[labels]).astype(np.float32)


def test_what_two_runs_answered_is_read_from_their_records(put_answers: Any):
    a = put_answers("model=mlp", CLASSES, TRUTH, columns(FIRST.labels))
    b = put_answers("model=perceptron", CLASSES, TRUTH, columns(SECOND.labels))
    found = read_disagreement(a, b)
    assert isinstance(found, Disagreement)
    assert found.counts()["fixed"] == 2
    assert read_disagreement(b, a).counts()["broken"] == 2
    assert found.names == LETTERS
    assert found.first.confidence == pytest.approx(np.full(7, 0.8))


@pytest.mark.parametrize("outputs", [1, 2])
def test_numbers_of_two_runs_are_read_with_their_unit(outputs: int, put_answers: Any):
    spec = DataSpec("houses", "regression", (2,), "float32", target="price", unit="$", outputs=outputs)
    y = np.arange(4 * outputs, dtype=np.float32).reshape(4, outputs)
    a, b = put_answers("seed=0", spec, y, y + 2), put_answers("model=perceptron", spec, y, y - 1)
    found = read_disagreement(a, b)
    assert isinstance(found, Closeness)
    assert (found.unit, found.gain.tolist()) == ("$", [1, 1, 1, 1])


def test_restored_samples_are_compared_by_their_mean_squared_error(put_answers: Any):
    spec = DataSpec("digits", "reconstruction", (2,), "float32", outputs=2)
    y = np.ones((3, 2), np.float32)
    words = "dataset.task=reconstruction model=autoencoder"
    runs = [put_answers(f"{words} optimizer={name}", spec, y, y * factor)
            for name, factor in (("sgd", 0.5), ("adam", 1.0))]  # fmt: skip
    found = read_disagreement(*runs)
    assert isinstance(found, Closeness)
    assert (found.measure, found.first.tolist()) == ("mean squared error", [0.25] * 3)
    other = put_answers(f"{words} dataset.preprocessing=[]", spec, y, y)
    with pytest.raises(RequestError, match="their test sets were cut by another dataset"):
        read_disagreement(runs[0], other)


NUMBERS = DataSpec("digits", "regression", (2,), "float32")


@pytest.mark.parametrize(
    ("words", "spec", "truth", "own", "told"),
    [
        ("seed=1", CLASSES, TRUTH, {}, "their test sets were cut by another seed"),
        ("dataset.test_split=0.3", CLASSES, TRUTH, {}, "their test sets were cut by another dataset.test_split"),
        ("seed=0", CLASSES, TRUTH, {"DATA_HASH": "other"}, "they learned from other data"),
        ("seed=0", CLASSES, TRUTH[::-1], {}, "their test sets hold other samples"),
        ("seed=0", CLASSES, TRUTH[:5], {}, "their test sets hold other samples"),
        ("cv=kfold cv.fold=1", CLASSES, TRUTH, {}, "their test sets were cut by another cv"),
        ("seed=0", NUMBERS, TRUTH, {}, "one is a classification, the other a regression"),
    ],
)  # fmt: skip
def test_runs_that_were_tested_on_something_else_are_refused(
    words: str, spec: DataSpec, truth: np.ndarray, own: Any, told: str, put_answers: Any
):
    a = put_answers("seed=0", CLASSES, TRUTH, columns(TRUTH), name="one")
    outputs = columns(truth) if spec is CLASSES else truth[:, None].astype(np.float32)
    b = put_answers(words, spec, truth, outputs, name="two", **own)
    with pytest.raises(RequestError) as caught:
        read_disagreement(a, b)
    assert str(caught.value) == f"RUN: one and two: {told}; two runs that were tested on the same samples"


def test_without_shuffling_the_seed_cuts_nothing(put_answers: Any):
    words = "dataset.shuffle=false dataset.stratify=false"
    a, b = (put_answers(f"{words} seed={seed}", CLASSES, TRUTH, columns(TRUTH)) for seed in (1, 2))
    assert read_disagreement(a, b).counts()["both right"] == 7


def test_folds_are_the_same_where_their_rows_are(put_answers: Any, here: Path):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    runs = [
        put_answers(f"cv=kfold cv.fold=1 model={model}", CLASSES, TRUTH, columns(TRUTH))
        for model in ("mlp", "cnn")
    ]
    for run, start in zip(runs, (0, 1), strict=True):
        file = here / "mlartifacts" / run.id / "artifacts/tables/predictions.parquet"
        table = parquet.read_table(file)
        parquet.write_table(table.append_column("row", pa.array(np.arange(7) + start)), file)
    assert read_disagreement(runs[0], runs[0]).counts()["both right"] == 7
    with pytest.raises(RequestError, match="their test sets hold other samples"):
        read_disagreement(*runs)


def test_a_run_without_readable_predictions_is_named(put_answers: Any, here: Path):
    a, b = (put_answers("seed=0", CLASSES, TRUTH, columns(TRUTH)) for _ in range(2))
    file = here / "mlartifacts" / b.id / "artifacts/tables/predictions.parquet"
    file.write_bytes(b"nothing")
    with pytest.raises(
        StorageError, match=r"predictions.parquet: cannot be read \(.*\); the predictions of a run"
    ):
        read_disagreement(a, b)
    file.unlink()
    with pytest.raises(StorageError, match="has no such file"):
        read_disagreement(a, b)
