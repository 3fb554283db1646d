"""Learning curves of many networks: the best in colour with the spread of their repeats, the others grey."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import SILVER, drawing, explain, new_figure, save_figure, shorten
from nnlab.evaluation.figures.overlay import Curve, Measure, draw_curves, explain_curves, summarise
from nnlab.evaluation.figures.scoreboard import Scoreboard, list_beside, size_beside


def draw_learning(
    board: Scoreboard, curves: Mapping[int, Curve], measure: Measure, title: str, path: Path
) -> Path:
    """The course of networks of the board, by their places on it. Raises StorageError.

    Those that have no curve here are counted, not drawn.
    """
    from matplotlib.lines import Line2D

    leading = [place for place in board.leading if place in curves]
    rest = [place for place in board.order if place in curves and place not in leading]
    lines = [Line2D([], [], color=board.color(place)) for place in leading]
    names = [board.name(place) for place in leading]
    if rest:
        lines.append(Line2D([], [], color=SILVER, linewidth=1))
        names.append(_name_rest(len(rest), len(board.order) - len(leading)))
    width, height = size_beside(names)
    with drawing():
        figure = new_figure(5.8 + width, max(4.4, 1.2 + height), shorten(title, 80))
        axes = figure.subplots()
        shown = [curves[place] for place in leading]
        draw_curves(axes, shown, measure)
        for place in rest:
            values = summarise(np.atleast_2d(curves[place].values))[0] * (100 if measure.percent else 1)
            dot = "o" if len(values) == 1 else ""
            axes.plot(
                curves[place].steps, values, color=SILVER, linewidth=1, marker=dot, markersize=4, zorder=0.5
            )
        axes.set(xlabel="epoch", ylabel=measure.words)
        explain(figure, f"{board.explain()}\n{explain_curves(shown)}")
        list_beside(axes, lines, names)
        return save_figure(figure, path)


def _name_rest(drawn: int, total: int) -> str:
    return f"the {drawn} others" if drawn == total else f"{drawn} of the {total} others"
