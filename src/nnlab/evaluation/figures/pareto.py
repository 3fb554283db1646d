"""What more parameters or more time buy: each network's score over its cost, and the best at every cost."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.figures.canvas import (
    GREY,
    INK,
    SILVER,
    drawing,
    explain,
    new_figure,
    plain_decades,
    save_figure,
    shorten,
    write_number,
)
from nnlab.evaluation.figures.scoreboard import Scoreboard, list_beside, size_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LISTED = 10
"""So many networks of the front are named."""
_CLOSE = 14
"""Pixels in which two numbers have no room."""


@dataclass(frozen=True)
class Cost:
    """What networks cost: a name with its unit, and of each the amount, (n,) above 0."""

    name: str
    amounts: np.ndarray


def find_front(cost: np.ndarray, score: np.ndarray, grows: bool) -> np.ndarray:
    """The places that no other beats, cheapest first: none costs as little and scores better, or less and as well.

    cost, score: (n,). Of equal pairs the first is kept. A Pareto front (Pareto 1896) for two aims.
    """
    value = score if grows else -score
    front: list[int] = []
    for place in np.lexsort((-value, cost)):
        if not front or value[place] > value[front[-1]]:
            front.append(int(place))
    return np.array(front)


def draw_pareto(board: Scoreboard, cost: Cost, title: str, path: Path) -> Path:
    """Every network over its cost; the front is a line, its best named beside it. Raises StorageError."""
    front = find_front(cost.amounts, board.mean, board.grows)
    names = [board.name(int(place)) for place in front[-_LISTED:]]
    if cheaper := len(front) - len(names):
        names[-1] += f"\n… and {cheaper} cheaper on the line"
    width, height = size_beside(names)
    with drawing():
        figure = new_figure(5.6 + width, max(4.4, 1.2 + height), shorten(title, 80))
        axes = figure.subplots()
        _scale(axes, cost)
        handles = _draw_front(axes, board, cost, front)
        axes.set(xlabel=cost.name, ylabel=shorten(board.measure, 40))
        note = "line: no other network is both cheaper and better"
        explain(figure, f"{board.explain(board.spread)}\n{note}")
        axes.grid()
        list_beside(axes, handles[-_LISTED:], names)
        return save_figure(figure, path)


def _draw_front(axes: "Axes", board: Scoreboard, cost: Cost, front: np.ndarray) -> list[Any]:
    """All points, the line, and the numbers of those on it; a handle for each of these."""
    far = float(cost.amounts.max())
    x, y = np.append(cost.amounts[front], far), np.append(board.mean[front], board.mean[front[-1]])
    axes.plot(x, y, color=GREY, linewidth=1, drawstyle="steps-post", zorder=1)
    rest = np.setdiff1d(np.arange(len(board.mean)), front)
    look: dict[str, Any] = {"fmt": "o", "capsize": 0, "elinewidth": 1}
    axes.errorbar(
        cost.amounts[rest],
        board.mean[rest],
        board.std[rest],
        color=SILVER,
        markersize=5,
        zorder=0,
        **look,
    )
    handles = []
    for place in map(int, front):
        color = board.color(place) or INK
        point = (cost.amounts[place], board.mean[place])
        handles.append(
            axes.errorbar(*point, board.std[place], color=color, markersize=7, zorder=3, **look)[0]
        )
    shown = front[-_LISTED:]
    ranks = [board.order.index(place) + 1 for place in map(int, shown)]
    _write_ranks(axes, ranks, cost.amounts[shown], board.mean[shown])
    return handles


def _scale(axes: "Axes", cost: Cost) -> None:
    low, high = float(cost.amounts.min()), float(cost.amounts.max())
    if high >= 10 * low:
        axes.set_xscale("log")
        plain_decades(axes.xaxis, low, high)
    else:
        axes.xaxis.set_major_formatter(lambda value, _: write_number(value))
    axes.margins(x=0.08, y=0.1)


def _write_ranks(axes: "Axes", ranks: list[int], x: np.ndarray, y: np.ndarray) -> None:
    """Each rank to the left of its point, or to the right where the one before stands close on that side."""
    axes.autoscale_view()
    points = axes.transData.transform(np.stack([x, y], axis=1))
    right = False
    for at, rank in enumerate(ranks):
        right = not right and at > 0 and bool(abs(points[at] - points[at - 1]).max() < _CLOSE)
        place = {"xytext": (7, -9), "ha": "left"} if right else {"xytext": (-7, 4), "ha": "right"}
        axes.annotate(str(rank), (x[at], y[at]), textcoords="offset points", fontsize=8.5, zorder=5, **place)
