from typing import Any

import numpy as np
import pytest

from nnlab.data.splits import Splits, load_splits
from nnlab.errors import DataError
from nnlab.plan import Dataset
from nnlab.spec import DataSpec, RawData, Samples

LABELS = np.repeat([0, 1, 2], [60, 30, 10])


class Numbered(Dataset):
    """100 samples whose input is their number, so that a cut shows; of three classes, or of none."""

    regression: bool = False
    own_sets: bool = False
    lonely: bool = False

    def spec(self) -> DataSpec:
        classes = () if self.regression else ("a", "b", "c")
        spec = DataSpec(
            "numbered", "regression" if self.regression else "classification", (1,), "float32", classes
        )
        return spec.of_inputs() if self.task else spec

    def load(self) -> RawData:
        labels = np.where(np.arange(100) < 99, 0, 2) if self.lonely else LABELS
        train = Samples(np.arange(100, dtype=np.float32)[:, None], labels)
        own = Samples(np.full((5, 1), -1, np.float32), np.zeros(5, np.int64)) if self.own_sets else None
        return RawData(train, own, own)


KEYS: dict[str, Any] = {
    "name": "numbered",
    "preprocessing": (),
    "validation_split": 0.2,
    "test_split": 0.1,
    "stratify": False,
    "shuffle": True,
    "samples": None,
    "task": None,
    "corruption": None,
}


def cut(seed: int = 0, **keys: Any) -> Splits:
    return load_splits(Numbered(**{**KEYS, **keys}), seed)


def numbers(samples: Samples | None) -> list[int]:
    assert samples is not None
    return [int(value) for value in samples.x[:, 0]]


def refusal(**keys: Any) -> str:
    with pytest.raises(DataError) as error:
        cut(**keys)
    return str(error.value)


def test_every_sample_is_in_exactly_one_set_with_its_own_label():
    splits = cut()
    assert sorted([*numbers(splits.train), *numbers(splits.validation), *numbers(splits.test)]) == list(
        range(100)
    )
    assert (len(splits.train), len(splits.test)) == (72, 10)
    for part in (splits.train, splits.validation, splits.test):
        assert part is not None
        np.testing.assert_array_equal(part.y, LABELS[numbers(part)])


def test_the_cut_is_a_pure_function_of_the_seed():
    assert numbers(cut(3).validation) == numbers(cut(3).validation)
    assert numbers(cut(3).validation) != numbers(cut(4).validation)


def test_another_validation_set_leaves_the_test_set_as_it_is():
    assert numbers(cut(validation_split=0.5).test) == numbers(cut().test)


def test_without_shuffling_sets_are_cut_off_the_end_as_keras_does():
    splits = cut(shuffle=False, test_split=10, validation_split=0.2)
    assert numbers(splits.train) == list(range(72))
    assert numbers(splits.validation) == list(range(72, 90))
    assert numbers(splits.test) == list(range(90, 100))


def test_a_cut_off_the_end_copies_nothing():
    splits = cut(shuffle=False)
    assert splits.validation is not None
    assert splits.train.x.base is not None
    assert splits.train.x.base is splits.validation.x.base


def test_a_fraction_rounds_as_keras_rounds_it():
    # Keras keeps int(floor(100 · (1 − 0.333))) = 66 samples for training.
    assert len(cut(test_split=0.333, validation_split=0).train) == 66


def test_no_validation_set():
    assert cut(validation_split=0).validation is None


@pytest.mark.parametrize("shuffle", [True, False])
def test_stratified_sets_keep_the_shares_of_the_classes(shuffle: bool):
    splits = cut(stratify=True, shuffle=shuffle, test_split=10, validation_split=20)
    assert splits.validation is not None
    assert np.bincount(splits.test.y).tolist() == [6, 3, 1]
    assert np.bincount(splits.validation.y).tolist() == [12, 6, 2]


def test_samples_are_drawn_by_seed_from_what_is_left():
    few, others = cut(samples=7), cut(1, samples=7)
    assert len(few.train) == 7
    assert set(numbers(few.train)) <= set(numbers(cut().train))
    assert numbers(few.train) != numbers(others.train)
    assert np.bincount(cut(samples=10, stratify=True).train.y).tolist() == [6, 3, 1]


def test_sets_of_the_source():
    splits = cut(own_sets=True, test_split="given", validation_split="given")
    assert numbers(splits.test) == numbers(splits.validation) == [-1] * 5
    assert len(splits.train) == 100
    assert not splits.leak


def test_the_test_set_as_validation_is_a_leak():
    splits = cut(own_sets=True, test_split="given", validation_split="test")
    assert splits.validation is splits.test
    assert splits.leak


def test_a_test_set_that_is_cut_takes_the_place_of_the_sources_own():
    assert -1 not in numbers(cut(own_sets=True).test)


def test_the_hash_is_of_the_data_and_not_of_the_cut():
    assert cut(0).hash == cut(1, validation_split=0, samples=3).hash
    assert cut().hash != cut(own_sets=True).hash


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (
            {"test_split": 100},
            "dataset.test_split: 100 of 100 samples leaves 0; a count that leaves some on both sides",
        ),
        ({"validation_split": 90}, "dataset.validation_split: 90 of 90 samples leaves 0"),
        (
            {"validation_split": 0.999},
            "dataset.validation_split: 0.999 of 90 samples leaves 0; a fraction that",
        ),
        (
            {"test_split": "given"},
            "dataset.test_split: 'given', and numbered has no test set of its own; a fraction",
        ),
        (
            {"validation_split": "given"},
            "dataset.validation_split: 'given', and numbered has no validation set",
        ),
        ({"samples": 73}, "dataset.samples: 73, and the training set has 72; at most 72"),
        (
            {"stratify": True, "test_split": 2},
            "dataset.test_split: 2 of 100 samples cannot hold 3 classes; at least 3",
        ),
        (
            {"stratify": True, "lonely": True},
            "dataset.stratify: class 2 has a single sample to divide; at least 2",
        ),
    ],
)
def test_what_cannot_be_cut(keys: dict[str, Any], text: str):
    assert refusal(**keys).startswith(text)


def test_bad_data_is_refused_before_it_is_cut(monkeypatch: pytest.MonkeyPatch):
    bad = RawData(Samples(np.full((4, 1), np.nan), np.zeros(4, np.int64)))
    monkeypatch.setattr(Numbered, "load", lambda self: bad)
    assert refusal() == "numbered: training set: input [0, 0] is nan, 4 such in all; finite numbers only"


def test_a_reconstruction_is_cut_as_its_classes_are_and_holds_each_input_once():
    plain, back = cut(stratify=True), cut(stratify=True, task="reconstruction", samples=12)
    assert numbers(back.validation) == numbers(plain.validation)
    assert numbers(back.test) == numbers(plain.test)
    assert all(part is not None and part.y is part.x for part in (back.train, back.validation, back.test))
    assert np.bincount(LABELS[numbers(back.train)]).tolist() == [7, 4, 1]
    assert back.hash == plain.hash
