"""What the lines and marks of a panel stand for."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnlab.evaluation.figures.canvas import DPI
from nnlab.evaluation.figures.chart import Chart, Look, Panel
from nnlab.evaluation.figures.lettering import width_of

Entry = tuple[Look, str]
_SAMPLE, _PAD, _LINE, _MARGIN, _COLUMN = 2.0, 0.7, 1.65, 0.7, 1.2
"""In letters' sizes: a sample of the line, from it to its text, from line to line, around all, between columns."""


def list_entries(
    chart: Chart, entries: Sequence[Entry], place: tuple[float, float], size: float = 9.0, title: str = ""
) -> None:
    """Entries below each other; place: the left top corner, in pixels of the chart."""
    em, (x, y) = size * DPI / 72, place
    if title:
        chart.write(x + em, y - 0.1 * em, title, size=size)
        y -= _LINE * em
    for number, entry in enumerate(entries):
        _show(chart, entry, x + _MARGIN * em, y - (_MARGIN + 0.5 + _LINE * number) * em, size)


def line_up(chart: Chart, entries: Sequence[Entry], place: tuple[float, float], size: float = 9.0) -> None:
    """Entries beside each other; place: the right end and the middle, in pixels of the chart."""
    em, (x, y) = size * DPI / 72, place
    widths = [(_SAMPLE + _PAD) * em + DPI * width_of(text, size) for _, text in entries]
    x -= sum(widths) + _COLUMN * em * (len(entries) - 1)
    for entry, width in zip(entries, widths, strict=True):
        _show(chart, entry, x, y, size)
        x += width + _COLUMN * em


def list_inside(panel: Panel, entries: Sequence[Entry], size: float = 8.0) -> None:
    """Entries at the edge of the panel where they hide least of its lines."""
    em = size * DPI / 72
    wide = (2 * _MARGIN + _SAMPLE + _PAD) * em + DPI * max(width_of(text, size) for _, text in entries)
    tall = (2 * _MARGIN + _LINE * (len(entries) - 1) + 1) * em
    lefts = panel.left + (panel.width - wide) * np.array([1, 0, 0.5])
    places = [(left, top) for top in (panel.bottom + panel.height, panel.bottom + tall) for left in lefts]
    met = _along(panel.points)
    hidden = [
        ((met[:, 0] > left) & (met[:, 0] < left + wide) & (met[:, 1] < top) & (met[:, 1] > top - tall)).sum()
        for left, top in places
    ]
    list_entries(panel.chart, entries, places[int(np.argmin(hidden))], size)


def _along(lines: Sequence[np.ndarray], pieces: int = 50) -> np.ndarray:
    """Points on the way between the points of lines, (n, 2)."""
    ways = [
        line[:-1, None] + np.linspace(0, 1, pieces)[:, None] * np.diff(line, axis=0)[:, None]
        for line in lines
    ]
    found = np.concatenate([np.empty((0, 2)), *(way.reshape(-1, 2) for way in ways), *lines])
    return found[np.isfinite(found).all(axis=1)]


def _show(chart: Chart, entry: Entry, x: float, y: float, size: float) -> None:
    (look, text), em = entry, size * DPI / 72
    end = x + _SAMPLE * em
    if look.width:
        chart.draw_line([(x, y), (end, y)], replace(look, mark=""))
    if look.mark:
        chart.draw_line([((x + end) / 2, y)], replace(look, width=0.0))
    chart.write(end + _PAD * em, y, text, size=size, anchor="lm")
