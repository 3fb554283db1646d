"""Judging a classifier, of two classes or many."""

import math

import numpy as np

from nnlab.errors import DataError
from nnlab.evaluation.calibration import Reliability, measure_reliability
from nnlab.evaluation.confusion import ClassRates, count_confusions, rate_classes
from nnlab.evaluation.judgement import ClassOutcome, Judgement, finite
from nnlab.evaluation.probabilities import as_probabilities
from nnlab.evaluation.tables import (
    column_samples,
    list_bins,
    list_classes,
    list_mistakes,
    tabulate_confusions,
)
from nnlab.spec import DataSpec, Samples


def judge_classification(spec: DataSpec, test: Samples, predictions: np.ndarray) -> Judgement:
    """Judge labels and probabilities; `judge` says what goes in and out. Raises DataError for bad labels."""
    outcome = observe(spec, test, predictions)
    reliability = measure_reliability(outcome.confidence, outcome.truth == outcome.predicted)
    rates = rate_classes(outcome.confusion)
    return Judgement(
        scores=finite(
            _score_labels(outcome, rates)
            | _score_probabilities(outcome, reliability)
            | _score_ranking(outcome)
        ),
        tables={
            "classification": list_classes(outcome, rates),
            "confusion": tabulate_confusions(outcome),
            "mistakes": list_mistakes(outcome, test.x if spec.is_text else None),
            "calibration": list_bins(reliability),
        },
        predictions=column_samples(outcome),
        classes=outcome,
    )


def observe(spec: DataSpec, test: Samples, predictions: np.ndarray) -> ClassOutcome:
    """Who was taken for whom. Ties go to the lower label, as in argmax; p = 0.5 of two classes is class 0."""
    probabilities = as_probabilities(predictions)
    truth = np.asarray(test.y).reshape(-1).astype(np.int64)
    names = _name_classes(spec.classes, probabilities.shape[1])
    _refuse_labels(truth, probabilities.shape[1], len(test))
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    order = np.argsort(-probabilities[wrong, predicted[wrong]], kind="stable")
    confusion = count_confusions(truth, predicted, len(names))
    return ClassOutcome(names, truth, predicted, probabilities, confusion, mistakes=wrong[order])


def _name_classes(classes: tuple[str, ...], count: int) -> tuple[str, ...]:
    """A network may have more outputs than there are classes; those are named by their number."""
    return tuple(classes[:count]) + tuple(f"output {label}" for label in range(len(classes), count))


def _refuse_labels(truth: np.ndarray, count: int, samples: int) -> None:
    if len(truth) != samples:
        raise DataError(f"test labels: {len(truth)} for {samples} samples; one label for each is needed")
    bad = np.flatnonzero((truth < 0) | (truth >= count))
    if len(bad):
        raise DataError(
            f"test labels: {truth[bad[0]]} at index {bad[0]}; "
            f"the network tells {count} classes apart, 0 to {count - 1}"
        )


def wilson_interval(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson 1927), which is right near 0 and 1 too."""
    share, spread = hits / total, z * z / total
    centre = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    return max(0.0, (centre - half) / (1 + spread)), min(1.0, (centre + half) / (1 + spread))


def _score_labels(outcome: ClassOutcome, rates: ClassRates) -> dict[str, float]:
    """What the labels alone say. Averages are over the classes that occur, in truth or prediction."""
    hits, total = int(np.trace(outcome.confusion)), len(outcome.truth)
    low, high = wilson_interval(hits, total)
    scores = {
        "accuracy": hits / total,
        "accuracy_low": low,
        "accuracy_high": high,
        "balanced_accuracy": rates.recall[rates.support > 0].mean(),
    }
    seen = (rates.support > 0) | (outcome.confusion.sum(axis=0) > 0)
    for name, rate in (("precision", rates.precision), ("recall", rates.recall), ("f1", rates.f1)):
        scores[f"{name}_macro"] = rate[seen].mean()
        scores[f"{name}_weighted"] = np.average(rate, weights=rates.support)
    return scores | (_score_two(outcome, rates) if len(outcome.names) == 2 else {})


def _score_two(outcome: ClassOutcome, rates: ClassRates) -> dict[str, float]:
    """Of two classes, class 1 is the positive one; the threshold is 0.5."""
    (true_negatives, false_positives), (false_negatives, true_positives) = outcome.confusion
    return {
        "precision": rates.precision[1],
        "recall": rates.recall[1],
        "f1": rates.f1[1],
        "true_positives": true_positives,
        "false_positives": false_positives,
        "true_negatives": true_negatives,
        "false_negatives": false_negatives,
    }


def _score_probabilities(outcome: ClassOutcome, reliability: Reliability) -> dict[str, float]:
    """log_loss in nats; probabilities stay one rounding step off 0, so that no single mistake is infinite."""
    own = outcome.probabilities[np.arange(len(outcome.truth)), outcome.truth]
    step = np.finfo(own.dtype).eps
    scores = {
        "log_loss": -np.log(np.clip(own.astype(np.float64), step, 1 - step)).mean(),
        "calibration_error": reliability.error,
    }
    if len(outcome.names) > 10:
        scores["top_5_accuracy"] = top_accuracy(outcome.probabilities, outcome.truth, 5)
    return scores


def top_accuracy(probabilities: np.ndarray, truth: np.ndarray, top: int) -> float:
    """The share of samples with the true class among the `top` most probable; of ties the lower label."""
    own = probabilities[np.arange(len(truth)), truth][:, None]
    earlier = np.arange(probabilities.shape[1]) < truth[:, None]
    before = (probabilities > own) | ((probabilities == own) & earlier)
    return float((before.sum(axis=1) < top).mean())


def _score_ranking(outcome: ClassOutcome) -> dict[str, float]:
    """One class against the rest, averaged over the classes for which it can be measured."""
    curves = {"roc_auc": outcome.curves.roc, "average_precision": outcome.curves.precision_recall}
    return {
        name: float(np.mean([curve.area for curve in found.values()]))
        for name, found in curves.items()
        if found
    }
