"""All figures that fit a task."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.evaluation.figures.by_feature import draw_by_feature
from nnlab.evaluation.figures.calibration import draw_calibration
from nnlab.evaluation.figures.canvas import drawing
from nnlab.evaluation.figures.confusion import draw_confusion
from nnlab.evaluation.figures.courses import draw_courses
from nnlab.evaluation.figures.curves import draw_precision_recall, draw_roc
from nnlab.evaluation.figures.gallery import draw_mistakes, draw_samples
from nnlab.evaluation.figures.history import draw_history, list_panels
from nnlab.evaluation.figures.per_class import draw_per_class
from nnlab.evaluation.figures.quotes import draw_text_mistakes
from nnlab.evaluation.figures.reconstruction import draw_errors, draw_extremes, draw_reconstructions
from nnlab.evaluation.figures.regression import draw_predicted_vs_true, draw_residuals
from nnlab.evaluation.judgement import ClassOutcome, Judgement, Restored
from nnlab.spec import DataSpec, Samples


def draw_figures(
    judgement: Judgement,
    spec: DataSpec,
    test: Samples,
    predictions: np.ndarray,
    history: Mapping[str, Sequence[float]] | Mapping[str, np.ndarray],
    folder: Path,
    leak: bool = False,
) -> list[Path]:
    """Draw every figure that fits the task into `folder`, which is made if needed, and list the files.

    history: one value an epoch by Keras's names (`loss`, `val_loss` …), or an array (folds, epochs) each; empty
    for none. leak: validation was on the test set. The other arguments are those `judge` took and gave.
    Raises StorageError where a file cannot be written.
    """
    with drawing():
        paths = _draw_training(history, spec.name, folder / "history.png", leak)
        if judgement.classes is not None:
            paths += _draw_classes(judgement.classes, judgement.scores, spec, test, folder)
        elif spec.task == "regression":
            paths.append(draw_predicted_vs_true(spec, test, predictions, folder / "predicted_vs_true.png"))
            paths.append(draw_residuals(spec, test, predictions, folder / "residuals.png"))
            if len(spec.shape) == 1:
                paths.append(draw_by_feature(spec, test, predictions, folder / "by_feature.png"))
        elif judgement.restored is not None:
            paths += _draw_restored(judgement, judgement.restored, spec, folder)
        return paths


def _draw_training(history: Mapping[str, Any], name: str, path: Path, leak: bool) -> list[Path]:
    if any(np.ndim(values) == 2 for values in history.values()):
        return [draw_courses(history, name, path, leak)]
    return [draw_history(history, name, path, leak)] if list_panels(history) else []


def _draw_restored(judgement: Judgement, restored: Restored, spec: DataSpec, folder: Path) -> list[Path]:
    drawn = [draw_errors(judgement.predictions, spec.name, folder / "reconstruction_errors.png")]
    if spec.is_image:
        drawn.append(draw_reconstructions(restored, spec.name, folder / "reconstructions.png"))
        drawn.append(draw_extremes(restored, spec.name, folder / "reconstruction_extremes.png"))
    elif len(spec.shape) == 1:
        rows = Samples(restored.shown, restored.targets)
        drawn.append(draw_predicted_vs_true(spec, rows, restored.outputs, folder / "predicted_vs_true.png"))
    return drawn


def _draw_classes(
    outcome: ClassOutcome, scores: Mapping[str, float], spec: DataSpec, test: Samples, folder: Path
) -> list[Path]:
    drawn = [
        draw_confusion(outcome, scores, spec.name, folder / "confusion.png", shares=False),
        draw_confusion(outcome, scores, spec.name, folder / "confusion_normalized.png", shares=True),
        draw_per_class(outcome, spec.name, folder / "per_class.png"),
        draw_calibration(outcome, spec.name, folder / "calibration.png"),
        draw_roc(outcome, spec.name, folder / "roc.png"),
        draw_precision_recall(outcome, spec.name, folder / "precision_recall.png"),
    ]
    if spec.is_image:
        drawn.append(draw_samples(outcome, spec, test.x, folder / "samples.png"))
        drawn.append(draw_mistakes(outcome, spec, test.x, folder / "mistakes.png"))
    elif spec.is_text:
        drawn.append(draw_text_mistakes(outcome, spec, test.x, folder / "mistakes.png"))
    return [path for path in drawn if path is not None]
