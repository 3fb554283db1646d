"""The score of many networks over each key in which they differ."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import (
    BLUE,
    GREY,
    INK,
    RED,
    SKY,
    drawing,
    explain,
    new_figure,
    save_figure,
    shorten,
)
from nnlab.evaluation.figures.scoreboard import Scoreboard
from nnlab.evaluation.figures.varied import Varied, lay_along

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 9
"""So many keys have a panel."""
_FEW = 8
"""Up to so many values of a key have their mean drawn."""


def draw_by_key(board: Scoreboard, keys: Sequence[Varied], title: str, path: Path) -> Path:
    """A panel for each key: every network as a point, the mean of each value as a dash. Raises StorageError.

    A network without the key is not in its panel.
    """
    shown = keys[:SHOWN]
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    with drawing():
        figure = new_figure(max(5.2, 0.5 + 2.9 * columns), 0.75 + 2.7 * rows, shorten(title, 80))
        grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
        for axes, key in zip(grid.flat, shown, strict=False):
            _draw_panel(axes, board, key)
        for axes in list(grid.flat)[len(shown) :]:
            axes.set_axis_off()
        for axes in grid[:, 0]:
            axes.set_ylabel(shorten(board.measure, 40))
        explain(figure, _explain(board, keys))
        return save_figure(figure, path)


def _draw_panel(axes: "Axes", board: Scoreboard, key: Varied) -> None:
    there = np.isfinite(key.places)
    x = key.places + _beside(board, key)
    look = {"markersize": 5, "capsize": 0, "elinewidth": 1, "alpha": 0.8, "markeredgewidth": 0}
    axes.errorbar(x[there], board.mean[there], board.std[there], fmt="o", color=BLUE, ecolor=SKY, **look)
    if len(key.levels) <= _FEW and len(key.levels) < there.sum():
        for level in key.levels:
            _draw_mean(axes, key, level, board.mean[key.places == level])
    best = board.order[0]
    if there[best]:
        ring = {"markersize": 10, "markerfacecolor": "none", "color": RED, "clip_on": False}
        axes.plot(x[best], board.mean[best], "o", **ring)
    lay_along(axes, key)
    if missing := len(there) - int(there.sum()):
        axes.set_title(f"{missing} without this key not shown", color=GREY, fontsize=8)
    axes.grid(axis="y")


def _beside(board: Scoreboard, key: Varied) -> np.ndarray:
    """How far each network is moved, (n,), so that those of one word stand side by side in the order of scores."""
    moved = np.zeros(len(key.places))
    for level in key.levels if key.words else ():
        group = np.flatnonzero(key.places == level)
        ranks = np.argsort(np.argsort(board.mean[group], kind="stable"))
        moved[group] = (ranks - (len(group) - 1) / 2) * min(0.08, 0.6 / len(group))
    return moved


def _draw_mean(axes: "Axes", key: Varied, level: float, scores: np.ndarray) -> None:
    if len(scores) > 1:
        wide = 22 if len(key.levels) < 5 else 13
        axes.plot([level], [scores.mean()], "_", color=INK, markersize=wide, markeredgewidth=1.5)


def _explain(board: Scoreboard, keys: Sequence[Varied]) -> str:
    few = f"the first {SHOWN} of {len(keys)} keys" if len(keys) > SHOWN else ""
    said = f"dash: mean of the networks with that value; ring: the best, {board.best}"
    return f"{board.explain(few, board.spread)}\n{said}"
