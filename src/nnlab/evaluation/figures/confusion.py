"""The confusion matrix as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.confusion import normalize_rows
from nnlab.evaluation.figures.canvas import GREY, INK, count_of, new_figure, percent, save_figure, shorten
from nnlab.evaluation.judgement import ClassOutcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WRITTEN_CLASSES = 25
"""Up to so many classes each cell holds its number."""
NAMED_CLASSES = 60
"""Up to so many classes each has its name on the axes."""


def draw_confusion(
    outcome: ClassOutcome, scores: Mapping[str, float], name: str, path: Path, *, shares: bool
) -> Path:
    """Rows are the truth, columns the prediction; counts, or with `shares` per cent of each row."""
    values = 100 * normalize_rows(outcome.confusion) if shares else outcome.confusion
    side = float(np.clip(2.4 + 0.5 * len(values), 3.6, 9.5))
    what = "Confusion matrix, % of each true class" if shares else "Confusion matrix, counts"
    figure = new_figure(side + 1.3, side + 0.6, f"{what}: {shorten(name, 24)}")
    axes = figure.subplots()
    axes.set_title(_sum_up(scores, len(outcome.truth)), color=GREY)
    image = _draw_cells(axes, values, shares)
    _name_axes(axes, outcome.names)
    if len(values) <= WRITTEN_CLASSES:
        _write_numbers(axes, values, shares, image.norm)
    bar = figure.colorbar(image, ax=axes, shrink=0.75, aspect=28, pad=0.02)
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    bar.set_label("% of the true class" if shares else "test samples")
    return save_figure(figure, path)


def _sum_up(scores: Mapping[str, float], samples: int) -> str:
    low, high = 100 * scores["accuracy_low"], 100 * scores["accuracy_high"]
    tested = count_of(samples, "test sample")
    return f"accuracy {percent(scores['accuracy'])} (95 % interval {low:.1f}–{high:.1f}) of {tested}"


def _draw_cells(axes: "Axes", values: np.ndarray, shares: bool):
    from matplotlib.colors import PowerNorm

    top = 100 if shares else max(1, int(values.max()))
    # The square root lets rare mistakes show beside a diagonal that is a thousand times as large.
    norm = PowerNorm(0.5, vmin=0, vmax=top)
    return axes.imshow(values, cmap="Blues", norm=norm, interpolation="nearest")


def _name_axes(axes: "Axes", names: tuple[str, ...]) -> None:
    step = 1 if len(names) <= NAMED_CLASSES else -(-len(names) // 25)
    places = range(0, len(names), step)
    labels = [shorten(names[place], 18) for place in places]
    size = 9 if len(names) <= 12 else 8 if len(names) <= 30 else 7
    room = max(len(label) for label in labels)
    turned = room * len(places) > 45
    axes.set_xticks(places, labels, fontsize=size, rotation=90 if turned else 0)
    axes.set_yticks(places, labels, fontsize=size)
    axes.tick_params(length=3 if step > 1 else 0)
    every = "" if step == 1 else f" (every {step}th class named)"
    axes.set(xlabel=f"predicted class{every}", ylabel=f"true class{every}")
    axes.spines[:].set_visible(False)


def _write_numbers(axes: "Axes", values: np.ndarray, shares: bool, norm) -> None:
    size = 10 if len(values) <= 4 else 8.5 if len(values) <= 12 else 6.5
    for row, column in np.ndindex(values.shape):
        value = values[row, column]
        if value or len(values) <= 3:
            color = "white" if norm(value) > 0.6 else INK
            axes.text(
                column,
                row,
                _write(float(value), shares),
                ha="center",
                va="center",
                color=color,
                fontsize=size,
            )


def _write(value: float, shares: bool) -> str:
    if not shares:
        return f"{value:.0f}"
    return f"{value:.0f}" if value in (0, 100) else "<0.1" if value < 0.1 else f"{min(value, 99.9):.1f}"
