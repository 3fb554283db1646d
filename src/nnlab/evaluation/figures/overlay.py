"""Curves of several runs on one pair of axes, each with the spread of its repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.figures.canvas import (
    CYCLE,
    GREY,
    count_of,
    drawing,
    new_figure,
    plain_decades,
    put_legend,
    save_figure,
    shorten,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTERS = 32
_INSIDE = 4
"""Up to so many entries the legend stands inside the axes."""
_MARKERS = ("", "o", "s", "^")
"""Curves past the eighth take the colours again, with a mark."""


@dataclass(frozen=True)
class Curve:
    """One network's course: a line, and a band of ±1 standard deviation where it has several repeats.

    steps: (n,) epochs, say. values: (repeats, n), or (n,) for a single one; NaN where a repeat has no value,
    because it stopped early. validation: as `values`, drawn dashed in the same colour; None without any.
    """

    label: str
    steps: np.ndarray
    values: np.ndarray
    validation: np.ndarray | None = None


@dataclass(frozen=True)
class Measure:
    """What a curve's values are: a name for the axis, and how they are drawn.

    normalised: each curve divided by its own largest value. log: a logarithmic axis. percent: a share as per cent.
    """

    name: str
    normalised: bool = False
    log: bool = False
    percent: bool = False

    @property
    def words(self) -> str:
        """The axis's name with its unit."""
        named = shorten(self.name, 40)
        return f"{named} / its maximum" if self.normalised else f"{named} (%)" if self.percent else named


def draw_overlay(
    curves: Sequence[Curve], measure: Measure, title: str, path: Path, step: str = "epoch"
) -> Path:
    """Draw the curves into one PNG. Raises StorageError where it cannot be written."""
    from matplotlib.lines import Line2D

    with drawing():
        inside = len(curves) <= _INSIDE
        widest = max((len(shorten(curve.label, _LETTERS)) for curve in curves), default=0)
        figure = new_figure(6.4 + (0 if inside else 0.5 + 0.07 * widest), 4.2, shorten(title, 80))
        axes = figure.subplots()
        draw_curves(axes, curves, measure)
        axes.set(xlabel=step, ylabel=measure.words)
        if note := explain_curves(curves):
            axes.set_title(note, color=GREY)
        place = {"loc": "best"} if inside else {"loc": "upper left", "bbox_to_anchor": (1.01, 1)}
        lines = [Line2D([], [], **_look(number, 1)) for number in range(len(curves))]
        put_legend(axes, lines, [shorten(curve.label, _LETTERS) for curve in curves], fontsize=8, **place)
        return save_figure(figure, path)


def draw_curves(axes: "Axes", curves: Sequence[Curve], measure: Measure) -> None:
    """The lines and their bands, with grid and limits but without names and legend, for any axes."""
    for number, curve in enumerate(curves):
        largest = _largest(curve) if measure.normalised else 0.01 if measure.percent else 1.0
        _draw_line(axes, curve.steps, np.atleast_2d(curve.values) / largest, number, "-")
        if curve.validation is not None:
            _draw_line(axes, curve.steps, np.atleast_2d(curve.validation) / largest, number, (0, (4, 1.5)))
    _scale(axes, measure.log, max((len(curve.steps) for curve in curves), default=0))


def summarise(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (of a sample, n − 1) over repeats, each (n,); values (repeats, n).

    NaN does not count; where fewer than two numbers are left the deviation is 0, and without any the mean is NaN.
    """
    there = np.isfinite(values)
    count = there.sum(axis=0)
    total = np.where(there, values, 0).sum(axis=0)
    mean = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    squares = (np.where(there, values - mean, 0) ** 2).sum(axis=0)
    return mean, np.sqrt(np.divide(squares, count - 1, out=np.zeros(len(count)), where=count > 1))


def _largest(curve: Curve) -> float:
    values = np.atleast_2d(curve.values)
    both = values if curve.validation is None else np.concatenate([values, np.atleast_2d(curve.validation)])
    finite = np.abs(both[np.isfinite(both)])
    return float(finite.max()) or 1.0 if finite.size else 1.0


def _scale(axes: "Axes", log: bool, steps: int) -> None:
    from matplotlib.ticker import MaxNLocator

    if log and any(np.any(np.asarray(line.get_ydata()) > 0) for line in axes.lines):
        axes.set_yscale("log")
        plain_decades(axes.yaxis, *axes.get_ylim())
    axes.margins(x=0.02 if steps > 1 else 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.grid(axis="y")


def _look(number: int, count: int) -> dict[str, Any]:
    colors = (*CYCLE, GREY)
    marker = _MARKERS[number // len(colors) % len(_MARKERS)]
    marked = {"marker": marker, "markevery": max(1, count // 8), "markersize": 4} if marker else {}
    return {"color": colors[number % len(colors)], **marked}


def _draw_line(axes: "Axes", steps: np.ndarray, values: np.ndarray, number: int, style: Any) -> None:
    mean, deviation = summarise(values)
    look = _look(number, len(steps))
    if len(steps) == 1:
        axes.errorbar(steps, mean, deviation, fmt="o", markersize=4, capsize=3, color=look["color"])
        return
    axes.plot(steps, mean, linestyle=style, **look)
    if deviation.any():
        color = look["color"]
        axes.fill_between(steps, mean - deviation, mean + deviation, color=color, alpha=0.18, linewidth=0)


def explain_curves(curves: Sequence[Curve]) -> str:
    """How to read the lines: what a dashed one is, what the band is."""
    repeats = [len(np.atleast_2d(curve.values)) for curve in curves]
    said = []
    if any(curve.validation is not None for curve in curves):
        said.append("solid: training, dashed: validation")
    if max(repeats, default=1) > 1:
        few, many = min(repeats), max(repeats)
        several = count_of(many, "repeat") if few == many else f"{few} to {many} repeats"
        said.append(f"mean of {several}, band ± 1 standard deviation")
    return "; ".join(said)
