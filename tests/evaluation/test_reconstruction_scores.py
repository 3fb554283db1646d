"""What an autoencoder gives back, against what it was shown and what it was to give."""

import numpy as np
import pytest

from nnlab.errors import DataError
from nnlab.evaluation import judge
from nnlab.evaluation.reconstruction import EXTREMES
from nnlab.spec import DataSpec, Samples

SPEC = DataSpec("mnist", "reconstruction", (12, 12), "uint8")
RANDOM = np.random.default_rng(0)
CLEAN = RANDOM.integers(0, 256, (40, 12, 12)).astype(np.float32) / 255
NOISY = np.clip(CLEAN + RANDOM.normal(0, 0.4, CLEAN.shape), 0, 1).astype(np.float32)
BETTER = np.clip(CLEAN + RANDOM.normal(0, 0.1, CLEAN.shape), 0, 1).astype(np.float32)


def judge_pixels(outputs: np.ndarray, shown: np.ndarray = CLEAN, targets: np.ndarray = CLEAN):
    return judge(SPEC, Samples(shown, targets), outputs)


def test_scores_by_hand():
    scores = judge_pixels(BETTER).scores
    errors = ((BETTER - CLEAN) ** 2).reshape(40, -1).mean(axis=1)
    assert scores["mse"] == pytest.approx(errors.mean(), rel=1e-5)
    assert scores["mae"] == pytest.approx(np.abs(BETTER - CLEAN).mean(), rel=1e-5)
    assert scores["psnr"] == pytest.approx(np.mean(-10 * np.log10(errors)), rel=1e-5)
    assert scores["pixel_accuracy"] == pytest.approx(np.mean((CLEAN > 0.5) == (BETTER > 0.5)))
    assert set(scores) == {"mse", "mae", "psnr", "pixel_accuracy", "ssim"}


def test_what_was_shown_is_scored_beside_it():
    scores = judge_pixels(BETTER, shown=NOISY).scores
    assert scores["input_mse"] == pytest.approx(np.mean((NOISY - CLEAN) ** 2), rel=1e-5)
    for name in ("psnr", "ssim", "pixel_accuracy"):
        assert scores[name] > scores[f"input_{name}"]


def test_bytes_have_the_same_ratios_as_fractions():
    small, large = judge_pixels(BETTER), judge_pixels(255 * BETTER, 255 * CLEAN, 255 * CLEAN)
    for name in ("psnr", "ssim", "pixel_accuracy"):
        assert large.scores[name] == pytest.approx(small.scores[name], rel=1e-4)
    assert large.scores["mse"] == pytest.approx(255**2 * small.scores["mse"], rel=1e-4)


def test_ssim_is_one_for_the_same_and_falls_where_structure_is_lost():
    assert judge_pixels(CLEAN).scores["ssim"] == pytest.approx(1)
    flat = np.broadcast_to(CLEAN.mean(axis=(1, 2), keepdims=True), CLEAN.shape)
    brighter = np.clip(CLEAN + 0.1, 0, 1)
    assert judge_pixels(flat).scores["ssim"] < 0.2 < 0.9 < judge_pixels(brighter).scores["ssim"]


def test_what_is_given_back_exactly_has_no_finite_ratio():
    assert "psnr" not in judge_pixels(CLEAN).scores


def test_small_pictures_have_no_ssim():
    x = CLEAN[:, :10, :10]
    assert "ssim" not in judge(DataSpec("d", "reconstruction", (10, 10), "uint8"), Samples(x, x), x).scores


def test_standardised_values_have_no_white():
    targets = (CLEAN - 0.5) * 4
    judgement = judge_pixels(targets + 1, targets, targets)
    assert judgement.scores == pytest.approx({"mse": 1, "mae": 1}, rel=1e-5)
    assert judgement.tables["reconstruction"]["white"] is None


def test_a_channel_axis_more_or_less_is_the_same_picture():
    assert judge_pixels(BETTER[..., None]).scores == judge_pixels(BETTER).scores


def test_another_number_of_values_is_refused():
    with pytest.raises(DataError, match=r"^predictions: 143 values a sample; the inputs to give back: 144$"):
        judge_pixels(BETTER.reshape(40, 144)[:, 1:])


def test_errors_by_sample_and_the_extremes():
    outputs = CLEAN.copy()
    outputs[3] += 0.5
    outputs[[7, 9]] += 0.25
    judgement = judge_pixels(outputs, shown=NOISY)
    assert judgement.predictions["mse"][[3, 7, 8]] == pytest.approx([0.25, 0.0625, 0], abs=1e-6)
    assert judgement.predictions["mae"][3] == pytest.approx(0.5)
    worst = judgement.tables["reconstruction"]["worst"]
    assert [one["index"] for one in worst[:3]] == [3, 9, 7]

    restored = judgement.restored
    assert restored is not None
    assert list(restored.index[list(restored.first)]) == list(range(EXTREMES))
    np.testing.assert_array_equal(restored.outputs[restored.worst[0]], outputs[3])
    np.testing.assert_array_equal(restored.shown[restored.worst[0]], NOISY[3])
    assert restored.spoilt


def test_few_samples_are_all_kept_once():
    restored = judge_pixels(BETTER[:3], CLEAN[:3], CLEAN[:3]).restored
    assert restored is not None
    assert list(restored.index) == [0, 1, 2]


def test_equal_inputs_are_not_spoilt_though_they_are_another_array():
    judgement = judge_pixels(BETTER, shown=CLEAN.copy())
    assert judgement.restored is not None
    assert not judgement.restored.spoilt
    assert not any(name.startswith("input_") for name in judgement.scores)
