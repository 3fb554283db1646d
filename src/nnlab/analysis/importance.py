"""How much of the variance of scores goes with each key: an analysis of variance over all that was tried."""

from collections.abc import Sequence

import numpy as np

from nnlab.evaluation.figures.importance import Share
from nnlab.evaluation.figures.varied import Varied

TOGETHER, REPEATS = "several keys together", "repeats, which is chance"
TOGETHER_OR_CHANCE = "several keys together, or chance"
_FEW = 6
"""A number with more values than these enters as a curve, linear and quadratic in its place on the axis."""


def share_variance(keys: Sequence[Varied], scores: Sequence[np.ndarray]) -> list[Share] | None:
    """The shares of each key by itself, of what keys do only together, and of the repeats; they add up to 1.

    scores: of each of n configurations its repeats, (r,) finite, r ≥ 1. Effects are Type II sums of squares of
    the additive model (Yates, JASA 29, 1934), on a full grid those of Fisher's analysis of variance, less what
    chance alone would give: omega squared (Hays, Statistics for Psychologists, 1963), 0 where that is more. What
    chance gives is measured by the repeats, and without repeats by what the additive model leaves over. None where
    nothing can be said: fewer than two keys, no more configurations than the model has numbers, or equal scores.
    """
    means, weights = np.array([one.mean() for one in scores]), np.array([len(one) for one in scores])
    columns = [_code(key) for key in keys]
    model = _join(columns, len(means))
    rank, free = int(np.linalg.matrix_rank(model)), int(weights.sum()) - len(means)
    between = _left_over(_join([], len(means)), means, weights)
    if len(keys) < 2 or len(means) <= rank or np.allclose(means, means[0], rtol=1e-12, atol=0):
        return None
    left = _left_over(model, means, weights)
    within = float(sum(((one - one.mean()) ** 2).sum() for one in scores))
    chance = within / free if free else left / (len(means) - rank)
    effects, degrees = np.zeros(len(keys)), np.zeros(len(keys))
    for at in range(len(keys)):
        others = _join([*columns[:at], *columns[at + 1 :]], len(means))
        effects[at] = _left_over(others, means, weights) - left
        degrees[at] = rank - np.linalg.matrix_rank(others)
    total = between + within + chance
    alone = np.maximum(0, effects - degrees * chance) / total
    found = [Share(key.name, float(share)) for key, share in zip(keys, alone, strict=True)]
    if not free:
        return [*found, Share(TOGETHER_OR_CHANCE, float(1 - alone.sum()), of_key=False)]
    together = between - effects.sum() - (len(means) - 1 - degrees.sum()) * chance
    rest = min(max(0.0, together / total), 1 - float(alone.sum()))
    repeats = Share(REPEATS, float(1 - alone.sum() - rest), of_key=False)
    return [*found, Share(TOGETHER, rest, of_key=False), repeats]


def _left_over(model: np.ndarray, means: np.ndarray, weights: np.ndarray) -> float:
    """The weighted sum of squares that a linear model, (n, k), leaves of the means, (n,)."""
    root = np.sqrt(weights)
    fitted = model @ np.linalg.lstsq(model * root[:, None], means * root, rcond=None)[0]
    return float((weights * (means - fitted) ** 2).sum())


def _join(columns: Sequence[np.ndarray], count: int) -> np.ndarray:
    return np.concatenate([np.ones((count, 1)), *columns], axis=1)


def _code(key: Varied) -> np.ndarray:
    """A key as columns of a linear model, (n, k); their mean is 0, and they are 0 where there is no such key."""
    there = np.isfinite(key.places)
    if key.words or len(key.levels) <= _FEW:
        columns = (key.places[:, None] == key.levels[None, 1:]).astype(np.float64)
    else:
        place = np.where(there, key.fractions(np.where(there, key.places, key.levels[0])), 0)
        columns = np.stack([place, place**2], axis=1)
    centred = columns - columns[there].mean(axis=0)
    return np.where(there[:, None], centred, 0)
