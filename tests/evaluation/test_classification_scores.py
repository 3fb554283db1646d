"""Every number of a judged classification against scikit-learn, ordinary and degenerate."""

import json
import math
import re
import time
import warnings

import numpy as np
import pytest
from sklearn import metrics

from nnlab.evaluation import judge
from nnlab.evaluation.classification import top_accuracy, wilson_interval
from nnlab.spec import DataSpec, Samples


def random_case(k, n=300, seed=0):
    random = np.random.default_rng(seed)
    y = random.integers(0, k, n)
    p = random.dirichlet(np.ones(k) * 0.5, n) + 0.5 * np.eye(k)[y] * random.random((n, 1))
    return y, p / p.sum(axis=1, keepdims=True)


def tied_case():
    y, p = random_case(4, seed=1)
    p = np.round(p * 4) + 1
    return y, p / p.sum(axis=1, keepdims=True)


def class_missing_from_test():
    y, p = random_case(5, seed=2)
    return np.where(y == 3, 0, y), p


def class_never_anywhere():
    y, p = random_case(4, seed=3)
    return y, np.hstack([p, np.zeros((len(p), 1))])


def constant_predictions():
    return random_case(3, seed=4)[0], np.tile([0.2, 0.5, 0.3], (300, 1))


def only_one_class():
    return np.zeros(20, np.int64), random_case(3, n=20, seed=5)[1]


def all_right():
    y = np.arange(30) % 3
    return y, np.eye(3)[y]


def single_sample():
    return np.array([2]), np.array([[0.1, 0.3, 0.6]])


CASES = [
    tied_case, class_missing_from_test, class_never_anywhere, constant_predictions, only_one_class, all_right,
    single_sample,
]  # fmt: skip


def spec_of(k, task="classification"):
    return DataSpec("d", task, (2,), "float32", tuple("abcdefghijklmnop"[:k]))


def judge_case(y, p):
    return judge(spec_of(p.shape[1]), Samples(np.zeros((len(y), 2)), y), p)


@pytest.mark.parametrize("case", [*CASES, *(lambda k=k: random_case(k) for k in (3, 10))])
def test_label_scores_equal_sklearn(case):
    y, p = case()
    scores, said = judge_case(y, p).scores, p.argmax(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {"accuracy": metrics.accuracy_score(y, said)}
        expected["balanced_accuracy"] = metrics.balanced_accuracy_score(y, said)
        for average in ("macro", "weighted"):
            rates = metrics.precision_recall_fscore_support(y, said, average=average, zero_division=0)
            expected |= dict(
                zip([f"{name}_{average}" for name in ("precision", "recall", "f1")], rates, strict=False)
            )
        expected["log_loss"] = metrics.log_loss(y, p, labels=range(p.shape[1]))
    assert {name: scores[name] for name in expected} == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("case", [tied_case, lambda: random_case(3), lambda: random_case(10)])
def test_ranking_scores_equal_sklearn(case):
    y, p = case()
    scores = judge_case(y, p).scores
    assert scores["roc_auc"] == pytest.approx(metrics.roc_auc_score(y, p, multi_class="ovr", average="macro"))
    assert scores["average_precision"] == pytest.approx(
        metrics.average_precision_score(np.eye(p.shape[1])[y], p)
    )


def test_ranking_averages_over_the_classes_that_can_be_measured():
    y, p = class_missing_from_test()
    there = [0, 1, 2, 4]
    scores = judge_case(y, p).scores
    assert scores["roc_auc"] == pytest.approx(
        np.mean([metrics.roc_auc_score(y == c, p[:, c]) for c in there])
    )
    precisions = [metrics.average_precision_score(y == c, p[:, c]) for c in there]
    assert scores["average_precision"] == pytest.approx(np.mean(precisions))


def test_what_cannot_be_measured_is_left_out():
    scores = judge_case(*only_one_class()).scores
    assert "roc_auc" not in scores
    assert all(map(math.isfinite, scores.values()))


@pytest.mark.parametrize("digits", [12, 1])
def test_binary_scores_equal_sklearn(digits):
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 200)
    p = np.round(np.clip(0.5 * random.random(200) + 0.4 * y, 0, 1), digits)
    scores = judge(spec_of(2, "binary"), Samples(np.zeros((200, 2)), y), p[:, None]).scores
    said = p > 0.5
    (tn, fp), (fn, tp) = metrics.confusion_matrix(y, said)
    expected = {
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "roc_auc": metrics.roc_auc_score(y, p),
        "average_precision": metrics.average_precision_score(y, p),
        "log_loss": metrics.log_loss(y, p),
        "true_positives": tp,
        "false_positives": fp,
        "true_negatives": tn,
        "false_negatives": fn,
    }
    assert {name: scores[name] for name in expected} == pytest.approx(expected)


def test_top_five_equals_sklearn_and_appears_beyond_ten_classes():
    y, p = random_case(16)
    assert judge_case(y, p).scores["top_5_accuracy"] == pytest.approx(
        metrics.top_k_accuracy_score(y, p, k=5, labels=range(16))
    )
    assert "top_5_accuracy" not in judge_case(*random_case(10)).scores


def test_top_accuracy_gives_no_credit_for_ties():
    assert top_accuracy(np.full((4, 4), 0.25), np.arange(4), 2) == 0.5


def test_calibration_error_equals_the_definition():
    y, p = random_case(6, n=500)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    total = 0.0
    for number in range(15):
        inside = (confidence > number / 15) & (confidence <= (number + 1) / 15)
        if inside.any():
            total += inside.sum() / len(y) * abs(right[inside].mean() - confidence[inside].mean())
    assert judge_case(y, p).scores["calibration_error"] == pytest.approx(total)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)]
)
def test_wilson_interval(hits, total, low, high):
    assert wilson_interval(hits, total) == pytest.approx((low, high), abs=1e-4)


def test_one_certain_mistake_costs_a_finite_loss():
    p = np.array([[1, 0], [0, 1]], np.float32)
    scores = judge(spec_of(2), Samples(np.zeros((2, 2)), np.array([0, 0])), p).scores
    assert scores["log_loss"] == pytest.approx(-np.log(np.finfo(np.float32).eps) / 2, rel=1e-3)


def test_score_names_suit_mlflow_and_values_are_plain_floats():
    for y, p in (random_case(2), random_case(16)):
        scores = judge_case(y, p).scores
        assert all(re.fullmatch(r"[\w\-./]+", name, re.ASCII) for name in scores)
        assert {type(value) for value in scores.values()} == {float}


def test_ten_thousand_samples_of_ten_classes_take_less_than_a_third_of_a_second():
    y, p = random_case(10, n=10_000)
    times = []
    for _ in range(3):
        start = time.process_time()
        judge_case(y, p.astype(np.float32))
        times.append(time.process_time() - start)
    assert min(times) < 0.3


def test_tables_are_json():
    for case in CASES:
        judgement = judge_case(*case())
        assert json.loads(json.dumps(judgement.tables, allow_nan=False)) == judgement.tables
