"""What scores on several test sets of one dataset say together."""

import math
from collections.abc import Sequence

import numpy as np


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation (of a sample, n − 1; 0 of a single value)."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def corrected_interval(values: Sequence[float], tested_per_trained: float) -> tuple[float, float]:
    """The 95 % confidence interval of a mean over folds, which share their training samples.

    tested_per_trained: test samples for each training sample of a fold. The variance is widened by it: the
    corrected resampled t of Nadeau and Bengio (2003), as Bouckaert and Frank (2004) use it for repeated folds.
    """
    from scipy import special

    mean, deviation = mean_and_deviation(values)
    half = deviation * math.sqrt(1 / len(values) + tested_per_trained)
    half *= float(special.stdtrit(len(values) - 1, 0.975))
    return mean - half, mean + half
