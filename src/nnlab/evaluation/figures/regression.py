"""Predicted numbers against true ones."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, GREY, RED, new_figure, put_legend, save_figure, shorten
from nnlab.evaluation.regression import name_outputs, pair_numbers
from nnlab.spec import DataSpec, Samples

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_OUTPUTS = 6


def draw_predicted_vs_true(spec: DataSpec, test: Samples, predictions: np.ndarray, path: Path) -> Path:
    """Each test sample as a point, a panel for each of the first outputs; on the line it is exact."""
    truth, predicted = pair_numbers(test, predictions)
    shown = min(truth.shape[1], SHOWN_OUTPUTS)
    columns = min(shown, 3)
    rows = -(-shown // columns)
    figure = new_figure(
        0.6 + 4.4 * columns, 0.5 + 4.4 * rows, f"Predicted against true: {shorten(spec.name, 30)}"
    )
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    names = name_outputs(spec, truth.shape[1])
    for at, axes in enumerate(panels[:shown]):
        _draw_identity(axes, truth[:, at], predicted[:, at], _with_unit(names[at], spec.unit))
    for axes in panels[shown:]:
        axes.set_axis_off()
    return save_figure(figure, path)


def draw_residuals(spec: DataSpec, test: Samples, predictions: np.ndarray, path: Path) -> Path:
    """The error over the prediction, and how often each error occurs; a row for each of the first outputs."""
    truth, predicted = pair_numbers(test, predictions)
    shown = min(truth.shape[1], SHOWN_OUTPUTS)
    figure = new_figure(7.6, 0.5 + 3.3 * shown, f"Residuals: {shorten(spec.name, 50)}")
    panels = figure.subplots(shown, 2, squeeze=False, sharey="row", width_ratios=(3, 1))
    names = name_outputs(spec, truth.shape[1])
    for at, (scatter, histogram) in enumerate(panels):
        error = predicted[:, at] - truth[:, at]
        _draw_error(scatter, predicted[:, at], error, names[at], spec.unit)
        histogram.hist(
            error, bins=min(40, max(5, int(len(error) ** 0.5))), orientation="horizontal", color=BLUE
        )
        histogram.axhline(0, color=GREY, linewidth=1)
        histogram.set_xlabel("test samples")
    return save_figure(figure, path)


def _draw_identity(axes: "Axes", truth: np.ndarray, predicted: np.ndarray, quantity: str) -> None:
    low, high = min(truth.min(), predicted.min()), max(truth.max(), predicted.max())
    room = 0.04 * (high - low) or 1
    ends = (low - room, high + room)
    line = axes.plot(ends, ends, color=GREY, linewidth=1, linestyle=(0, (2, 2)))[0]
    axes.plot(truth, predicted, "o", **_point_look(len(truth)))
    put_legend(axes, [line], ["predicted = true"], loc="upper left", fontsize=8)
    axes.set(xlabel=f"true {quantity}", ylabel=f"predicted {quantity}", xlim=ends, ylim=ends, aspect="equal")
    axes.grid()


def _draw_error(axes: "Axes", predicted: np.ndarray, error: np.ndarray, name: str, unit: str) -> None:
    axes.plot(predicted, error, "o", **_point_look(len(error)))
    axes.axhline(0, color=GREY, linewidth=1)
    bias = axes.axhline(error.mean(), color=RED, linewidth=1.2, linestyle=(0, (4, 2)))
    put_legend(axes, [bias], [f"mean {error.mean():.3g}"], loc="best", fontsize=8)
    axes.set(xlabel=f"predicted {_with_unit(name, unit)}", ylabel=_with_unit("predicted − true", unit))
    axes.grid(axis="y")


def _point_look(count: int) -> dict:
    return {
        "color": BLUE,
        "markersize": 4 if count <= 2000 else 2,
        "alpha": 0.6 if count <= 500 else 0.25,
        "markeredgewidth": 0,
    }


def _with_unit(name: str, unit: str) -> str:
    return f"{shorten(name, 30)} ({shorten(unit, 16)})" if unit else shorten(name, 40)
