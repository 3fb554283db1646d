"""Noise on the inputs: the same for the same sample of the same part, whatever else is asked."""

from typing import Any

import numpy as np
import pytest

from nnlab.data.corruption import BLOCK, Corruption, build_corruption
from nnlab.data.preprocessing import adapt
from nnlab.errors import DataError
from nnlab.objects import KerasObject, keras_object

X = np.random.default_rng(0).integers(0, 256, (BLOCK + 30, 4, 4)).astype(np.uint8)
NOISE = keras_object("layer", "GaussianNoise", stddev=0.5)
CUT = keras_object("layer", "ReLU", max_value=1.0)


@pytest.fixture(scope="module")
def scaled() -> list[Any]:
    return adapt([keras_object("layer", "Rescaling", scale=1 / 255)], X)


def build(scaled: list[Any], *layers: KerasObject, seed: int = 3) -> Corruption:
    built = build_corruption(layers, scaled, X, seed)
    assert built is not None
    return built


def test_the_noise_is_as_large_as_asked_and_around_the_preprocessed_input(scaled: list[Any]):
    noise = build(scaled, NOISE).spoil(scaled, X, "train") - X / np.float32(255)
    assert noise.dtype == np.float32
    assert abs(noise.mean()) < 0.02
    assert noise.std() == pytest.approx(0.5, rel=0.02)


def test_layers_follow_one_another(scaled: list[Any]):
    spoilt = build(scaled, NOISE, CUT).spoil(scaled, X, "train")
    assert (spoilt.min(), spoilt.max()) == (0, 1)
    plain = build(scaled, NOISE).spoil(scaled, X, "train")
    np.testing.assert_array_equal(spoilt, np.clip(plain, 0, 1))


def test_it_is_a_pure_function_of_seed_part_and_place(scaled: list[Any]):
    corruption = build(scaled, NOISE, CUT)
    whole = corruption.spoil(scaled, X, "train")
    for count in (1, 5, BLOCK, BLOCK + 7):
        np.testing.assert_array_equal(corruption.spoil(scaled, X[:count], "train"), whole[:count])
    np.testing.assert_array_equal(build(scaled, NOISE, CUT).spoil(scaled, X, "train"), whole)


def test_parts_seeds_samples_and_layers_have_noise_of_their_own(scaled: list[Any]):
    zeros = np.zeros_like(X)
    found = [
        build(scaled, NOISE, seed=seed).spoil(scaled, zeros, part)
        for part in ("train", "validation", "test")
        for seed in (3, 4)
    ]
    samples = np.concatenate(found).reshape(-1, 16)
    assert len(np.unique(samples, axis=0)) == 6 * len(X)
    twice = build(scaled, NOISE, NOISE).spoil(scaled, zeros, "train")
    assert twice.std() == pytest.approx(np.sqrt(0.5), rel=0.02)


def test_dropout_works_as_in_training(scaled: list[Any]):
    dropped = build(scaled, keras_object("layer", "Dropout", rate=0.25)).spoil(scaled, X, "test")
    assert np.mean(dropped == 0) == pytest.approx(0.25 + np.mean(X == 0) * 0.75, abs=0.02)


def test_none_is_none(scaled: list[Any]):
    assert build_corruption(None, scaled, X, 0) is None


def test_whole_numbers_are_refused():
    with pytest.raises(
        DataError, match=r"^dataset.corruption: inputs of type uint8; fractions, as Rescaling"
    ):
        build_corruption([NOISE], [], X, 0)


def test_what_keras_refuses_is_said_with_its_place(scaled: list[Any]):
    turned = keras_object("layer", "Permute", dims=[1, 3])
    with pytest.raises(DataError, match=r"^dataset.corruption\[1\]: Permute cannot take the data: "):
        build_corruption([NOISE, turned], scaled, X, 0)
