"""The confusion matrix as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.confusion import normalize_rows
from nnlab.evaluation.figures.canvas import GREY, INK, count_of, new_figure, save_figure, shorten
from nnlab.evaluation.judgement import ClassOutcome
from nnlab.evaluation.probabilities import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Norm
    from matplotlib.image import AxesImage

WRITTEN_CLASSES = 25
"""Up to so many classes each cell holds its number."""
NAMED_CLASSES = 60
"""Up to so many classes each has its name on the axes."""
LETTERS = 18


def draw_confusion(
    outcome: ClassOutcome, scores: Mapping[str, float], name: str, path: Path, *, shares: bool
) -> Path:
    """Rows are the truth, columns the prediction; counts, or with `shares` per cent of each row."""
    values = 100 * normalize_rows(outcome.confusion) if shares else outcome.confusion
    width, height = _size(outcome.names)
    figure = new_figure(width, height, f"Confusion matrix{' (%)' if shares else ''}: {shorten(name, 24)}")
    axes = figure.subplots()
    axes.set_anchor("NW")
    axes.set_title(_sum_up(scores, len(outcome.truth), shares), color=GREY)
    image = _draw_cells(axes, values, shares)
    _name_axes(axes, outcome.names)
    if len(values) <= WRITTEN_CLASSES:
        _write_numbers(axes, values, shares, image.norm)
    else:
        bar = figure.colorbar(image, ax=axes, shrink=0.75, aspect=28, pad=0.02, fraction=0.06, panchor=False)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
        bar.set_label("% of the true class" if shares else "test samples")
    return save_figure(figure, path)


def _size(names: tuple[str, ...]) -> tuple[float, float]:
    """Inches for square cells, the names beside them and, of many classes, the colour bar."""
    side = float(np.clip(1.6 + 0.5 * len(names), 2.6, 8.5))
    room = 0.07 * max(len(shorten(name, LETTERS)) for name in names)
    bar = 0 if len(names) <= WRITTEN_CLASSES else 1.1
    return max(4.4, side + 0.6 + room + bar), side + 1.2 + (room if _are_turned(names) else 0)


def _sum_up(scores: Mapping[str, float], samples: int, shares: bool) -> str:
    low, high = 100 * scores["accuracy_low"], 100 * scores["accuracy_high"]
    accuracy = f"accuracy {percent(scores['accuracy'])} (95 % interval {low:.1f}–{high:.1f})"
    return f"{'% of each true class' if shares else 'counts'}, {count_of(samples, 'test sample')}\n{accuracy}"


def _draw_cells(axes: "Axes", values: np.ndarray, shares: bool) -> "AxesImage":
    from matplotlib.colors import PowerNorm

    top = 100 if shares else max(1, int(values.max()))
    # The square root lets rare mistakes show beside a diagonal that is a thousand times as large.
    norm = PowerNorm(0.5, vmin=0, vmax=top)
    return axes.imshow(values, cmap="Blues", norm=norm, interpolation="nearest", interpolation_stage="rgba")


def _name_axes(axes: "Axes", names: tuple[str, ...]) -> None:
    step = _step(names)
    places = range(0, len(names), step)
    labels = [shorten(names[place], LETTERS) for place in places]
    size = 9 if len(names) <= 12 else 8 if len(names) <= 30 else 7
    axes.set_xticks(places, labels, fontsize=size, rotation=90 if _are_turned(names) else 0)
    axes.set_yticks(places, labels, fontsize=size)
    axes.tick_params(length=3 if step > 1 else 0)
    every = "" if step == 1 else f" (every {step}th class named)"
    axes.set(xlabel=f"predicted class{every}", ylabel=f"true class{every}")
    axes.spines[:].set_visible(False)


def _step(names: tuple[str, ...]) -> int:
    return 1 if len(names) <= NAMED_CLASSES else -(-len(names) // 25)


def _are_turned(names: tuple[str, ...]) -> bool:
    """Whether the names are too long to stand side by side under the columns."""
    return max(len(shorten(name, LETTERS)) for name in names) * len(names) // _step(names) > 45


def _write_numbers(axes: "Axes", values: np.ndarray, shares: bool, norm: "Norm") -> None:
    size = 10 if len(values) <= 4 else 8.5 if len(values) <= 12 else 6.5
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size, "in_layout": False}
    dark = np.asarray(norm(values)) > 0.6
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        if value or len(values) <= 3:
            color = "white" if dark[row, column] else INK
            axes.text(column, row, _write(value, shares), color=color, **look)


def _write(value: float, shares: bool) -> str:
    if not shares:
        return f"{value:.0f}"
    return f"{value:.0f}" if value in (0, 100) else "<0.1" if value < 0.1 else f"{min(value, 99.9):.1f}"
