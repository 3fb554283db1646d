"""The shares of the variance that go with each key: worked out by hand, and where nothing can be said."""

import itertools

import numpy as np
import pytest

from nnlab.analysis.importance import REPEATS, TOGETHER, TOGETHER_OR_CHANCE, share_variance
from nnlab.evaluation.figures.varied import Varied

GRID = np.array(list(itertools.product(range(3), range(2))), float)
A, B = Varied("a", GRID[:, 0], ("x", "y", "z")), Varied("b", GRID[:, 1])


def shares(keys, scores):
    found = share_variance(keys, [np.atleast_1d(one).astype(float) for one in scores])
    assert found is not None
    assert sum(share.share for share in found) == pytest.approx(1)
    assert all(share.share >= 0 for share in found)
    return {share.name: share.share for share in found}


def test_effects_that_add_up_on_a_full_grid_are_their_variances():
    # Over the grid 2a has variance 8/3 and b 1/4.
    found = shares([A, B], 2 * GRID[:, 0] + GRID[:, 1])
    assert found == pytest.approx({"a": 32 / 35, "b": 3 / 35, TOGETHER_OR_CHANCE: 0}, abs=1e-9)


def test_what_keys_do_only_together_belongs_to_neither():
    wings = np.array([[1.0], [-1], [0], [0], [-1], [1]]) + np.array([-0.01, 0.01])
    found = shares([A, B], list(wings))
    assert found["a"] == found["b"] == 0
    assert found[TOGETHER] > 0.99


def test_the_share_of_repeats_is_right_on_average():
    # a: 25/6, b: 1, together: 1/6, chance: 1.
    random, told = np.random.default_rng(0), []
    for _ in range(200):
        told.append(shares([A, B], [2 * a + b + a * b + random.normal(size=3) for a, b in GRID]))
    means = {name: np.mean([one[name] for one in told]) for name in told[0]}
    expected = {"a": 25 / 38, "b": 6 / 38, TOGETHER: 1 / 38, REPEATS: 6 / 38}
    assert means == pytest.approx(expected, abs=0.015)


def test_a_key_that_makes_no_difference_has_no_share_on_average():
    random = np.random.default_rng(1)
    found = [shares([A, B], [a + random.normal(size=3) for a, _ in GRID])["b"] for _ in range(200)]
    assert np.mean(found) < 0.03
    assert np.median(found) == 0


def test_a_number_with_many_values_enters_as_a_curve():
    random = np.random.default_rng(2)
    rate, other = 10 ** random.uniform(-5, 0, 40), random.integers(0, 2, 40).astype(float)
    keys = [Varied("rate", rate, log=True), Varied("other", other)]
    found = shares(keys, -((np.log10(rate) + 2) ** 2))
    assert found["rate"] > 0.9
    assert found["other"] < 0.01


def test_a_key_that_exists_under_one_choice_only_takes_nothing_from_the_choice():
    kind = Varied("kind", np.array([0.0, 0, 0, 0, 1, 1]), ("SGD", "Adam"))
    momentum = Varied("momentum", np.array([0.0, 0.9, 0, 0.9, np.nan, np.nan]))
    found = shares([kind, momentum], np.array([1.0, 1.1, 1, 1.1, 5, 5]))
    assert found["kind"] > 0.99
    assert 0 < found["momentum"] < 0.01


def test_keys_that_always_change_together_have_no_share_of_their_own():
    twin = Varied("twin", GRID[:, 0])
    found = shares([A, twin, B], [np.array([a, a + 0.01]) for a, _ in GRID])
    assert found["a"] == found["twin"] == pytest.approx(0, abs=1e-12)
    assert found[TOGETHER] > 0.99


@pytest.mark.parametrize(
    ("keys", "scores"),
    [
        ([A], np.arange(6)),
        ([A, B], np.ones(6)),
        ([Varied("a", np.arange(3.0), ("x", "y", "z")), Varied("b", np.array([0.0, 1, 0]))], np.arange(3)),
        ([Varied("a", np.array([0.0, 1])), Varied("b", np.array([0.0, 1]))], np.array([1, 2])),
    ],
    ids=["one key", "equal scores", "three for three numbers", "two"],
)  # fmt: skip
def test_where_nothing_can_be_said_nothing_is(keys, scores):
    assert share_variance(keys, [np.array([float(score)]) for score in scores]) is None
