"""Parallel coordinates: each network as a line across the keys in which they differ, to its score."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import (
    GREY,
    INK,
    drawing,
    explain,
    new_figure,
    save_figure,
    shorten,
    write_number,
)
from nnlab.evaluation.figures.scoreboard import Scoreboard
from nnlab.evaluation.figures.varied import Varied

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 7
"""So many keys have an axis."""
_MISSING = -0.13
"""Where a line passes an axis whose key its network has not."""


def draw_parallel(board: Scoreboard, keys: Sequence[Varied], title: str, path: Path) -> Path:
    """An axis for each key and the score last; the colour is the score, dark is better. Raises StorageError.

    Lines through the same value are drawn side by side.
    """
    shown = keys[:SHOWN]
    with drawing():
        figure = new_figure(2.7 + 1.1 * max(2, len(shown)), 4.6, shorten(title, 80), arranged=False)
        axes = _place_axes(figure, len(shown))
        heights = np.stack([*(_heights(board, key) for key in shown), _score_heights(board)])
        _draw_lines(axes, board, heights)
        for at, key in enumerate(shown):
            _draw_axis(axes, at, key.name, _key_ticks(key))
            if np.isnan(key.places).any():
                _write(axes, at, _MISSING, "no such key", GREY)
        _draw_axis(axes, len(shown), board.measure, _score_ticks(board))
        explain(figure, _explain(board, keys))
        return save_figure(figure, path)


def _explain(board: Scoreboard, keys: Sequence[Varied]) -> str:
    few = f"the first {SHOWN} of {len(keys)} keys" if len(keys) > SHOWN else ""
    better = f"dark: {'high' if board.grows else 'low'}, which is better"
    return f"{board.explain(few)}\n{better}; black dots: the best, {board.best}"


def _place_axes(figure: "Figure", keys: int) -> "Axes":
    width, height = figure.get_size_inches()
    axes = figure.add_axes((1.2 / width, 0.15 / height, 1 - 1.75 / width, 1 - 1.5 / height))
    axes.set(xlim=(0, keys), ylim=(-0.2, 1.04))
    axes.set_axis_off()
    return axes


def _heights(board: Scoreboard, key: Varied) -> np.ndarray:
    """Where each line crosses a key's axis, (n,): those that would lie on one another are moved a little apart."""
    found = key.fractions(key.places)
    heights = np.where(np.isnan(found), _MISSING, found)
    levels = np.unique(heights)
    gap = float(np.diff(levels).min()) if len(levels) > 1 else 1.0
    for level in levels:
        group = np.flatnonzero(heights == level)
        ranks = np.argsort(np.argsort(board.mean[group], kind="stable")) - (len(group) - 1) / 2
        heights[group] += ranks * min(0.012, min(0.06, 0.5 * gap) / len(group))
    return heights


def _score_heights(board: Scoreboard) -> np.ndarray:
    low, high = board.mean.min(), board.mean.max()
    return (board.mean - low) / (high - low) if high > low else np.full(len(board.mean), 0.5)


def _draw_lines(axes: "Axes", board: Scoreboard, heights: np.ndarray) -> None:
    from matplotlib import colormaps

    goodness = _score_heights(board) if board.grows else 1 - _score_heights(board)
    colors = colormaps["viridis_r"](0.08 + 0.9 * goodness)
    along, wide = np.arange(len(heights)), 1.6 if len(board.labels) <= 30 else 1.1
    for place in reversed(board.order):
        axes.plot(along, heights[:, place], color=colors[place], linewidth=wide, clip_on=False)
    best = board.order[0]
    axes.plot(along, heights[:, best], "o", color=INK, markersize=4.5, clip_on=False, zorder=4)


def _key_ticks(key: Varied) -> list[tuple[float, str]]:
    return [(float(key.fractions(np.array(place))), word) for place, word in key.ticks()]


def _score_ticks(board: Scoreboard) -> list[tuple[float, str]]:
    from matplotlib.ticker import MaxNLocator

    low, high = float(board.mean.min()), float(board.mean.max())
    if high == low:
        return [(0.5, write_number(low))]
    found = [value for value in MaxNLocator(6).tick_values(low, high) if low <= value <= high]
    return [((value - low) / (high - low), write_number(float(value))) for value in found]


def _draw_axis(axes: "Axes", at: int, name: str, ticks: Sequence[tuple[float, str]]) -> None:
    axes.plot([at, at], [0, 1], color=GREY, linewidth=1, zorder=0, clip_on=False)
    for height, word in ticks:
        axes.plot([at - 0.02, at], [height, height], color=GREY, linewidth=1, clip_on=False)
        _write(axes, at, height, word, INK)
    axes.text(at, 1.05, _broken(name), ha="center", va="bottom", fontsize=8.5)


def _broken(name: str) -> str:
    """A name on lines no wider than the way to the next axis, broken after dots and between words."""
    lines = textwrap.wrap(name.replace(".", ". "), 15, max_lines=3, break_long_words=False, placeholder=" …")
    return "\n".join(shorten(line.replace(". ", "."), 15) for line in lines)


def _write(axes: "Axes", at: int, height: float, word: str, color: str) -> None:
    """A value to the left of its axis, readable over lines."""
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8}
    axes.text(at - 0.04, height, word, ha="right", va="center", fontsize=8, color=color, bbox=box, zorder=5)
