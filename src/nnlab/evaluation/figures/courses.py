"""The course of training in several folds: their mean, and how far they lie apart."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import GREY, RED, count_of, new_figure, put_legend, save_figure, shorten
from nnlab.evaluation.figures.history import list_panels
from nnlab.evaluation.figures.overlay import Curve, Measure, draw_curves, summarise

_VALIDATION = "val_"


def draw_courses(courses: Mapping[str, np.ndarray], name: str, path: Path, leak: bool) -> Path:
    """One panel for the loss and one for each metric: the mean over the folds, with ±1 standard deviation.

    courses: (folds, epochs) by Keras's names, NaN after a fold's last epoch. leak: the test fold could be chosen
    by, and the figure says so. Raises StorageError.
    """
    panels = list_panels({key: summarise(values)[0].tolist() for key, values in courses.items()})
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    title = f"Training history: {shorten(name, 40)}"
    figure = new_figure(max(5.2, 4.0 * columns), 0.7 + 2.9 * rows, title)
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, panel in zip(grid, panels, strict=False):
        curves = _curves(courses, panel)
        draw_curves(axes, curves, Measure(panel))
        axes.set(xlabel="epoch", ylabel=shorten(panel.replace("_", " "), 40))
        if panel == panels[0]:
            lines = [line for line in axes.lines if len(line.get_xdata())]  # pyright: ignore[reportArgumentType]
            put_legend(axes, lines, [curve.label for curve in curves], loc="best", fontsize=8)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    folds = len(next(iter(courses.values())))
    grid[0].set_title(f"mean of {count_of(folds, 'fold')}, band ±1 standard deviation", color=GREY)
    if leak:
        grid[-1].set_title("validation is the test fold: a leak", color=RED)
    return save_figure(figure, path)


def _curves(courses: Mapping[str, np.ndarray], panel: str) -> list[Curve]:
    found = {"training": courses.get(panel), "validation": courses.get(_VALIDATION + panel)}
    return [
        Curve(label, np.arange(values.shape[1]) + 1, values)
        for label, values in found.items()
        if values is not None
    ]
