"""The spread of repeats: mean, standard deviation and the interval in which the true mean probably lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
"""How sure an interval is, unless another level is asked for."""


@dataclass(frozen=True)
class Spread:
    """Repeats of one number. std: of a sample (n − 1). low, high: the t-interval of the mean.

    Of a single repeat std is 0 and the interval is the number itself: it says nothing about another repeat.
    """

    mean: float
    std: float
    n: int
    low: float
    high: float


def measure_spread(values: Sequence[float] | np.ndarray, level: float = LEVEL) -> Spread:
    """Sum up finite numbers, shape (n,), n ≥ 1. The interval is Student's (1908), for values near a normal law.

    Raises ValueError without numbers and for one that is not finite.
    """
    numbers = np.asarray(values, np.float64)
    if not numbers.size or not np.isfinite(numbers).all():
        raise ValueError(f"values: {values}; one finite number or more")
    std = float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
    return interval(float(numbers.mean()), std, len(numbers), level)


def interval(mean: float, std: float, n: int, level: float = LEVEL) -> Spread:
    """The same from what has been summed up already; std: of a sample (n − 1), ignored for n = 1."""
    if n == 1:
        return Spread(mean, 0.0, 1, mean, mean)
    # Not scipy.stats, whose import takes seconds.
    from scipy import special

    reach = float(special.stdtrit(n - 1, (1 + level) / 2)) * std / n**0.5
    return Spread(mean, std, n, mean - reach, mean + reach)
