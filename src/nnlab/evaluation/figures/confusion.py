"""The confusion matrix as a picture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab.evaluation.confusion import normalize_rows
from nnlab.evaluation.figures.canvas import DPI, INK, count_of, shorten
from nnlab.evaluation.figures.chart import Box, Chart, Panel
from nnlab.evaluation.figures.lettering import width_of
from nnlab.evaluation.figures.scale import Scale, number_ticks
from nnlab.evaluation.judgement import ClassOutcome
from nnlab.evaluation.probabilities import percent

Shade = Callable[[np.ndarray], np.ndarray]
"""Values → how dark they are drawn, 0 to 1."""
WRITTEN_CLASSES = 25
"""Up to so many classes each cell holds its number."""
NAMED_CLASSES = 60
"""Up to so many classes each has its name on the axes."""
LETTERS = 18
_TOP, _LEAST = 0.8, 4.4
"""Inches: above the cells, and the least width."""
_BAR = 0.18
"""Inches: the width of the colour bar."""


def draw_confusion(
    outcome: ClassOutcome, scores: Mapping[str, float], name: str, path: Path, *, shares: bool
) -> Path:
    """Rows are the truth, columns the prediction; counts, or with `shares` per cent of each row."""
    values = 100 * normalize_rows(outcome.confusion) if shares else outcome.confusion
    top = 100 if shares else max(1, int(values.max()))
    box, right = _measure(outcome.names)
    title = f"Confusion matrix{' (%)' if shares else ''}: {shorten(name, 24)}"
    chart = Chart(box[0] + box[2] + right, box[1] + box[3] + _TOP, title)
    panel = chart.panel(box, *_scales(outcome.names), framed=False)
    panel.title(_sum_up(scores, len(outcome.truth), shares))

    # The square root lets rare mistakes show beside a diagonal that is a thousand times as large.
    def shade(numbers: np.ndarray) -> np.ndarray:
        return np.sqrt(numbers / top)

    panel.picture(_color(shade(values)))
    if len(values) <= WRITTEN_CLASSES:
        _write_numbers(panel, values, shares, shade)
    else:
        _draw_bar(panel, top, shade, "% of the true class" if shares else "test samples")
    return chart.save(path)


def _measure(names: tuple[str, ...]) -> tuple[Box, float]:
    """The square of all cells, and inches to the right of it, for the colour bar of many."""
    side = float(np.clip(1.6 + 0.5 * len(names), 2.6, 8.5))
    room = max(width_of(shorten(name, LETTERS), _font_size(names)) for name in names)
    left, bottom = 0.45 + room, 0.45 + room if _are_turned(names) else 0.55
    right = max(_LEAST - left - side, 0.15 if len(names) <= WRITTEN_CLASSES else 1.15)
    return (left, bottom, side, side), right


def _sum_up(scores: Mapping[str, float], samples: int, shares: bool) -> str:
    low, high = 100 * scores["accuracy_low"], 100 * scores["accuracy_high"]
    accuracy = f"accuracy {percent(scores['accuracy'])} (95 % interval {low:.1f}–{high:.1f})"
    return f"{'% of each true class' if shares else 'counts'}, {count_of(samples, 'test sample')}\n{accuracy}"


def _scales(names: tuple[str, ...]) -> tuple[Scale, Scale]:
    """The classes from the left to the right, and from the top down."""
    step, size = _step(names), _font_size(names)
    ticks = tuple((float(place), shorten(names[place], LETTERS)) for place in range(0, len(names), step))
    every = "" if step == 1 else f" (every {step}th class named)"
    first, last = -0.5, len(names) - 0.5
    across = Scale(first, last, f"predicted class{every}", ticks, marked=step > 1, size=size)
    up = replace(across, low=last, high=first, name=f"true class{every}")
    return replace(across, turned=_are_turned(names)), up


def _color(shades: np.ndarray) -> np.ndarray:
    """Darkness (rows, columns), 0 to 1 → colours (rows, columns, 3) uint8."""
    from matplotlib import colormaps

    return colormaps["Blues"](shades, bytes=True)[..., :3]


def _draw_bar(panel: Panel, top: float, shade: Shade, measured: str) -> None:
    """What the colours stand for, from 0 to `top`, at the right of the cells."""
    left, bottom, height = ((panel.left + panel.width) / DPI + 0.15, panel.bottom / DPI, panel.height / DPI)
    ticks = number_ticks(0, top, 8)
    bar = panel.chart.panel(
        (left, bottom + height / 4, _BAR, height * 3 / 4), Scale(0, 1), Scale(0, 1), framed=False
    )
    bar.picture(_color(np.linspace(1, 0, 256)[:, None]))
    right = bar.left + bar.width
    for value, text in ticks:
        at = bar.bottom + bar.height * float(shade(np.array(value)))
        panel.chart.write(right + 0.05 * DPI, at, text, anchor="lm")
    far = right + DPI * (0.12 + max(width_of(text) for _, text in ticks))
    panel.chart.write(far, bar.bottom + bar.height / 2, measured, anchor="lm", turned=True)


def _font_size(names: tuple[str, ...]) -> int:
    return 9 if len(names) <= 12 else 8 if len(names) <= 30 else 7


def _step(names: tuple[str, ...]) -> int:
    return 1 if len(names) <= NAMED_CLASSES else -(-len(names) // 25)


def _are_turned(names: tuple[str, ...]) -> bool:
    """Whether the names are too long to stand side by side under the columns."""
    return max(len(shorten(name, LETTERS)) for name in names) * len(names) // _step(names) > 45


def _write_numbers(panel: Panel, values: np.ndarray, shares: bool, shade: Shade) -> None:
    """The number of every cell that is not empty, in its middle."""
    size = 10 if len(values) <= 4 else 8.5 if len(values) <= 12 else 6.5
    dark = shade(values) > 0.6
    cells = np.argwhere((values != 0) | (len(values) <= 3))
    for cell, (x, y) in zip(map(tuple, cells), panel.place(cells[:, 1], cells[:, 0]), strict=True):
        color = "white" if dark[cell] else INK
        panel.chart.write(x, y, _write(float(values[cell]), shares), size=size, color=color, anchor="mm")


def _write(value: float, shares: bool) -> str:
    if not shares:
        return f"{value:.0f}"
    return f"{value:.0f}" if value in (0, 100) else "<0.1" if value < 0.1 else f"{min(value, 99.9):.1f}"
