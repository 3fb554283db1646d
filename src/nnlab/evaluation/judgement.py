"""What judging a network on its test set gives."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.evaluation.ranking import Curves, trace_curves

CURVE_CLASSES = 10
"""Up to so many classes each has its ROC and precision–recall curve."""


@dataclass(frozen=True)
class ClassOutcome:
    """The arrays behind the scores of a classification; k classes, n test samples.

    names: k class names. truth, predicted: (n,) int64 labels. probabilities: (n, k) float rows that sum to 1.
    confusion: (k, k) int64 counts, rows are the truth. mistakes: indices of the wrong samples, surest first.
    """

    names: tuple[str, ...]
    truth: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    confusion: np.ndarray
    mistakes: np.ndarray

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of the predicted class, shape (n,)."""
        return self.probabilities.max(axis=1)

    @property
    def positives(self) -> tuple[int, ...]:
        """The labels that have a curve of their own: class 1 of two, otherwise every class."""
        return (1,) if len(self.names) == 2 else tuple(range(len(self.names)))

    @cached_property
    def curves(self) -> Curves:
        """ROC and precision–recall curves by label; empty for more than CURVE_CLASSES classes."""
        labels = self.positives if len(self.names) <= CURVE_CLASSES else ()
        return trace_curves(self.truth, self.probabilities, labels)


@dataclass(frozen=True)
class Restored:
    """The test samples of a reconstruction that are worth a look; k of them, each of some shape.

    index: (k,) their places in the test set. shown, outputs, targets: (k, *shape) float32: what the network
    was shown, gave back, and was to give back. mse: (k,). first, best, worst: places in these arrays.
    spoilt: whether what was shown differs from the targets. white: the value of white, None where unknown.
    """

    index: np.ndarray
    shown: np.ndarray
    outputs: np.ndarray
    targets: np.ndarray
    mse: np.ndarray
    first: tuple[int, ...]
    best: tuple[int, ...]
    worst: tuple[int, ...]
    spoilt: bool
    white: float | None


@dataclass(frozen=True)
class Judgement:
    """The verdict on one set of test predictions.

    scores: finite numbers under names that MLflow takes. tables: one JSON-able value per table.
    predictions: columns of equal length, one row a test sample. classes: only for a classification.
    restored: only for a reconstruction.
    """

    scores: dict[str, float]
    tables: dict[str, Any]
    predictions: dict[str, np.ndarray]
    classes: ClassOutcome | None = None
    restored: Restored | None = None


def finite(scores: Mapping[str, float]) -> dict[str, float]:
    """The scores as Python floats, without those that are not finite: what cannot be measured is left out."""
    return {name: float(value) for name, value in scores.items() if math.isfinite(value)}
