"""Two single networks on the same test samples: McNemar's test of what one has right and the other wrong."""

import math

import numpy as np

from nnlab.analysis.paired import LEVEL, POWER, Found


def compare_items(first: np.ndarray, second: np.ndarray) -> Found:
    """McNemar's exact test (1947; Dietterich, Neural Computation 10, 1998, for learners) of two bool arrays (n,).

    True where a network is right. Two-sided binomial of the samples that only one has right; the interval of the
    difference of the accuracies is Bonett and Price's (Journal of Educational and Behavioral Statistics 37, 2012);
    the effect is Cohen's g, by how much the first's share of these samples exceeds one half. It speaks of these
    two trained networks, not of others with another seed. Raises ValueError where lengths differ or are 0.
    """
    if first.shape != second.shape or not len(first):
        raise ValueError(f"{first.shape} and {second.shape}: two rows of one length, at least 1")
    n, only_first = len(first), int(np.sum(first & ~second))
    only_second = int(np.sum(second & ~first))
    apart = only_first + only_second
    low, high = _interval(only_first, only_second, n)
    return Found(
        test="McNemar's exact test",
        n=n,
        difference=(only_first - only_second) / n,
        low=low,
        high=high,
        p=_exact(min(only_first, only_second), apart),
        effect=only_first / apart - 0.5 if apart else None,
        effect_name="Cohen's g",
        detectable=_detectable(apart / n, n) if apart else None,
    )


def _exact(fewer: int, total: int) -> float:
    from scipy import special

    return min(1.0, 2 * float(special.bdtr(fewer, total, 0.5))) if total else 1.0


def _interval(only_first: int, only_second: int, n: int) -> tuple[float, float]:
    gained, lost = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    half = _normal((1 + LEVEL) / 2) * math.sqrt((gained + lost - (gained - lost) ** 2) / (n + 2))
    return gained - lost - half, gained - lost + half


def _detectable(apart: float, n: int) -> float:
    """The difference that n samples show with POWER, if the share `apart` is judged differently.

    Connor, Biometrics 43 (1987), solved for the difference; at most `apart`, for it cannot be more.
    """
    sure, often = _normal((1 + LEVEL) / 2), _normal(POWER)
    root = often * math.sqrt(max(0.0, n - sure**2 + often**2))
    return min(apart, math.sqrt(apart) * (sure * math.sqrt(n) + root) / (n + often**2))


def _normal(share: float) -> float:
    from scipy import special

    return float(special.ndtri(share))
