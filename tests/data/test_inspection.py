from dataclasses import replace

import numpy as np
import pytest

from nnlab.data.inspection import inspect
from nnlab.errors import DataError
from nnlab.spec import DataSpec, RawData, Samples

SPEC = DataSpec("toy", "classification", (2,), "float32", classes=("a", "b", "c"), features=("age", "weight"))


def samples(count: int = 5) -> Samples:
    return Samples(np.ones((count, 2), np.float32), np.arange(count) % 3)


def refusal(train: Samples, spec: DataSpec = SPEC, **others: Samples) -> str:
    with pytest.raises(DataError) as error:
        inspect(RawData(train, **others), spec, "toy.csv")
    return str(error.value)


def test_sound_data_pass():
    inspect(RawData(samples(), test=samples(1)), SPEC, "toy.csv")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_named_with_row_column_and_count(value: float):
    bad = samples()
    bad.x[3, 1] = bad.x[4, 0] = value
    expected = f"toy.csv: training set: input [3, 'weight'] is {value}, 2 such in all; finite numbers only"
    assert refusal(bad) == expected


def test_a_bad_pixel_is_found_behind_the_first_block(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.data.inspection._BLOCK", 4)
    bad = samples(9)
    bad.x[8, 0] = np.nan
    assert "[8, 'age'] is nan, 1 such" in refusal(samples(), test=bad)


def test_the_part_is_named():
    bad = samples()
    bad.x[0, 0] = np.nan
    assert refusal(samples(), test=bad).startswith("toy.csv: test set: input [0, 'age']")


@pytest.mark.parametrize("label", [3, -1])
def test_a_label_out_of_range(label: int):
    bad = samples()
    bad.y[2] = label
    assert refusal(bad) == (f"toy.csv: training set: target [2] is {label}, 1 such in all; labels 0 to 2")


def test_a_label_that_is_not_whole_or_not_finite():
    halves = Samples(samples().x, np.array([0, 1, 0.5, 1, 2]))
    assert "target [2] is 0.5" in refusal(halves)
    halves.y[2] = np.nan
    assert "target [2] is nan, 1 such in all; finite numbers only" in refusal(halves)


def test_lengths_that_differ():
    assert refusal(Samples(samples().x, samples(4).y)).endswith(
        "5 inputs and 4 targets; as many of one as of the other"
    )


def test_nothing_and_next_to_nothing():
    assert refusal(samples(0)) == "toy.csv: training set: 0 samples; at least 2"
    assert refusal(samples(1)) == "toy.csv: training set: 1 sample; at least 2"
    assert refusal(samples(), test=samples(0)) == "toy.csv: test set: 0 samples; at least 1"


def test_samples_of_another_shape():
    other = Samples(np.ones((3, 4), np.float32), samples(3).y)
    assert refusal(samples(), test=other) == "toy.csv: test set: samples of shape (4,); (2,)"


@pytest.mark.parametrize(
    ("dtype", "words"), [(object, "Python objects"), ("U3", "text"), (complex, "complex numbers")]
)
def test_what_is_no_number(dtype: object, words: str):
    assert refusal(Samples(samples().x.astype(dtype), samples().y)) == (
        f"toy.csv: training set: input: {words}; numbers only"
    )


def test_text_is_sound_where_the_dataset_is_text():
    spec = replace(SPEC, shape=(), dtype="string")
    inspect(RawData(Samples(np.array(["one", "two"], object), np.array([0, 1]))), spec, "toy.csv")


def test_targets_of_a_regression():
    spec = replace(SPEC, task="regression", classes=(), outputs=2)
    assert "targets of shape (); (2,)" in refusal(samples(), spec)
    bad = Samples(samples().x, np.array([[1, 2], [1, np.inf], [0, 0], [0, 0], [0, 0]]))
    assert "target [1, 'weight']" not in refusal(bad, spec)
    assert "target [1, 1] is inf, 1 such" in refusal(bad, spec)
