"""McNemar's test: against published numbers, scipy, and what it promises of chance."""

import numpy as np
import pytest
from scipy import stats

from nnlab.analysis.mcnemar import compare_items


def answers(both: int, only_first: int, only_second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    counts = [both, only_first, only_second, neither]
    return np.repeat([True, True, False, False], counts), np.repeat([True, False, True, False], counts)


def test_a_published_table():
    """Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13 (2013) and Stat. Med. 33 (2014)."""
    found = compare_items(*answers(1, 1, 7, 12))
    assert found.p == pytest.approx(0.0703, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((-0.508, -0.013), abs=1e-3)
    assert (found.n, found.difference, found.effect) == (21, -6 / 21, 1 / 8 - 0.5)


def test_it_is_the_exact_binomial_test():
    found = compare_items(*answers(794, 150, 86, 570))
    assert found.p == pytest.approx(stats.binomtest(86, 236).pvalue)
    assert found.low < found.difference < found.high


def test_the_order_turns_the_sign_alone():
    first, second = answers(50, 12, 4, 3)
    one, other = compare_items(first, second), compare_items(second, first)
    assert (one.p, one.detectable) == (other.p, other.detectable)
    assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))


def test_chance_alone_is_not_taken_for_more():
    random = np.random.default_rng(0)
    first, second = random.random((2, 1000, 200)) < 0.9
    shown = [compare_items(a, b).p < 0.05 for a, b in zip(first, second, strict=True)]
    assert 0.01 < np.mean(shown) <= 0.055


def test_four_times_in_five_the_detectable_difference_is_found():
    random, n, apart = np.random.default_rng(1), 1000, 0.06
    difference = compare_items(*answers(900, 30, 30, 40)).detectable
    shares = [0.9, (apart + difference) / 2, (apart - difference) / 2, 0.1 - apart]
    found = [compare_items(*answers(*counts)).p < 0.05 for counts in random.multinomial(n, shares, 1000)]
    assert np.mean(found) == pytest.approx(0.78, abs=0.04)


def test_equal_predictions_differ_in_nothing():
    found = compare_items(*answers(9, 0, 0, 3))
    assert (found.p, found.difference, found.effect, found.detectable) == (1.0, 0.0, None, None)
    assert found.low == -found.high


@pytest.mark.parametrize("lengths", [(0, 0), (3, 4)])
def test_samples_must_be_the_same(lengths: tuple[int, int]):
    with pytest.raises(ValueError, match="two rows of one length"):
        compare_items(*(np.ones(length, bool) for length in lengths))
