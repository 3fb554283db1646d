"""Judging predicted numbers."""

from typing import Any

import numpy as np

from nnlab.errors import DataError
from nnlab.evaluation.judgement import Judgement, finite
from nnlab.spec import DataSpec, Samples


def judge_regression(spec: DataSpec, test: Samples, predictions: np.ndarray) -> Judgement:
    """Judge numbers; `judge` says what goes in and out. Raises DataError where outputs and targets differ."""
    truth, predicted = pair_numbers(test, predictions)
    each = [_score_numbers(t, p) for t, p in zip(truth.T, predicted.T, strict=True)]
    names = name_outputs(spec, truth.shape[1])
    return Judgement(
        scores=finite(_average(each)),
        tables={"regression": _table(spec, names, each)},
        predictions=_columns(truth, predicted),
    )


def pair_numbers(test: Samples, predictions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Targets and predictions, both (n, outputs) float64. Raises DataError where they differ in number."""
    truth = np.asarray(test.y, np.float64).reshape(len(test), -1)
    predicted = np.asarray(predictions, np.float64).reshape(len(test), -1)
    if truth.shape != predicted.shape:
        raise DataError(
            f"predictions: {predicted.shape[1]} numbers a sample; the targets have {truth.shape[1]} a sample"
        )
    return truth, predicted


def name_outputs(spec: DataSpec, count: int) -> list[str]:
    """The target's name, numbered from 0 where several are predicted; the columns' where those are given back."""
    if spec.task == "reconstruction" and len(spec.features) == count:
        return list(spec.features)
    return [spec.target] if count == 1 else [f"{spec.target} {number}" for number in range(count)]


def _score_numbers(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Of one output. r2 is 1 − Σ(y−ŷ)²/Σ(y−ȳ)² and left out (NaN) where the targets do not vary."""
    error = predicted - truth
    variation = np.sum((truth - truth.mean()) ** 2)
    return {
        "mae": np.abs(error).mean(),
        "rmse": np.sqrt((error**2).mean()),
        "r2": 1 - np.sum(error**2) / variation if variation > 0 else np.nan,
        "median_absolute_error": np.median(np.abs(error)),
        "max_error": np.abs(error).max(),
        "bias": error.mean(),
    }


def _average(each: list[dict[str, float]]) -> dict[str, float]:
    """The mean over the outputs (scikit-learn's "uniform_average"), but the largest of the largest errors."""
    scores = {name: float(np.mean([scores[name] for scores in each])) for name in each[0]}
    return scores | {"max_error": max(scores["max_error"] for scores in each)}


def _table(spec: DataSpec, names: list[str], each: list[dict[str, float]]) -> list[dict[str, Any]]:
    """One row an output; every number but r2 is in the target's unit. bias: mean of predicted − true."""
    return [
        {"target": name, "unit": spec.unit, **finite(scores)}
        for name, scores in zip(names, each, strict=True)
    ]


def _columns(truth: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    parts = {"truth": truth, "predicted": predicted, "error": predicted - truth}
    ends = [""] if truth.shape[1] == 1 else [f"_{number}" for number in range(truth.shape[1])]
    columns = {f"{name}{end}": part[:, at] for at, end in enumerate(ends) for name, part in parts.items()}
    return {"index": np.arange(len(truth)), **columns}
