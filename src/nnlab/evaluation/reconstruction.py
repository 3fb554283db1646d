"""Judging a network that gives its input back, from what it was shown."""

from typing import Any

import numpy as np

from nnlab.errors import DataError
from nnlab.evaluation.judgement import Judgement, Restored, finite
from nnlab.evaluation.similarity import measure_similarity
from nnlab.spec import DataSpec, Samples

EXTREMES = 8
"""So many of the best and of the worst restored samples are kept to look at, and of the first."""
TABLE_ROWS = 2000
"""So many rows of a table are kept to be drawn."""


def judge_reconstruction(spec: DataSpec, test: Samples, predictions: np.ndarray) -> Judgement:
    """Judge outputs against targets; `judge` says what goes in and out. Raises DataError if shapes differ.

    test: x as the network was shown them, spoilt or not, and the preprocessed y that it was to give back.
    """
    outputs = match_shapes(test, predictions)
    white = white_of(test.y)
    scores, columns = _score(spec, test.y, outputs, white)
    if spoilt := test.x is not test.y and not np.array_equal(test.x, test.y):
        before, columns_before = _score(spec, test.y, test.x, white)
        scores |= {f"input_{name}": value for name, value in before.items()}
        columns |= {f"input_{name}": values for name, values in columns_before.items()}
    restored = _keep(test, outputs, columns["mse"], spoilt, white)
    return Judgement(
        scores=scores,
        tables={"reconstruction": {"dataset": spec.name, "white": white, **scores, **_list(restored)}},
        predictions={"index": np.arange(len(test)), **columns},
        restored=restored,
    )


def match_shapes(test: Samples, predictions: np.ndarray) -> np.ndarray:
    """The predictions, float32, in the targets' shape, which may lack their channel axis. DataError else."""
    outputs = np.asarray(predictions, np.float32)
    if outputs[0].size != test.y[0].size:
        raise DataError(
            f"predictions: {outputs[0].size} values a sample; the inputs to give back: {test.y[0].size}"
        )
    return outputs.reshape(test.y.shape)


def white_of(targets: np.ndarray) -> float | None:
    """The value that stands for white: 1 or 255 where the targets lie between 0 and it; None for others."""
    low, high = float(targets.min()), float(targets.max())
    if low < 0 or high > 255:
        return None
    return 1.0 if high <= 1 else 255.0


def _score(
    spec: DataSpec, targets: np.ndarray, outputs: np.ndarray, white: float | None
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Means over the samples, and the errors of each sample.

    psnr in dB is 10·log10(white² / mse), the mean over samples; left out where one is given back exactly.
    pixel_accuracy: the share of values on the right side of grey. ssim: see nnlab.evaluation.similarity.
    """
    error = (outputs - targets).reshape(len(targets), -1)
    columns = {"mse": np.einsum("ij,ij->i", error, error) / error.shape[1], "mae": np.abs(error).mean(axis=1)}
    scores = {name: values.mean(dtype=np.float64) for name, values in columns.items()}
    if white is not None:
        with np.errstate(divide="ignore"):
            scores["psnr"] = (10 * np.log10(white**2 / columns["mse"])).mean(dtype=np.float64)
        scores["pixel_accuracy"] = ((targets > white / 2) == (outputs > white / 2)).mean()
        if spec.is_image:
            scores["ssim"] = measure_similarity(targets, outputs, white)
    return finite(scores), columns


def _keep(
    test: Samples, outputs: np.ndarray, errors: np.ndarray, spoilt: bool, white: float | None
) -> Restored:
    """The samples that are worth a look: of pictures the first, the best and the worst; of tables the first."""
    order = np.argsort(errors, kind="stable")
    first = np.arange(min(len(test), EXTREMES if test.y.ndim > 2 else TABLE_ROWS))
    ends = np.concatenate([order[:EXTREMES], order[-EXTREMES:]])
    kept = np.unique(np.concatenate([first, ends]))
    place = {int(index): at for at, index in enumerate(kept)}
    return Restored(
        index=kept,
        shown=test.x[kept],
        outputs=outputs[kept],
        targets=test.y[kept],
        mse=errors[kept],
        first=tuple(place[int(index)] for index in first),
        best=tuple(place[int(index)] for index in order[:EXTREMES]),
        worst=tuple(place[int(index)] for index in order[::-1][:EXTREMES]),
        spoilt=spoilt,
        white=white,
    )


def _list(restored: Restored) -> dict[str, Any]:
    """The best and the worst samples, by their index in the test set."""
    ends = {"best": restored.best, "worst": restored.worst}
    return {
        name: [{"index": int(restored.index[at]), "mse": float(restored.mse[at])} for at in places]
        for name, places in ends.items()
    }
