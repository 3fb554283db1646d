"""The course of training, epoch by epoch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import (
    BLUE,
    GREY,
    RED,
    new_figure,
    place_axes,
    put_legend,
    save_figure,
    shorten,
)
from nnlab.evaluation.figures.lettering import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

_VALIDATION = "val_"
_RATES = ("learning_rate", "lr")


def draw_history(history: Mapping[str, Sequence[float]], name: str, path: Path, leak: bool = False) -> Path:
    """One panel for the loss and one for each metric: training, validation, and the best epoch marked.

    The best epoch is the one of lowest validation loss, or of lowest training loss without validation.
    leak: validation was on the test set, and the figure says so.
    """
    panels = list_panels(history)
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    best = find_best_epoch(history)
    size, title = (max(5.2, 4.0 * columns), 0.5 + 2.9 * rows), f"Training history: {shorten(name, 40)}"
    figure = new_figure(*size, title, arranged=False)
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, panel in zip(grid, panels, strict=False):
        _draw_panel(axes, history, panel, best, legend=panel == panels[0])
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    if leak:
        grid[0].set_title("validation is the test set: a leak", color=RED)
    left = 0.4 + max(_width_of_numbers(axes.yaxis) for axes in grid[: len(panels)])
    place_axes(figure, left, 0.55, 0.15, 0.65 if leak else 0.45)
    return save_figure(figure, path)


def _width_of_numbers(axis: "Axis") -> float:
    """The longest number on an axis, in inches."""
    numbers = axis.get_major_formatter().format_ticks(list(axis.get_majorticklocs()))
    return max((width_of(number) for number in numbers), default=0.0)


def list_panels(history: Mapping[str, Sequence[float]]) -> list[str]:
    """What is worth a panel, the loss first: every series but a learning rate that never changes."""
    names = dict.fromkeys(name.removeprefix(_VALIDATION) for name, values in history.items() if len(values))
    moving = [name for name in names if name not in _RATES or len(set(history[name])) > 1]
    return sorted(moving, key=lambda name: (name != "loss", name in _RATES))


def find_best_epoch(history: Mapping[str, Sequence[float]]) -> int | None:
    """The epoch, from 1, of the lowest finite validation loss (or else training loss); None without any."""
    losses = np.asarray(history.get("val_loss") or history.get("loss") or [], np.float64)
    finite = np.where(np.isfinite(losses), losses, np.inf)
    return int(finite.argmin()) + 1 if np.isfinite(finite).any() else None


def _draw_panel(
    axes: "Axes", history: Mapping[str, Sequence[float]], name: str, best: int | None, legend: bool
) -> None:
    from matplotlib.ticker import MaxNLocator

    series = {"training": history.get(name), "validation": history.get(_VALIDATION + name)}
    shown = {label: values for label, values in series.items() if values}
    lines = [
        _draw_line(axes, values, RED if label == "validation" else BLUE) for label, values in shown.items()
    ]
    labels = [
        label if np.isfinite(values).any() else f"{label}: never finite" for label, values in shown.items()
    ]
    if best is not None:
        lines.append(axes.axvline(best, color=GREY, linewidth=1, linestyle=(0, (2, 2)), zorder=1))
        labels.append(f"best epoch: {best}")
    _mark_best(axes, shown, best)
    if legend:
        put_legend(axes, lines, labels, loc="best", fontsize=8)
    axes.set(xlabel="epoch", ylabel=shorten(name.replace("_", " "), 40))
    longest = max(len(values) for values in shown.values())
    axes.set_xlim(*((0.5, 1.5) if longest == 1 else (1 - 0.02 * longest, longest + 0.02 * longest)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y")


def _draw_line(axes: "Axes", values: Sequence[float], color: str) -> object:
    marker = "o" if len(values) <= 20 else ""
    return axes.plot(range(1, len(values) + 1), values, color=color, marker=marker, markersize=3.5)[0]


def _mark_best(axes: "Axes", shown: Mapping[str, Sequence[float]], best: int | None) -> None:
    values = list(shown.values())[-1]
    if best is not None and best <= len(values):
        color = RED if "validation" in shown else BLUE
        axes.plot(best, values[best - 1], "o", markersize=8, markerfacecolor="none", markeredgecolor=color)
