"""Two configurations on the same seeds or folds: a t-test of their differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.evaluation.resampling import corrected_interval, mean_and_deviation

LEVEL, POWER = 0.95, 0.8
"""How sure the intervals are, and how often a detectable difference is found."""
_NOISE = 1e-9
"""Differences that vary by less than this part of their size vary by rounding alone."""


@dataclass(frozen=True)
class Found:
    """What a test says of differences, first minus second.

    test: its name. n: pairs, or samples for McNemar's. low, high: of a 95 % interval. p: two-sided. effect: a size
    without unit, under the name effect_name; None where nothing varies. detectable: the smallest difference that
    so many pairs show four times in five; None where the spread is not known.
    """

    test: str
    n: int
    difference: float
    low: float
    high: float
    p: float
    effect: float | None
    effect_name: str
    detectable: float | None


def compare_pairs(differences: Sequence[float] | np.ndarray, tested_per_trained: float = 0.0) -> Found:
    """Student's paired t-test of differences (n,), n ≥ 2, finite; two-sided.

    tested_per_trained: test samples for each training sample where the pairs are folds or other cuts of one set,
    whose training samples overlap; the variance is widened by it: the corrected resampled t-test of Nadeau and
    Bengio, Inference for the generalization error, Machine Learning 52 (2003); for repeated folds Bouckaert and
    Frank, PAKDD 2004. The effect is Cohen's d_z, the mean in standard deviations of the differences. Differences
    that do not vary have no t: the exact sign test judges them. Over seeds with one given test set it speaks of
    other seeds, not of other test sets. Raises ValueError for fewer than two.
    """
    values = np.asarray(differences, np.float64)
    if len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"differences: {values}; two finite numbers or more")
    mean, deviation = mean_and_deviation(values)  # type: ignore[arg-type]
    if deviation <= _NOISE * float(np.abs(values).max()):
        return _constant(values, mean)
    low, high = corrected_interval(values, tested_per_trained)  # type: ignore[arg-type]
    error = deviation * (1 / len(values) + tested_per_trained) ** 0.5
    return Found(
        test="corrected resampled t-test" if tested_per_trained else "paired t-test",
        n=len(values),
        difference=mean,
        low=low,
        high=high,
        p=_two_sided(mean / error, len(values) - 1),
        effect=mean / deviation,
        effect_name="Cohen's d_z",
        detectable=error * _detectable_shift(len(values) - 1),
    )


def _two_sided(t: float, freedom: int) -> float:
    from scipy import special

    return float(2 * special.stdtr(freedom, -abs(t)))


def _detectable_shift(freedom: int) -> float:
    """The shift, in standard errors, that a two-sided t-test finds with POWER (Cohen 1988, noncentral t)."""
    from scipy import special

    critical = float(special.stdtrit(freedom, (1 + LEVEL) / 2))
    return float(special.nctdtrinc(freedom, 1 - POWER, critical))


def _constant(values: np.ndarray, mean: float) -> Found:
    """The sign test: of n differences with one sign, or of none at all."""
    p = 1.0 if not values.any() else min(1.0, 2 * 0.5 ** len(values))
    return Found("sign test", len(values), mean, mean, mean, p, None, "Cohen's d_z", None)
