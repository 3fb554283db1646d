"""Outputs of every kind become rows of probabilities."""

import numpy as np
import pytest

from nnlab.evaluation.probabilities import as_probabilities


def test_rows_that_sum_to_one_stay():
    rows = np.array([[0.2, 0.8], [1.0, 0.0]])
    assert as_probabilities(rows) == pytest.approx(rows)


def test_sigmoids_are_divided_by_their_sum():
    assert as_probabilities(np.array([[0.5, 0.5, 1.0]])) == pytest.approx(np.array([[0.25, 0.25, 0.5]]))


def test_a_row_of_zeros_says_nothing():
    assert as_probabilities(np.zeros((1, 4))) == pytest.approx(np.full((1, 4), 0.25))


@pytest.mark.parametrize("scale", [1e-40, 1e38])
def test_extreme_outputs_neither_vanish_nor_overflow(scale):
    with np.errstate(over="raise", invalid="raise"):
        rows = as_probabilities(np.array([[scale, 3 * scale]], np.float32))
    assert rows == pytest.approx(np.array([[0.25, 0.75]]), rel=1e-4)


def test_negative_outputs_are_logits():
    logits = np.array([[-1.0, 0.0, 2.0], [5.0, 1.0, 1.0]])
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert as_probabilities(logits) == pytest.approx(expected)


def test_one_column_is_the_probability_of_class_one():
    assert as_probabilities(np.array([[0.3], [1.0]])) == pytest.approx(np.array([[0.7, 0.3], [0.0, 1.0]]))
    assert as_probabilities(np.array([0.3, 1.0])).shape == (2, 2)


def test_one_column_of_logits_goes_through_a_sigmoid():
    column = np.array([[-800.0], [0.0], [2.0]])
    assert as_probabilities(column)[:, 1] == pytest.approx([0, 0.5, 1 / (1 + np.exp(-2.0))])


@pytest.mark.parametrize(
    ("given", "kept"), [("float16", "float32"), ("float32", "float32"), ("float64", "float64")]
)
def test_precision(given, kept):
    assert as_probabilities(np.ones((2, 3), given)).dtype == kept
