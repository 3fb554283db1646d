"""Verdicts: the right pairs, Holm's correction, and the sentence that says it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from nnlab.analysis.configurations import Configuration, Unit
from nnlab.analysis.metric import Metric
from nnlab.analysis.sentences import say, short_name
from nnlab.analysis.verdict import correct, judge_pair, judge_pairs
from nnlab.plan import Tracking
from nnlab.tracking.rows import RunRow

STORE = Tracking(uri="sqlite:///mlflow.db", artifacts=None, timeout=1.0)
FOLDS = {"cv": "KFold", "cv.folds": 5}
DRAWN = {"dataset.test_split": 0.2, "dataset.shuffle": True}


def network(
    name: str, scores: Mapping[Unit, float] | list[float], metric: str = "accuracy", **plan: Any
) -> Configuration:
    by_unit = scores if isinstance(scores, Mapping) else {(seed, 0): one for seed, one in enumerate(scores)}
    runs = tuple(
        RunRow(f"{name}{unit}", name, "e", "FINISHED", None, 1.0, {f"test/{metric}": score}, {}, "", STORE)
        for unit, score in by_unit.items()
    )
    plan = {"dataset.test_split": "given", **plan.pop("plan", {})}
    return Configuration(f"model={name}", {"model": name}, runs, tuple(by_unit), plan, "data")


def sentence(first: Configuration, second: Configuration, metric: str = "accuracy") -> str:
    return say(judge_pair(first, second, Metric(metric)))


CNN = [0.981, 0.983, 0.982, 0.984, 0.980]
MLP = [0.967, 0.970, 0.967, 0.969, 0.967]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (CNN, MLP, "cnn beats mlp by 1.40 points (95 % 1.28–1.52, n = 5, p < 0.001)"),
        (MLP, CNN, "mlp beats cnn by 1.40 points (95 % 1.28–1.52, n = 5, p < 0.001)"),
        (
            [0.981, 0.983, 0.982, 0.984, 0.980],
            [0.980, 0.984, 0.980, 0.985, 0.979],
            "not shown: cnn leads mlp by 0.04 points (95 % −0.13 to 0.21, n = 5, p = 0.54); 5 seeds can't tell a "
            "difference under 0.2 points",
        ),
        (
            [0.9, 0.92],
            [0.9, 0.91],
            "not shown: cnn leads mlp by 1 point (95 % −6 to 7, n = 2, p = 0.5); 2 seeds can't tell a "
            "difference under 8 points",
        ),
        (CNN, CNN, "not shown: cnn and mlp are equal in every one (n = 5)"),
        ([0.9, 0.8], [0.8, 0.9], "not shown: cnn and mlp are equal on average (n = 2)"),
        (
            [0.75, 0.5, 0.875],
            [0.5, 0.25, 0.625],
            "not shown: cnn leads mlp by 25 points (every time, n = 3, p = 0.25); without any spread it takes 6 "
            "seeds to be sure",
        ),
        (
            [0.9],
            [0.8, 0.9],
            "not judged: cnn and mlp: 1 seed in common; a paired test takes 2 or more, best 5",
        ),
    ],
)
def test_a_verdict_is_one_sentence(first: list[float], second: list[float], told: str):
    pair = [network("cnn", first), network("mlp", second)]
    if told.startswith("mlp"):
        assert sentence(network("cnn", first), network("mlp", second)) == told
    assert sentence(*pair) == told


def test_names_in_sentences_are_short():
    one = Configuration("", {"optimizer": "Adam", "model.neurons": [64], "a.b": None}, (), (), {}, "")
    for label, told in (
        ("optimizer=Adam model.neurons=[64]", "Adam neurons=[64]"),
        ("optimizer=Adam model.neurons=[64] a.b=null", "Adam neurons=[64] b=null"),
        ("optimizer=Adam model.neurons=[64] (2)", "optimizer=Adam model.neurons=[64] (2)"),
    ):
        assert short_name(replace(one, label=label)) == told


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("rmse", "a beats b by 0.090 in rmse (95 % 0.077–0.103, n = 4, p < 0.001)"),
        ("r2", "b beats a by 0.090 in r2 (95 % 0.077–0.103, n = 4, p < 0.001)"),
    ],
)
def test_less_of_an_error_is_better(metric: str, told: str):
    first, second = (
        network("a", [0.41, 0.42, 0.40, 0.43], metric),
        network("b", [0.5, 0.52, 0.49, 0.51], metric),
    )
    verdict = judge_pair(first, second, Metric(metric))
    assert say(verdict) == told
    assert (verdict.lead > 0) == (metric == "rmse")
    assert verdict.interval[0] < verdict.lead < verdict.interval[1]


def test_only_common_seeds_are_paired_and_the_others_are_told():
    first = network("cnn", dict(zip([(seed, 0) for seed in range(5)], CNN, strict=True)))
    second = network("mlp", {(seed + 3, 0): score for seed, score in enumerate(MLP)})
    verdict = judge_pair(first, second, Metric("accuracy"))
    assert verdict.found is not None
    assert (verdict.found.n, verdict.unpaired) == (2, 6)
    assert verdict.found.difference == pytest.approx((0.984 + 0.980 - 0.967 - 0.970) / 2)
    assert say(verdict).endswith("; 6 runs without a partner of the same seed left out")


def test_what_is_not_finite_has_no_partner():
    verdict = judge_pair(network("a", [0.1, float("nan"), 0.3, 0.2]),
                         network("b", [0.2, 0.2, float("inf"), 0.25]), Metric("accuracy"))  # fmt: skip
    assert verdict.found is not None
    assert (verdict.found.n, verdict.unpaired) == (2, 4)


def test_folds_and_drawn_test_sets_are_corrected():
    folds = {(0, fold + 1): score for fold, score in enumerate(CNN)}
    others = {(0, fold + 1): score for fold, score in enumerate(MLP)}
    plain = judge_pair(network("a", CNN), network("b", MLP), Metric("accuracy")).found
    of_folds = judge_pair(
        network("a", folds, plan=FOLDS), network("b", others, plan=FOLDS), Metric("accuracy")
    )
    drawn = judge_pair(network("a", CNN, plan=DRAWN), network("b", MLP, plan=DRAWN), Metric("accuracy"))
    assert plain is not None
    # 5 folds and 20 % cut off: one fourth is tested for each trained, (1/5 + 1/4) against 1/5
    for verdict in (of_folds, drawn):
        assert verdict.found is not None
        assert verdict.found.test == "corrected resampled t-test"
        width = (verdict.found.high - verdict.found.low) / (plain.high - plain.low)
        assert width == pytest.approx((0.45 / 0.2) ** 0.5)
    assert "n = 5" in say(of_folds)


def test_a_count_of_test_samples_needs_to_know_the_others():
    plan = {"dataset.test_split": 100, "dataset.shuffle": True}
    first, second = network("a", CNN, plan=plan), network("b", MLP, plan=plan)
    assert sentence(first, second) == (
        "not judged: a and b: each seed has its own test set, and how many samples it left for training is not "
        "recorded"
    )
    for one in (first, second):
        one.runs[0].scores["data/train"] = 400
    assert judge_pair(first, second, Metric("accuracy")).found is not None


def test_holm_corrects_for_every_comparison():
    assert correct([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert correct([]) == []
    first, near = network("a", CNN), network("c", [0.980, 0.981, 0.9815, 0.983, 0.9799])
    alone = judge_pair(first, near, Metric("accuracy"))
    assert alone.is_shown
    pairs = [(first, network("b", MLP)), (first, near), (first, network("d", [0.5])), (first, near)]
    verdicts = judge_pairs(pairs, Metric("accuracy"))
    assert [one.comparisons for one in verdicts] == [3, 3, 1, 3]
    assert verdicts[1].p == pytest.approx(2 * alone.p)
    assert not verdicts[1].is_shown
    assert f"p = {2 * alone.p:.2g} corrected for 3 comparisons)" in say(verdicts[1])
