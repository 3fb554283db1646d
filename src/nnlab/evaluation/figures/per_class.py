"""Precision, recall and F1 of each class."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab.evaluation.confusion import rate_classes
from nnlab.evaluation.figures.canvas import BLUE, DPI, GREY, RED, shorten
from nnlab.evaluation.figures.chart import Chart, Look, Panel
from nnlab.evaluation.figures.legend import line_up
from nnlab.evaluation.figures.scale import Scale, numbered
from nnlab.evaluation.judgement import ClassOutcome

_WIDTH, _BOTTOM, _TOP = 7.2, 0.55, 0.65
"""Inches: of the whole, below the bars, and above them."""
_BAR, _THICK = "#b9d7ea", 0.31
"""A bar's colour, and half of its height, of 1 from bar to bar."""
SHOWN_CLASSES = 100
SORTED_CLASSES = 12
"""Beyond so many classes they are drawn from best to worst instead of in label order."""


def draw_per_class(outcome: ClassOutcome, name: str, path: Path) -> Path:
    """A bar of F1 for each class with precision and recall marked on it; of very many, the worst."""
    rates = rate_classes(outcome.confusion)
    order = _order(rates.f1)
    few = len(order) <= 30
    up = _scale(outcome, order, 9 if few else 7)
    tall, left, right = (
        max(1.4, (0.36 if few else 0.15) * len(order)),
        0.45 + up.widest,
        0.55 if few else 0.15,
    )
    chart = Chart(_WIDTH, tall + _BOTTOM + _TOP, f"Each class: {shorten(name, 40)}")
    across = numbered(0, 1, "share", grid=True)
    panel = chart.panel((left, _BOTTOM, _WIDTH - left - right, tall), across, up)
    panel.title(_describe(len(order), len(outcome.names)))
    rows = np.arange(len(order))
    f1, mark = rates.f1[order], Look(BLUE, width=0, mark=">", size=5.0 if few else 3.5)
    panel.bars((np.zeros(len(order)), f1), (rows - _THICK, rows + _THICK), _BAR)
    looks = {"F1": Look(_BAR, width=6), "precision": mark, "recall": replace(mark, color=RED, mark="<")}
    panel.line(rates.precision[order], rows, looks["precision"], clipped=False)
    panel.line(rates.recall[order], rows, looks["recall"], clipped=False)
    end, top = panel.place(1, up.high)
    line_up(chart, [(look, label) for label, look in looks.items()], (end - 0.1 * DPI, top + 0.12 * DPI))
    if few:
        _write_rates(panel, f1)
    return chart.save(path)


def _order(f1: np.ndarray) -> np.ndarray:
    if len(f1) <= SORTED_CLASSES:
        return np.arange(len(f1))
    return np.argsort(f1, kind="stable")[:SHOWN_CLASSES]


def _describe(shown: int, total: int) -> str:
    if shown < total:
        return f"the {shown} lowest F1 of {total} classes"
    return "lowest F1 first" if total > SORTED_CLASSES else ""


def _scale(outcome: ClassOutcome, order: np.ndarray, size: float) -> Scale:
    """The classes from the top down."""
    ticks = tuple((float(row), _label(outcome, label)) for row, label in enumerate(order))
    return Scale(len(order) - 0.4, -0.6, "class (test samples)", ticks, marked=False, size=size)


def _label(outcome: ClassOutcome, label: int) -> str:
    return f"{shorten(outcome.names[label], 26)} ({outcome.confusion[label].sum()})"


def _write_rates(panel: Panel, rates: np.ndarray) -> None:
    """F1 in figures, at the right of the bars."""
    write = panel.chart.write
    x, top = panel.place(1.015, panel.y.high)
    write(x, top, "F1", size=8, color=GREY, anchor="ld")
    for row, rate in enumerate(rates):
        write(x, panel.place(1, row)[1], f"{rate:.3f}", size=8, anchor="lm")
