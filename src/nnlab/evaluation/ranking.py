"""How well a score ranks the samples of one class above the others: ROC and precision–recall curves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True)
class Curve:
    """A curve of a class against the rest, as points x and y in 0..1, and the one number that sums it up."""

    x: np.ndarray
    y: np.ndarray
    area: float


class Counts(NamedTuple):
    """True and false positives, int (k,), at every distinct threshold, from the highest score down."""

    true: np.ndarray
    false: np.ndarray


def count_above(positive: np.ndarray, score: np.ndarray) -> Counts:
    """Count the samples above each threshold.

    positive: (n,) bool; score: (n,), higher means more likely positive.
    """
    order = np.argsort(-score, kind="stable")
    positive, score = positive[order], score[order]
    last_of_ties = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    true = np.cumsum(positive)[last_of_ties]
    return Counts(true, last_of_ties + 1 - true)


def trace_roc(counts: Counts) -> Curve | None:
    """True-positive rate over false-positive rate; its area is the ROC AUC, ties counted half (Fawcett 2006).

    None unless both kinds are there.
    """
    true, false = counts
    if not true[-1] or not false[-1]:
        return None
    x, y = np.append(0, false) / false[-1], np.append(0, true) / true[-1]
    return Curve(x, y, float(np.trapezoid(y, x)))


def trace_precision_recall(counts: Counts) -> Curve | None:
    """Precision over recall; its area is the average precision Σ (Rᵢ − Rᵢ₋₁) Pᵢ, not interpolated.

    None without a positive sample.
    """
    true, false = counts
    if not true[-1]:
        return None
    precision, recall = true / (true + false), np.append(0, true) / true[-1]
    area = float(np.sum(np.diff(recall) * precision))
    return Curve(recall, np.append(precision[0], precision), area)


class Curves(NamedTuple):
    """Curves by the label of their class."""

    roc: dict[int, Curve]
    precision_recall: dict[int, Curve]


def trace_curves(truth: np.ndarray, probabilities: np.ndarray, labels: Sequence[int]) -> Curves:
    """Both curves of each of the labels, where it has them. truth: (n,) labels. probabilities: (n, k)."""
    counts = {label: count_above(truth == label, probabilities[:, label]) for label in labels}
    return Curves(_trace(trace_roc, counts), _trace(trace_precision_recall, counts))


def _trace(trace: Callable[[Counts], Curve | None], counts: dict[int, Counts]) -> dict[int, Curve]:
    curves = {label: trace(found) for label, found in counts.items()}
    return {label: curve for label, curve in curves.items() if curve is not None}
