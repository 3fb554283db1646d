"""How the mistakes of two networks, A and B, differ: class by class, or in the error of each sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import (
    BLUE,
    GREY,
    RED,
    drawing,
    explain,
    new_figure,
    plain_decades,
    put_legend,
    save_figure,
    shorten,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_CLASSES = 40


@dataclass(frozen=True)
class Change:
    """A class: its name, how many test samples it has, how many B alone has right, and how many A alone."""

    name: str
    samples: int
    fixed: int
    broken: int


def draw_changes(classes: Sequence[Change], title: str, explanation: str, path: Path) -> Path:
    """For each class what B fixes, to the right, and what it breaks, to the left. Raises StorageError.

    Of very many classes those that change most.
    """
    shown = sorted(classes, key=lambda one: -(one.fixed + one.broken))[:SHOWN_CLASSES]
    shown = [one for one in classes if one in shown]
    few = f"the {len(shown)} classes of {len(classes)} that change most" if len(shown) < len(classes) else ""
    with drawing():
        figure = new_figure(7.2, 1.7 + 0.27 * len(shown), shorten(title, 80))
        axes = figure.subplots()
        _draw_bars(axes, shown)
        axes.set_yticks(range(len(shown)), [f"{shorten(one.name, 26)} ({one.samples})" for one in shown])
        axes.tick_params(axis="y", length=0)
        reach = 1.15 * max(1, *(max(one.fixed, one.broken) for one in shown))
        axes.set(xlim=(-reach, reach), ylim=(len(shown) - 0.4, -0.6))
        axes.set(xlabel="test samples", ylabel="class (test samples)")
        explain(figure, "\n".join(filter(None, (explanation, few))))
        return save_figure(figure, path)


def _draw_bars(axes: "Axes", shown: Sequence[Change]) -> None:
    from matplotlib.ticker import MaxNLocator

    sides = []
    for side, align, color in ((-1, "right", RED), (1, "left", BLUE)):
        values = [one.fixed if side > 0 else one.broken for one in shown]
        sides.append(
            axes.barh(range(len(shown)), [side * value for value in values], height=0.66, color=color)
        )
        look = {"textcoords": "offset points", "ha": align, "va": "center", "fontsize": 8, "color": GREY}
        for row, value in enumerate(values):
            axes.annotate(str(value), (side * value, row), (side * 4, 0), **look)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "ncols": 2, "borderaxespad": 0.1}
    put_legend(axes, sides, ["A right, B wrong", "A wrong, B right"], **place)


def draw_closeness(
    first: np.ndarray, second: np.ndarray, measure: str, title: str, explanation: str, path: Path
) -> Path:
    """Each test sample by its error under A and under B, (n,) both; below the line B is closer. StorageError.

    On logarithmic axes, where an error of 0 is drawn as the smallest that is not.
    """
    both = np.concatenate([first, second])
    floor = both[both > 0].min() if (both > 0).any() else 1e-9
    with drawing():
        figure = new_figure(5.6, 5.6, shorten(title, 60))
        axes = figure.subplots()
        ends = (float(floor) / 1.3, float(max(both.max(), floor)) * 1.3)
        line = axes.plot(ends, ends, color=GREY, linewidth=1, linestyle=(0, (2, 2)))[0]
        size = 4 if len(first) <= 2000 else 2
        look = {"markersize": size, "alpha": 0.5, "markeredgewidth": 0}
        axes.plot(np.maximum(first, floor), np.maximum(second, floor), "o", color=BLUE, **look)
        axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, aspect="equal")
        for axis in (axes.xaxis, axes.yaxis):
            plain_decades(axis, *ends)
        axes.set(xlabel=f"A: {shorten(measure, 50)}", ylabel=f"B: {shorten(measure, 50)}")
        put_legend(axes, [line], ["equally close; below it B is closer"], loc="upper left", fontsize=8)
        axes.grid()
        explain(figure, explanation)
        return save_figure(figure, path)
