"""The curves themselves, point by point, against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from nnlab.evaluation.ranking import count_above, trace_precision_recall, trace_roc


@pytest.mark.parametrize("digits", [8, 1, 0])
def test_curves_equal_sklearn(digits):
    random = np.random.default_rng(digits)
    positive = random.random(150) < 0.3
    score = np.round(random.random(150) + 0.5 * positive, digits)
    counts = count_above(positive, score)
    roc, precision_recall = trace_roc(counts), trace_precision_recall(counts)
    x, y, _ = metrics.roc_curve(positive, score, drop_intermediate=False)
    assert roc.x == pytest.approx(x)
    assert roc.y == pytest.approx(y)
    assert roc.area == pytest.approx(metrics.roc_auc_score(positive, score))
    precision, recall, _ = metrics.precision_recall_curve(positive, score)
    assert precision_recall.x == pytest.approx(recall[::-1])
    assert precision_recall.y[1:] == pytest.approx(precision[::-1][1:])
    assert precision_recall.area == pytest.approx(metrics.average_precision_score(positive, score))


def test_a_constant_score_ranks_nothing():
    positive = np.array([True, False, False, False])
    assert trace_roc(count_above(positive, np.ones(4))).area == 0.5
    assert trace_precision_recall(count_above(positive, np.ones(4))).area == 0.25


def test_without_positives_or_negatives_there_is_no_curve():
    score = np.linspace(0, 1, 5)
    assert trace_roc(count_above(np.zeros(5, bool), score)) is None
    assert trace_roc(count_above(np.ones(5, bool), score)) is None
    assert trace_precision_recall(count_above(np.zeros(5, bool), score)) is None
    assert trace_precision_recall(count_above(np.ones(5, bool), score)).area == 1
