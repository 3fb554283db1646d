"""What cannot be judged is said in one line, and judging loads nothing heavy."""

import re
import subprocess
import sys

import numpy as np
import pytest

from nnlab.errors import DataError, DivergenceError
from nnlab.evaluation import judge
from nnlab.spec import DataSpec, Samples

CLASSES = DataSpec("d", "classification", (2,), "float32", ("a", "b", "c"))
NUMBERS = DataSpec("d", "regression", (2,), "float32")
PICTURES = DataSpec("d", "reconstruction", (2,), "float32")


def samples(y):
    return Samples(np.zeros((len(y), 2)), np.asarray(y))


ROWS = "one row for each of 2 test samples is needed"
MISFITS = [
    (CLASSES, [], np.zeros((0, 3)), "test set: no samples; at least one is needed to judge a network"),
    (CLASSES, [0, 1], np.ones((3, 3)), f"predictions: shape (3, 3); {ROWS}"),
    (CLASSES, [0, 1], np.float32(1), f"predictions: shape (); {ROWS}"),
    (
        CLASSES,
        [0, 3],
        np.ones((2, 3)),
        "test labels: 3 at index 1; the network tells 3 classes apart, 0 to 2",
    ),
    (
        CLASSES,
        [-1, 0],
        np.ones((2, 3)),
        "test labels: -1 at index 0; the network tells 3 classes apart, 0 to 2",
    ),
    (
        CLASSES,
        [[0, 1], [1, 0]],
        np.ones((2, 3)),
        "test labels: 4 for 2 samples; one label for each is needed",
    ),
    (NUMBERS, [0.0, 1.0], np.ones((2, 2)), "predictions: 2 numbers a sample; the targets have 1 a sample"),
    (PICTURES, [[0, 1]], np.ones((1, 3)), "predictions: 3 values a sample; the inputs to give back: 2"),
]


@pytest.mark.parametrize(("spec", "y", "p", "said"), MISFITS)
def test_misfits_are_named(spec, y, p, said):
    with pytest.raises(DataError, match=f"^{re.escape(said)}$"):
        judge(spec, samples(y), p)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_diverged_network_is_not_judged(bad):
    p = np.ones((4, 3))
    p[2:, 1] = bad
    with pytest.raises(
        DivergenceError, match="2 of 4 test samples get NaN or infinity, first 2; the network has div"
    ):
        judge(CLASSES, samples([0, 1, 2, 0]), p)


def test_importing_the_room_loads_no_heavy_library():
    heavy = ("sklearn", "matplotlib", "PIL", "pandas", "keras", "tensorflow", "mlflow", "scipy")
    code = f"import nnlab.evaluation, sys; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
