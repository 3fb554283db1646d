"""The confusion matrix, and what is read off it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassRates:
    """Per class, each shape (k,): precision, recall, f1 (shares, 0 where undefined) and support (counts)."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def count_confusions(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts, shape (classes, classes) int64: row = true label, column = predicted label."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def normalize_rows(confusion: np.ndarray) -> np.ndarray:
    """Each row as shares of its sum; a class without test samples keeps a row of zeros."""
    return divide(confusion, confusion.sum(axis=1, keepdims=True))


def rate_classes(confusion: np.ndarray) -> ClassRates:
    """Precision, recall, F1 and support of every class, 0 where a denominator is (as scikit-learn has it)."""
    hits, support, predicted = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassRates(
        precision=divide(hits, predicted),
        recall=divide(hits, support),
        f1=divide(2 * hits, support + predicted),
        support=support,
    )


def list_confusions(confusion: np.ndarray, limit: int = 20) -> list[tuple[int, int, int]]:
    """The most frequent mistakes as (true label, predicted label, count), most frequent first."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:limit]
    pairs = (divmod(int(cell), len(wrong)) for cell in order)
    return [(row, column, int(wrong[row, column])) for row, column in pairs if wrong[row, column]]


def divide(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole as float64, and 0 where whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)
