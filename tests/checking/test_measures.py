"""Metrics against the targets they are to judge."""

from typing import Any

import pytest

from nnlab.checking.reading import read_plan

LABELS = (
    "targets are labels: accuracy, SparseTopKCategoricalAccuracy; loss=CategoricalCrossentropy allows more"
)
COLUMNS = "with MeanSquaredError targets are columns: accuracy, TopKCategoricalAccuracy, AUC …"
BINARY = "one probability is judged: accuracy, AUC, Precision, Recall …"
NUMBERS = "numbers are predicted: MeanAbsoluteError, RootMeanSquaredError, R2Score …"
PROBABILITIES = "a head of probabilities: model.head.activation=auto"


@pytest.mark.parametrize(
    ("changes", "metrics", "message"),
    [
        ({}, ["accuracy", "AUC"], f"metrics[1]: 'AUC'; {LABELS}"),
        ({}, ["CategoricalAccuracy"], f"metrics[0]: 'CategoricalAccuracy'; {LABELS}"),
        (
            {"loss": "MeanSquaredError"},
            ["SparseCategoricalAccuracy"],
            f"metrics[0]: 'SparseCategoricalAccuracy'; {COLUMNS}",
        ),
        ({"dataset.task": "binary"}, ["CategoricalAccuracy"], f"metrics[0]: 'CategoricalAccuracy'; {BINARY}"),
        ({"dataset.task": "binary"}, ["Mean"], f"metrics[0]: 'Mean'; {BINARY}"),
        ({"dataset.task": "regression"}, ["AUC"], f"metrics[0]: 'AUC'; {NUMBERS}"),
        (
            {"dataset.task": "regression"},
            ["PearsonCorrelation"],
            f"metrics[0]: 'PearsonCorrelation'; {NUMBERS}",
        ),
        (
            {"loss": "CategoricalCrossentropy"},
            ["F1Score"],
            "metrics[0].average: null; micro, macro or weighted: one number, not one for each output",
        ),
        (
            {"dataset.task": "binary"},
            [{"F1Score": {"average": "micro"}}],
            "metrics[0].threshold: null; the probability from which the answer is yes, such as 0.5",
        ),
        (
            {"dataset.task": "binary", "model.head": {"activation": "linear"}},
            ["AUC"],
            f"metrics[0]: 'AUC'; {PROBABILITIES}",
        ),
    ],
)
def test_a_metric_that_cannot_judge_these_targets_is_refused(
    changes: dict[str, Any], metrics: list[str], message: str, complaints: Any
):
    assert complaints({**changes, "metrics": metrics}) == [message]


@pytest.mark.parametrize(
    ("changes", "metrics"),
    [
        ({}, ["accuracy", "SparseTopKCategoricalAccuracy"]),
        ({"loss": "CategoricalCrossentropy"}, ["AUC", {"F1Score": {"average": "macro"}}]),
        (
            {"dataset.task": "binary"},
            ["AUC", "BinaryCrossentropy", {"F1Score": {"threshold": 0.5, "average": "micro"}}],
        ),
        ({"dataset.task": "regression"}, ["R2Score", "RootMeanSquaredError"]),
    ],
)
def test_a_metric_that_fits_is_accepted(changes: dict[str, Any], metrics: list[Any], complaints: Any):
    assert complaints({**changes, "metrics": metrics}) == []


def test_the_accuracy_of_logits_parts_at_zero(config: Any):
    plan = read_plan(config({"dataset.task": "binary", "model.head": {"activation": "linear"}}))
    assert plan.metrics[0].arguments == {"name": "accuracy", "threshold": 0.0}
