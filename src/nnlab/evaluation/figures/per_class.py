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
    put_legend,
    save_figure,
    shorten,
)
from nnlab.evaluation.judgement import ClassOutcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_CLASSES = 100
SORTED_CLASSES = 12
"""Beyond so many classes they are drawn from best to worst instead of in label order."""


def draw_per_class(outcome: ClassOutcome, name: str, path: Path) -> Path:
    """A bar of F1 for each class with precision and recall marked on it; of very many, the worst."""
    rates = rate_classes(outcome.confusion)
    order = _order(rates.f1)
    few = len(order) <= 30
    figure = new_figure(
        7.2, max(2.5, 1.5 + (0.36 if few else 0.15) * len(order)), f"Each class: {shorten(name, 40)}"
    )
    axes = figure.subplots()
    rows = np.arange(len(order))
    bars = axes.barh(rows, rates.f1[order], height=0.62, color="#b9d7ea")
    size = 5.0 if few else 3.5
    precision = axes.plot(rates.precision[order], rows, ">", color=BLUE, markersize=size, clip_on=False)[0]
    recall = axes.plot(rates.recall[order], rows, "<", color=RED, markersize=size, clip_on=False)[0]
    axes.set_yticks(rows, [_label(outcome, label) for label in order], fontsize=9 if few else 7)
    if few:
        _write_rates(axes, rows, rates.f1[order])
    axes.set(xlim=(0, 1), ylim=(len(order) - 0.4, -0.6), xlabel="share", ylabel="class (test samples)")
    axes.set_title(_describe(len(order), len(outcome.names)), color=GREY)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    labels = ["F1", "precision", "recall"]
    place = {"loc": "lower right", "bbox_to_anchor": (0.98, 1), "ncols": 3, "borderaxespad": 0.1}
    put_legend(axes, [bars, precision, recall], labels, **place, handletextpad=0.4, columnspacing=1)
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
