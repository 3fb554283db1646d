"""Mean, deviation and interval of repeats."""

import numpy as np
import pytest
from scipy import stats

from nnlab.analysis.spread import measure_spread


def test_a_spread_is_worked_out_by_hand():
    spread = measure_spread([1.0, 2.0, 3.0])
    assert (spread.mean, spread.std, spread.n) == (2, 1, 3)
    assert spread.high - 2 == pytest.approx(4.302653 / 3**0.5, rel=1e-6)  # t(0.975, 2), from a printed table
    assert 2 - spread.low == pytest.approx(spread.high - 2)


def test_the_interval_is_that_of_a_t_test():
    values = np.random.default_rng(0).normal(size=7)
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    spread = measure_spread(values, 0.9)
    assert (spread.low, spread.high) == pytest.approx((interval.low, interval.high))


def test_the_interval_holds_the_true_mean_as_often_as_it_says():
    random = np.random.default_rng(1)
    spreads = [measure_spread(random.normal(5, 2, size=4)) for _ in range(2000)]
    assert np.mean([spread.low <= 5 <= spread.high for spread in spreads]) == pytest.approx(0.95, abs=0.015)


def test_a_single_repeat_has_no_width():
    spread = measure_spread([0.5])
    assert (spread.std, spread.low, spread.high, spread.n) == (0, 0.5, 0.5, 1)


@pytest.mark.parametrize("values", [[], [1.0, float("nan")], [float("inf")]])
def test_what_is_not_a_number_is_refused(values):
    with pytest.raises(ValueError, match=r"values: .*; one finite number or more"):
        measure_spread(values)
