"""A judged classification as tables: JSON-able values, and columns by test sample."""

from typing import Any

import numpy as np

from nnlab.evaluation.calibration import Reliability
from nnlab.evaluation.confusion import ClassRates, list_confusions, normalize_rows
from nnlab.evaluation.judgement import ClassOutcome

LISTED_MISTAKES = 100
COLUMN_CLASSES = 100
"""Up to so many classes each has a column of probabilities."""


def list_classes(outcome: ClassOutcome, rates: ClassRates) -> list[dict[str, Any]]:
    """Precision, recall and F1 (shares) and support (count) of every class by name."""
    return [
        {
            "class": name,
            "precision": float(rates.precision[label]),
            "recall": float(rates.recall[label]),
            "f1": float(rates.f1[label]),
            "support": int(rates.support[label]),
        }
        for label, name in enumerate(outcome.names)
    ]


def tabulate_confusions(outcome: ClassOutcome) -> dict[str, Any]:
    """The matrix twice (rows: truth, columns: prediction) and the most frequent mistakes."""
    support = outcome.confusion.sum(axis=1)
    return {
        "classes": list(outcome.names),
        "counts": outcome.confusion.tolist(),
        "shares_of_row": normalize_rows(outcome.confusion).round(6).tolist(),
        "most_confused": [
            {
                "truth": outcome.names[truth],
                "predicted": outcome.names[predicted],
                "count": count,
                "share_of_truth": float(count / support[truth]),
            }
            for truth, predicted, count in list_confusions(outcome.confusion)
        ],
    }


def list_mistakes(outcome: ClassOutcome, texts: np.ndarray | None = None) -> list[dict[str, Any]]:
    """The most confident mistakes; `index` counts from 0 in the test set.

    texts: the test samples, where they are texts.
    """
    return [
        {
            "index": int(index),
            "truth": outcome.names[outcome.truth[index]],
            "predicted": outcome.names[outcome.predicted[index]],
            "confidence": float(outcome.probabilities[index, outcome.predicted[index]]),
            "probability_of_truth": float(outcome.probabilities[index, outcome.truth[index]]),
            **({} if texts is None else {"text": str(texts[index])}),
        }
        for index in outcome.mistakes[:LISTED_MISTAKES]
    ]


def list_bins(reliability: Reliability) -> list[dict[str, Any]]:
    """The bins of the confidence that hold samples: how sure the network was, and how often right."""
    bins = zip(
        reliability.edges,
        reliability.edges[1:],
        reliability.count,
        reliability.confidence,
        reliability.accuracy,
        strict=False,
    )
    return [
        {
            "above": float(low),
            "up_to": float(high),
            "count": int(count),
            "confidence": float(said),
            "accuracy": float(was),
        }
        for low, high, count, said, was in bins
        if count
    ]


def column_samples(outcome: ClassOutcome) -> dict[str, np.ndarray]:
    """Columns of one row a test sample; a probability for each class where those are few."""
    names = np.array(outcome.names, dtype=object)
    columns = {
        "index": np.arange(len(outcome.truth)),
        "truth": outcome.truth,
        "predicted": outcome.predicted,
        "truth_name": names[outcome.truth],
        "predicted_name": names[outcome.predicted],
        "correct": outcome.truth == outcome.predicted,
        "confidence": outcome.confidence,
    }
    if len(outcome.names) <= COLUMN_CLASSES:
        columns |= {f"probability_{label}": column for label, column in enumerate(outcome.probabilities.T)}
    return columns
