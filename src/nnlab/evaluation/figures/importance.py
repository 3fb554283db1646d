"""How much of the scores' variance goes with each key in which networks differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, SILVER, drawing, explain, new_figure, save_figure, shorten


@dataclass(frozen=True)
class Share:
    """A part of the variance of the scores, between 0 and 1. of_key: it goes with one key alone."""

    name: str
    share: float
    of_key: bool = True


def draw_importance(shares: Sequence[Share], explanation: str, title: str, path: Path) -> Path:
    """The shares as bars in per cent, keys first, the largest first; what goes with no key in grey."""
    ordered = sorted(shares, key=lambda share: (not share.of_key, -share.share))
    longest = max(len(shorten(share.name, 40)) for share in ordered)
    with drawing():
        figure = new_figure(max(6.2, 4.4 + 0.075 * longest), 1.45 + 0.34 * len(ordered), shorten(title, 80))
        axes = figure.subplots()
        places, values = np.arange(len(ordered)), np.array([100 * share.share for share in ordered])
        axes.barh(places, values, color=[BLUE if share.of_key else SILVER for share in ordered], height=0.62)
        for place, value in zip(places, values, strict=True):
            axes.annotate(f"{value:.0f} %", (value, place), (4, 0), textcoords="offset points", va="center")
        axes.set_yticks(places, [shorten(share.name, 40) for share in ordered])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set(xlim=(0, max(10, 1.12 * values.max())), xlabel="share of the variance of the scores (%)")
        explain(figure, explanation)
        axes.grid(axis="x")
        return save_figure(figure, path)
