"""All figures that fit a task."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
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

Drawer = Callable[[], Path | None]
"""Draws one figure into its file; None where there is nothing to show."""


def draw_all(figures: Sequence[Drawer]) -> list[Path]:
    """Draw figures in nnlab's style, and list the files. Raises StorageError where one cannot be written."""
    with drawing():
        return [path for draw in figures if (path := draw()) is not None]


def practise() -> None:
    """Draw a small figure for nobody, so that this process, and what is forked from it, has read its fonts."""
    with tempfile.TemporaryDirectory(prefix="nnlab-") as folder:
        draw_all(_plan_training({"loss": [2.0, 1.0]}, "", Path(folder) / "history.png", False))


def plan_figures(
    judgement: Judgement,
    spec: DataSpec,
    test: Samples,
    predictions: np.ndarray,
    history: Mapping[str, Sequence[float]] | Mapping[str, np.ndarray],
    folder: Path,
    leak: bool = False,
) -> list[Drawer]:
    """Every figure that fits the task, to be drawn into `folder`, which is made if needed.

    history: one value an epoch by Keras's names (`loss`, `val_loss` …), or an array (folds, epochs) each; empty
    for none. leak: validation was on the test set. The other arguments are those `judge` took and gave.
    """
    figures = _plan_training(history, spec.name, folder / "history.png", leak)
    if judgement.classes is not None:
        figures += _plan_classes(judgement.classes, judgement.scores, spec, test, folder)
    elif spec.task == "regression":
        figures.append(
            partial(draw_predicted_vs_true, spec, test, predictions, folder / "predicted_vs_true.png")
        )
        figures.append(partial(draw_residuals, spec, test, predictions, folder / "residuals.png"))
        if len(spec.shape) == 1:
            figures.append(partial(draw_by_feature, spec, test, predictions, folder / "by_feature.png"))
    elif judgement.restored is not None:
        figures += _plan_restored(judgement, judgement.restored, spec, folder)
    return figures


def _plan_training(history: Mapping[str, Any], name: str, path: Path, leak: bool) -> list[Drawer]:
    if any(np.ndim(values) == 2 for values in history.values()):
        return [partial(draw_courses, history, name, path, leak)]
    return [partial(draw_history, history, name, path, leak)] if list_panels(history) else []


def _plan_restored(judgement: Judgement, restored: Restored, spec: DataSpec, folder: Path) -> list[Drawer]:
    errors = partial(draw_errors, judgement.predictions, spec.name, folder / "reconstruction_errors.png")
    if spec.is_image:
        shown = partial(draw_reconstructions, restored, spec.name, folder / "reconstructions.png")
        return [
            errors,
            shown,
            partial(draw_extremes, restored, spec.name, folder / "reconstruction_extremes.png"),
        ]
    if len(spec.shape) == 1:
        rows = Samples(restored.shown, restored.targets)
        path = folder / "predicted_vs_true.png"
        return [errors, partial(draw_predicted_vs_true, spec, rows, restored.outputs, path)]
    return [errors]


def _plan_classes(
    outcome: ClassOutcome, scores: Mapping[str, float], spec: DataSpec, test: Samples, folder: Path
) -> list[Drawer]:
    roc, precision_recall = outcome.curves
    confusion = partial(draw_confusion, outcome, scores, spec.name)
    figures: list[Drawer] = [
        partial(confusion, folder / "confusion.png", shares=False),
        partial(confusion, folder / "confusion_normalized.png", shares=True),
        partial(draw_per_class, outcome, spec.name, folder / "per_class.png"),
        partial(draw_calibration, outcome, spec.name, folder / "calibration.png"),
        partial(draw_roc, roc, outcome.names, spec.name, folder / "roc.png"),
        partial(
            draw_precision_recall, precision_recall, outcome.names, spec.name, folder / "precision_recall.png"
        ),
    ]
    if spec.is_image:
        figures.append(partial(draw_samples, outcome, spec, test.x, folder / "samples.png"))
        figures.append(partial(draw_mistakes, outcome, spec, test.x, folder / "mistakes.png"))
    elif spec.is_text:
        figures.append(partial(draw_text_mistakes, outcome, spec, test.x, folder / "mistakes.png"))
    return figures
