"""The confusion matrix as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.confusion import normalize_rows
from nnlab.evaluation.figures.canvas import (
    GREY,
    INK,
    count_of,
    new_figure,
    paint,
    place_axes,
    save_picture,
    shorten,
)
from nnlab.evaluation.figures.lettering import Lettering, width_of, write_all
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
_TOP, _LEAST = 0.8, 4.4
"""Inches: above the cells, and the least width."""


def draw_confusion(
    outcome: ClassOutcome, scores: Mapping[str, float], name: str, path: Path, *, shares: bool
) -> Path:
    """Rows are the truth, columns the prediction; counts, or with `shares` per cent of each row."""
    values = 100 * normalize_rows(outcome.confusion) if shares else outcome.confusion
    title = f"Confusion matrix{' (%)' if shares else ''}: {shorten(name, 24)}"
    few, (left, bottom, side, right) = len(values) <= WRITTEN_CLASSES, _measure(outcome.names)
    figure = new_figure(left + side + right, bottom + side + _TOP, title, arranged=not few)
    axes = figure.subplots()
    axes.set_anchor("NW")
    axes.set_title(_sum_up(scores, len(outcome.truth), shares), color=GREY, y=1.0)
    image = _draw_cells(axes, values, shares)
    _name_axes(axes, outcome.names)
    if few:
        place_axes(figure, left, bottom, right, _TOP)
    else:
        bar = figure.colorbar(image, ax=axes, shrink=0.75, aspect=28, pad=0.02, fraction=0.06, panchor=False)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
        bar.set_label("% of the true class" if shares else "test samples")
    picture = paint(figure)
    if few:
        write_all(picture, _numbers(axes, values, shares, image.norm))
    return save_picture(picture, path)


def _measure(names: tuple[str, ...]) -> tuple[float, float, float, float]:
    """Inches: left of the square of all cells, below it, its side, and right of it, for the colour bar of many."""
    side = float(np.clip(1.6 + 0.5 * len(names), 2.6, 8.5))
    room = max(width_of(shorten(name, LETTERS), _font_size(names)) for name in names)
    left = 0.4 + room
    right = max(_LEAST - left - side, 0.15 if len(names) <= WRITTEN_CLASSES else 1.25)
    return left, 0.4 + room if _are_turned(names) else 0.55, side, right


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
    size = _font_size(names)
    axes.set_xticks(places, labels, fontsize=size, rotation=90 if _are_turned(names) else 0)
    axes.set_yticks(places, labels, fontsize=size)
    axes.tick_params(length=3 if step > 1 else 0)
    every = "" if step == 1 else f" (every {step}th class named)"
    axes.set(xlabel=f"predicted class{every}", ylabel=f"true class{every}")
    axes.spines[:].set_visible(False)


def _font_size(names: tuple[str, ...]) -> int:
    return 9 if len(names) <= 12 else 8 if len(names) <= 30 else 7


def _step(names: tuple[str, ...]) -> int:
    return 1 if len(names) <= NAMED_CLASSES else -(-len(names) // 25)


def _are_turned(names: tuple[str, ...]) -> bool:
    """Whether the names are too long to stand side by side under the columns."""
    return max(len(shorten(name, LETTERS)) for name in names) * len(names) // _step(names) > 45


def _numbers(axes: "Axes", values: np.ndarray, shares: bool, norm: "Norm") -> list[Lettering]:
    """The number of every cell that is not empty, in its middle."""
    size = 10 if len(values) <= 4 else 8.5 if len(values) <= 12 else 6.5
    dark = np.asarray(norm(values)) > 0.6
    cells = np.argwhere((values != 0) | (len(values) <= 3))
    places = axes.transData.transform(cells[:, ::-1])
    height = axes.figure.bbox.height
    return [
        Lettering(
            x,
            height - y,
            _write(float(values[cell]), shares),
            size,
            "white" if dark[cell] else INK,
            centred=True,
        )
        for cell, (x, y) in zip(map(tuple, cells), places, strict=True)
    ]


def _write(value: float, shares: bool) -> str:
    if not shares:
        return f"{value:.0f}"
    return f"{value:.0f}" if value in (0, 100) else "<0.1" if value < 0.1 else f"{min(value, 99.9):.1f}"
