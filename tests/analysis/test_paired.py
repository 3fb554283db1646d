"""Paired t-tests: against published numbers, scipy, and what they promise of chance."""

import numpy as np
import pytest
from scipy import stats

from nnlab.analysis.paired import compare_pairs

SLEEP = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
"""Hours that one drug gave more than another: Student, The probable error of a mean, Biometrika 6 (1908)."""


def test_student_s_own_example():
    found = compare_pairs(SLEEP)
    assert (found.test, found.n, found.difference) == ("paired t-test", 10, pytest.approx(1.58))
    assert found.p == pytest.approx(0.00283, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.70, 2.46), abs=5e-3)
    assert found.effect == pytest.approx(1.58 / 1.230, abs=2e-3)


def test_it_is_scipy_s_paired_test():
    first, second = np.random.default_rng(0).normal(size=(2, 6))
    known = stats.ttest_rel(first, second)
    found = compare_pairs(first - second)
    assert found.p == pytest.approx(known.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(known.confidence_interval()))


def test_the_correction_widens_the_variance_by_hand():
    values = [0.01, 0.03, -0.01, 0.02, 0.05]
    error = np.std(values, ddof=1) * np.sqrt(1 / 5 + 1 / 4)  # five folds: one fourth tested for each trained
    found = compare_pairs(values, 1 / 4)
    assert found.test == "corrected resampled t-test"
    assert found.p == pytest.approx(2 * stats.t.sf(0.02 / error, 4))
    assert found.high - found.difference == pytest.approx(stats.t.ppf(0.975, 4) * error)
    assert found.p > compare_pairs(values).p


def test_p_is_uniform_where_nothing_differs():
    values = np.random.default_rng(1).normal(size=(1000, 4))
    assert stats.kstest([compare_pairs(row).p for row in values], "uniform").pvalue > 0.01


def test_overlapping_training_sets_fool_the_plain_test_and_not_the_corrected_one():
    random, ratio, n = np.random.default_rng(2), 1 / 9, 10
    # Nadeau and Bengio's model: differences share n2 / (n1 + n2) of their variance.
    shared = ratio / (1 + ratio)
    own = np.sqrt(1 - shared) * random.normal(size=(1000, n))
    values = own + np.sqrt(shared) * random.normal(size=(1000, 1))
    assert np.mean([compare_pairs(row).p < 0.05 for row in values]) > 0.12
    assert np.mean([compare_pairs(row, ratio).p < 0.05 for row in values]) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("n", [3, 8])
def test_four_times_in_five_the_detectable_difference_is_found(n: int):
    random = np.random.default_rng(3)
    unit = compare_pairs(values := random.normal(size=n))
    shift = unit.detectable / np.std(values, ddof=1)
    p = [compare_pairs(row + shift).p for row in random.normal(size=(2000, n))]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("differences", "p"),
    [([0.0, 0.0, 0.0], 1.0), ([0.01] * 5, 0.0625), ([0.1 + 0.2, 0.3], 0.5), ([-0.01] * 6, 0.03125)],
)
def test_differences_without_spread_get_the_sign_test(differences: list[float], p: float):
    found = compare_pairs(differences)
    assert (found.test, found.p, found.effect, found.detectable) == ("sign test", p, None, None)
    assert found.low == found.high == pytest.approx(differences[0])


@pytest.mark.parametrize("differences", [[], [0.1], [0.1, float("nan")], [0.1, float("inf")]])
def test_what_is_no_pair_is_refused(differences: list[float]):
    with pytest.raises(ValueError, match="two finite numbers or more"):
        compare_pairs(differences)
