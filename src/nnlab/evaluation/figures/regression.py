"""Predicted numbers against true ones."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, GREY, RED, shorten
from nnlab.evaluation.figures.chart import DOTTED, Chart, Look, Panel, divide
from nnlab.evaluation.figures.legend import list_entries, list_inside
from nnlab.evaluation.figures.scale import Scale, limits_of, numbered
from nnlab.evaluation.regression import name_outputs, pair_numbers
from nnlab.spec import DataSpec, Samples

SHOWN_OUTPUTS = 6
_SIDE, _BELOW, _TOP, _RIGHT = 3.7, 0.55, 0.45, 0.15
"""Inches: of a square panel, and below, above and right of panels."""
_WIDTH, _TALL, _COUNTS, _GAP = 7.6, 2.75, 0.25, 0.2
"""Residuals, in inches: the whole, a panel's height, the gap beside the counts, and the counts' share of a row."""
_ZERO = Look(GREY, width=1)


def draw_predicted_vs_true(spec: DataSpec, test: Samples, predictions: np.ndarray, path: Path) -> Path:
    """Each test sample as a point, a panel for each of the first outputs; on the line it is exact."""
    truth, predicted = pair_numbers(test, predictions)
    shown = min(truth.shape[1], SHOWN_OUTPUTS)
    columns = min(shown, 3)
    rows, names = -(-shown // columns), name_outputs(spec, truth.shape[1])
    scales = [
        _identity_scales(truth[:, at], predicted[:, at], _with_unit(names[at], spec.unit))
        for at in range(shown)
    ]
    left = 0.4 + max(up.widest for _, up in scales)
    width, height = columns * (left + _SIDE) + _RIGHT, _TOP + rows * (_SIDE + _BELOW)
    chart = Chart(max(width, 5.0), height, f"Predicted against true: {shorten(spec.name, 30)}")
    boxes = divide(width, height, (rows, columns), (left, _BELOW, _RIGHT, _TOP))
    for at, (box, (across, up)) in enumerate(zip(boxes, scales, strict=False)):
        panel = chart.panel(box, across, up)
        panel.line([across.low, across.high], [up.low, up.high], DOTTED)
        panel.line(truth[:, at], predicted[:, at], point_look(len(truth)), clipped=False)
        list_entries(chart, [(DOTTED, "predicted = true")], (panel.left, panel.bottom + panel.height), size=8)
    return chart.save(path)


def _identity_scales(truth: np.ndarray, predicted: np.ndarray, quantity: str) -> tuple[Scale, Scale]:
    low, high = min(truth.min(), predicted.min()), max(truth.max(), predicted.max())
    room = 0.04 * (high - low) or 1
    ends = (float(low - room), float(high + room))
    across, up = (numbered(*ends, f"{word} {quantity}", grid=True) for word in ("true", "predicted"))
    return across, up


def draw_residuals(spec: DataSpec, test: Samples, predictions: np.ndarray, path: Path) -> Path:
    """The error over the prediction, and how often each error occurs; a row for each of the first outputs."""
    truth, predicted = pair_numbers(test, predictions)
    shown, names = min(truth.shape[1], SHOWN_OUTPUTS), name_outputs(spec, truth.shape[1])
    errors = (predicted - truth)[:, :shown]
    ups = [
        numbered(*limits_of(error), _with_unit("predicted − true", spec.unit), grid=True)
        for error in errors.T
    ]
    left = 0.4 + max(up.widest for up in ups)
    height = _TOP + shown * (_TALL + _BELOW)
    chart = Chart(_WIDTH, height, f"Residuals: {shorten(spec.name, 50)}")
    rows = divide(_WIDTH, height, (shown, 1), (left, _BELOW, _RIGHT, _TOP))
    for at, ((_, bottom, width, tall), up) in enumerate(zip(rows, ups, strict=True)):
        across = numbered(*limits_of(predicted[:, at]), f"predicted {_with_unit(names[at], spec.unit)}")
        wide = (1 - _COUNTS) * (width - _GAP)
        _draw_error(chart.panel((left, bottom, wide, tall), across, up), predicted[:, at], errors[:, at])
        _draw_counts(chart, (left + wide + _GAP, bottom, width - _GAP - wide, tall), errors[:, at], up)
    return chart.save(path)


def _draw_error(panel: Panel, predicted: np.ndarray, error: np.ndarray) -> None:
    ends, mean = [panel.x.low, panel.x.high], error.mean()
    bias = Look(RED, width=1.2, dashes=(4, 2))
    panel.line(predicted, error, point_look(len(error)), clipped=False)
    panel.line(ends, [0, 0], _ZERO)
    panel.line(ends, [mean, mean], bias)
    list_inside(panel, [(bias, f"mean {mean:.3g}")])


def _draw_counts(chart: Chart, box: tuple[float, float, float, float], error: np.ndarray, up: Scale) -> None:
    """How many samples have which error, as bars from the left, at the heights of the panel beside them."""
    bins = min(40, max(5, int(len(error) ** 0.5)))
    counts, edges = np.histogram(error, bins, range=(up.low, up.high))
    top = 1.05 * counts.max()
    panel = chart.panel(box, numbered(0, top, "test samples", 3), replace(up.bare, grid=False))
    panel.bars((np.zeros(len(counts)), counts), (edges[:-1], edges[1:]), BLUE)
    panel.line([0, top], [0, 0], _ZERO)


def point_look(count: int, color: str = BLUE) -> Look:
    """Marks for so many samples, the fainter the more there are."""
    alpha, size = 0.6 if count <= 500 else 0.25, 4 if count <= 2000 else 2
    return Look(color, width=0, mark="o", size=size, edge=0, alpha=alpha)


def _with_unit(name: str, unit: str) -> str:
    return f"{shorten(name, 30)} ({shorten(unit, 16)})" if unit else shorten(name, 40)
