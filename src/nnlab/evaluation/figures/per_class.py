"""Precision, recall and F1 of each class."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.confusion import rate_classes
from nnlab.evaluation.figures.canvas import (
    BLUE,
    GREY,
    INK,
    RED,
    new_figure,
    place_axes,
    put_legend,
    save_figure,
    shorten,
)
from nnlab.evaluation.figures.lettering import width_of
from nnlab.evaluation.judgement import ClassOutcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BOTTOM, _TOP = 0.55, 0.65
"""Inches below and above the bars."""
SHOWN_CLASSES = 100
SORTED_CLASSES = 12
"""Beyond so many classes they are drawn from best to worst instead of in label order."""


def draw_per_class(outcome: ClassOutcome, name: str, path: Path) -> Path:
    """A bar of F1 for each class with precision and recall marked on it; of very many, the worst."""
    rates = rate_classes(outcome.confusion)
    order = _order(rates.f1)
    few = len(order) <= 30
    labels, size = [_label(outcome, label) for label in order], 9 if few else 7
    tall = max(1.4, (0.36 if few else 0.15) * len(order))
    left = 0.4 + max(width_of(label, size) for label in labels)
    figure = new_figure(7.2, tall + _BOTTOM + _TOP, f"Each class: {shorten(name, 40)}", arranged=False)
    axes = figure.subplots()
    place_axes(figure, left, _BOTTOM, 0.55 if few else 0.15, _TOP)
    rows = np.arange(len(order))
    bars = axes.barh(rows, rates.f1[order], height=0.62, color="#b9d7ea")
    mark = 5.0 if few else 3.5
    precision = axes.plot(rates.precision[order], rows, ">", color=BLUE, markersize=mark, clip_on=False)[0]
    recall = axes.plot(rates.recall[order], rows, "<", color=RED, markersize=mark, clip_on=False)[0]
    axes.set_yticks(rows, labels, fontsize=size)
    if few:
        _write_rates(axes, rows, rates.f1[order])
    axes.set(xlim=(0, 1), ylim=(len(order) - 0.4, -0.6), xlabel="share", ylabel="class (test samples)")
    axes.set_title(_describe(len(order), len(outcome.names)), color=GREY, y=1.0)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    place = {"loc": "lower right", "bbox_to_anchor": (0.98, 1), "ncols": 3, "borderaxespad": 0.1}
    place |= {"handletextpad": 0.4, "columnspacing": 1}
    put_legend(axes, [bars, precision, recall], ["F1", "precision", "recall"], **place)
    return save_figure(figure, path)


def _order(f1: np.ndarray) -> np.ndarray:
    if len(f1) <= SORTED_CLASSES:
        return np.arange(len(f1))
    return np.argsort(f1, kind="stable")[:SHOWN_CLASSES]


def _describe(shown: int, total: int) -> str:
    if shown < total:
        return f"the {shown} lowest F1 of {total} classes"
    return "lowest F1 first" if total > SORTED_CLASSES else ""


def _label(outcome: ClassOutcome, label: int) -> str:
    return f"{shorten(outcome.names[label], 26)} ({outcome.confusion[label].sum()})"


def _write_rates(axes: "Axes", rows: np.ndarray, rates: np.ndarray) -> None:
    axes.text(1.015, 1.0, "F1", fontsize=8, color=GREY, va="bottom", transform=axes.transAxes)
    for row, rate in zip(rows, rates, strict=True):
        axes.text(1.015, row, f"{rate:.3f}", va="center", fontsize=8, color=INK)
