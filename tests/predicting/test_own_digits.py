"""The drawings of examples/own_digits: what is done to each before a network sees it."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.predicting.model_input import ModelInput
from nnlab.predicting.samples import open_file, to_samples
from nnlab.spec import DataSpec

FOLDER = Path(__file__).parents[2] / "examples" / "own_digits"
FILES = sorted([*FOLDER.glob("*.png"), *FOLDER.glob("*.jpg")])
LIGHT_ON_DARK = {"1", "5", "7"}
MNIST = DataSpec("mnist", "classification", (28, 28), "uint8", classes=tuple("0123456789"))


def test_there_is_one_of_each_digit_and_they_are_small():
    assert sorted(file.stem for file in FILES) == list("0123456789")
    assert sum(file.stat().st_size for file in FILES) < 100_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_drawing_is_turned_light_on_dark_and_centred(file: Path):
    (sample,) = to_samples(open_file(file), ModelInput((28, 28), "uint8", 0, 255), MNIST, "auto")
    light = sample.note.startswith("light on dark")
    assert light == (file.stem in LIGHT_ON_DARK)
    ink = sample.values / 255
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.5), np.flatnonzero(ink.max(axis=0) > 0.5)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(20, abs=2)
    middle = [np.average(np.arange(28), weights=ink.sum(axis=1 - axis)) for axis in (0, 1)]
    assert middle == pytest.approx([13.5, 13.5], abs=1.0)
