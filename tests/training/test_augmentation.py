"""Augmentation: seen by the training alone, anew in every epoch, the same again from the same seed."""

from typing import Any

import numpy as np
import pytest

from nnlab import fitting
from nnlab.errors import ConfigError
from nnlab.training import runtime

FLIP = "trainer.augmentation=[{RandomFlip: {mode: horizontal}}]"
SHIFT = "{RandomTranslation: {height_factor: 0.2, width_factor: 0.2, interpolation: nearest}}"
INVERT = "trainer.augmentation=[{RandomInvert: {factor: [1, 1], value_range: [0, 16]}}]"


@pytest.fixture
def prepared(plan: Any, splits: Any) -> Any:
    def prepare(*words: str) -> tuple[Any, Any]:
        asked = plan(*words)
        runtime.prepare(asked.trainer, asked.seed)
        data = splits(asked)
        return fitting.prepare(asked, data), data

    return prepare


def batch(feed: Any, count: int = 40) -> np.ndarray:
    return np.asarray(feed.batch(feed.tensors(), np.arange(count))[0])


def test_only_the_training_sees_it_and_before_the_preprocessing(prepared: Any):
    made, data = prepared(INVERT)
    raw, scale = data.train.x.astype("float32"), made.preprocessing[0].scale
    np.testing.assert_allclose(batch(made.feed(data.train, "train")), (16 - raw) * scale, rtol=1e-6)
    np.testing.assert_allclose(batch(made.feed(data.train, "test")), raw * scale, rtol=1e-6)


def test_each_sample_is_flipped_on_its_own_and_grey_pictures_stay_pictures(prepared: Any):
    made, data = prepared(FLIP, "dataset.preprocessing=[]")
    changed, raw = batch(made.feed(data.train, "train")), data.train.x
    flipped = [np.array_equal(one, two[:, ::-1]) for one, two in zip(changed, raw, strict=True)]
    same = [np.array_equal(one, two) for one, two in zip(changed, raw, strict=True)]
    assert changed.shape == raw.shape
    assert sum(flipped) + sum(same) == len(raw)
    assert sum(flipped) > 5 < sum(same)


def test_what_is_drawn_follows_from_seed_and_epoch(prepared: Any):
    made, data = prepared(f"trainer.augmentation=[{SHIFT}]")
    feed, drawn = made.feed(data.train, "train"), []
    for seed, epoch in ((0, 0), (0, 1), (1, 0), (0, 0)):
        made.augmentation.reseed(seed, epoch)
        drawn.append(batch(feed).tobytes())
    assert drawn[0] == drawn[3]
    assert len(set(drawn)) == 3


def test_trained_twice_it_gives_the_same_bits_and_without_it_others(plan: Any, train: Any):
    words = (f"trainer.augmentation=[{SHIFT},{{GaussianNoise: {{stddev: 1.0}}}}]", "model.dropout=0.2")
    first, again, without = (
        b"".join(weight.tobytes() for weight in train(plan(*given))[0].network.get_weights())
        for given in (words, words, words[1:])
    )
    assert first == again != without


def test_the_network_starts_from_the_same_weights(prepared: Any):
    made, plain = prepared(FLIP)[0], prepared()[0]
    for one, other in zip(made.network.get_weights(), plain.network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_is_no_part_of_the_saved_model(prepared: Any):
    made, data = prepared(INVERT)
    x = data.test.x
    np.testing.assert_array_equal(made.whole()(x), made.network(made.preprocessing[0](x)))
    assert "RandomInvert" not in made.whole().to_json()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["trainer.augmentation=[Flatten]"],
            "trainer.augmentation[0]: Flatten; a random layer, such as RandomFlip or RandomTranslation",
        ),
        (
            ["dataset=boston", FLIP],
            "trainer.augmentation[0]: RandomFlip; a random layer, such as GaussianNoise",
        ),
        (
            ["trainer.augmentation=[RandomFlip,MixUp]"],
            "trainer.augmentation[1]: MixUp; a random layer, such as RandomFlip or RandomTranslation",
        ),
        (
            ["trainer.augmentation=[{RandomCrop: {height: 4, width: 5}}]"],
            "trainer.augmentation: 4×5×1 leaves it; the shape of a sample, 8×8×1",
        ),
        (["trainer.augmentation=RandomFlip"], "trainer.augmentation: 'RandomFlip'; a list of layers"),
        (
            ["trainer.augmentation=[{RandomRotation: {factor: [1]}}]"],
            "trainer.augmentation[0].factor: [1]; a finite number, or the two ends of a range",
        ),
    ],
)
def test_what_cannot_augment_is_refused(plan: Any, words: list[str], line: str):
    with pytest.raises(ConfigError) as refused:
        plan(*words)
    assert str(refused.value) == line
