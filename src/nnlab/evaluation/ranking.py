"""How well a score ranks the samples of one class above the others: ROC and precision–recall curves."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Curve:
    """A curve of a class against the rest, as points x and y in 0..1, and the one number that sums it up."""

    x: np.ndarray
    y: np.ndarray
    area: float


def trace_roc(positive: np.ndarray, score: np.ndarray) -> Curve | None:
    """True-positive rate over false-positive rate; its area is the ROC AUC, ties counted half (Fawcett 2006).

    positive: (n,) bool; score: (n,), higher means more likely positive. None unless both kinds are there.
    """
    true, false = _count_above(positive, score)
    if not true[-1] or not false[-1]:
        return None
    x, y = np.append(0, false) / false[-1], np.append(0, true) / true[-1]
    return Curve(x, y, float(np.trapezoid(y, x)))


def trace_precision_recall(positive: np.ndarray, score: np.ndarray) -> Curve | None:
    """Precision over recall; its area is the average precision Σ (Rᵢ − Rᵢ₋₁) Pᵢ, not interpolated.

    Arguments as for `trace_roc`. None without a positive sample.
    """
    true, false = _count_above(positive, score)
    if not true[-1]:
        return None
    precision, recall = true / (true + false), np.append(0, true) / true[-1]
    area = float(np.sum(np.diff(recall) * precision))
    return Curve(recall, np.append(precision[0], precision), area)


def _count_above(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives at every distinct threshold, from the highest score down."""
    order = np.argsort(-score, kind="stable")
    positive, score = positive[order], score[order]
    last_of_ties = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    true = np.cumsum(positive)[last_of_ties]
    return true, last_of_ties + 1 - true
