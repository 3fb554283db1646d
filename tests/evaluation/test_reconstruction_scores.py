"""What an autoencoder gives back, on the scale that the pixels have."""

import numpy as np
import pytest

from nnlab.evaluation import judge
from nnlab.evaluation.reconstruction import pair_values
from nnlab.spec import DataSpec, Samples

SPEC = DataSpec("mnist", "reconstruction", (4, 4), "uint8")
PIXELS = np.random.default_rng(0).integers(0, 256, (6, 4, 4)).astype(np.uint8)


def judge_pixels(x, p):
    return judge(SPEC, Samples(x, x), p)


def test_bytes_and_their_fractions_are_the_same_picture():
    noisy = np.clip(PIXELS / 255 + np.random.default_rng(1).normal(0, 0.1, PIXELS.shape), 0, 1)
    small, raw = judge_pixels(PIXELS, noisy), judge_pixels(PIXELS, noisy * 255)
    assert small.scores == pytest.approx(raw.scores, rel=1e-5)
    assert small.scores["mse"] == pytest.approx(np.mean((PIXELS / 255 - noisy) ** 2), rel=1e-5)
    assert small.scores["mae"] == pytest.approx(np.mean(np.abs(PIXELS / 255 - noisy)), rel=1e-5)
    assert small.scores["pixel_accuracy"] == pytest.approx(np.mean((PIXELS > 127.5) == (noisy > 0.5)))


def test_the_scale_is_said():
    assert judge_pixels(PIXELS, PIXELS / 255).tables["reconstruction"]["scale"] == "0..255 divided by 255"
    assert judge_pixels(PIXELS / 255, PIXELS / 255).tables["reconstruction"]["scale"] == "0..1"
    standardised = (PIXELS - 128.0) / 64
    judgement = judge_pixels(standardised, standardised + 1)
    assert judgement.tables["reconstruction"]["scale"] == "as given"
    assert judgement.scores == pytest.approx({"mse": 1, "mae": 1})


def test_one_wild_output_does_not_change_the_scale():
    outputs = PIXELS / 255
    outputs[0, 0, 0] = 40
    assert pair_values(Samples(PIXELS, PIXELS), outputs).outputs.max() == 40


def test_errors_by_sample():
    outputs = PIXELS / 255
    outputs[3] += 0.5
    columns = judge_pixels(PIXELS, outputs).predictions
    assert columns["mse"] == pytest.approx([0, 0, 0, 0.25, 0, 0], abs=1e-6)
    assert columns["mae"] == pytest.approx([0, 0, 0, 0.5, 0, 0], abs=1e-4)
