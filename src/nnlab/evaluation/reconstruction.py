"""Judging a network that gives its input back."""

from dataclasses import dataclass

import numpy as np

from nnlab.errors import DataError
from nnlab.evaluation.judgement import Judgement, finite
from nnlab.spec import DataSpec, Samples

OWN, UNIT, BYTES = "as given", "0..1", "0..255 divided by 255"


@dataclass(frozen=True)
class Pairs:
    """Targets and outputs on one scale, each (n, values of a sample) float32, and which scale that is."""

    targets: np.ndarray
    outputs: np.ndarray
    scale: str


def judge_reconstruction(spec: DataSpec, test: Samples, predictions: np.ndarray) -> Judgement:
    """Judge outputs against inputs; `judge` says what goes in and out. DataError if shapes differ."""
    pairs = pair_values(test, predictions)
    error = pairs.outputs - pairs.targets
    squares, sizes = (error**2).mean(axis=1), np.abs(error).mean(axis=1)
    scores = {"mse": squares.mean(dtype=np.float64), "mae": sizes.mean(dtype=np.float64)}
    if pairs.scale != OWN:
        scores["pixel_accuracy"] = ((pairs.targets > 0.5) == (pairs.outputs > 0.5)).mean()
    return Judgement(
        scores=finite(scores),
        tables={"reconstruction": {"dataset": spec.name, "scale": pairs.scale, **finite(scores)}},
        predictions={"index": np.arange(len(test)), "mse": squares, "mae": sizes},
    )


def pair_values(test: Samples, predictions: np.ndarray) -> Pairs:
    """Bring targets and outputs to the scale 0..1 where the targets are 0..1 or 0..255, else leave them.

    Pixels of 0..255 are rescaled inside most networks, whose outputs then are near 0..1 already: they are
    divided by 255 only where that is the scale on which they lie nearer to the targets.
    """
    targets = np.asarray(test.y, np.float32).reshape(len(test), -1)
    outputs = np.asarray(predictions, np.float32).reshape(len(test), -1)
    if targets.shape != outputs.shape:
        raise DataError(
            f"predictions: {outputs.shape[1]} values a sample; the inputs to give back: {targets.shape[1]}"
        )
    scale = _scale_of(targets)
    if scale != BYTES:
        return Pairs(targets, outputs, scale)
    small = targets / 255
    raw = np.abs(outputs - targets).mean() < np.abs(outputs - small).mean()
    return Pairs(small, outputs / 255 if raw else outputs, scale)


def _scale_of(targets: np.ndarray) -> str:
    if targets.min() < 0 or targets.max() > 255:
        return OWN
    return UNIT if targets.max() <= 1 else BYTES
