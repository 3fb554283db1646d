"""Single predictions: what the network saw, and what it took it for."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, PALE, drawing, new_figure, percent, save_figure, shorten
from nnlab.evaluation.figures.sheet import as_pictures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Ranked = Sequence[tuple[str, float]]
"""Class names with their probabilities, the most probable first."""

SHOWN_PREDICTIONS = 100
_BARS = 5


def draw_prediction(image: np.ndarray, ranked: Ranked, path: Path, title: str = "") -> Path:
    """One image, (h, w) or (h, w, channels), as the network saw it beside its most probable classes.

    title: what stands above it, such as the file's name. Raises StorageError where `path` cannot be written.
    """
    return draw_predictions([(title, image, ranked)], path)


def draw_predictions(predictions: Sequence[tuple[str, np.ndarray, Ranked]], path: Path) -> Path:
    """Several (title, image, ranked) in one picture, one a row; of more than SHOWN_PREDICTIONS the first.

    Raises StorageError where `path` cannot be written.
    """
    shown = predictions[:SHOWN_PREDICTIONS]
    left_out = len(predictions) - len(shown)
    with drawing():
        head = f"The first {len(shown)} of {len(predictions)} predictions" if left_out else ""
        figure = new_figure(5.6, 0.35 + 2.05 * len(shown), head)
        rows = figure.subplots(len(shown), 2, squeeze=False, width_ratios=(1, 1.7))
        for (picture, bars), (title, image, ranked) in zip(rows, shown, strict=True):
            picture.set_title(shorten(title, 60), fontweight="bold")
            _draw_image(picture, image)
            _draw_bars(bars, ranked[:_BARS])
        return save_figure(figure, path)


def _draw_image(axes: "Axes", image: np.ndarray) -> None:
    image = np.asarray(image, np.float32)
    picture = as_pictures(image[None], min(0.0, float(image.min())), float(image.max()))[0]
    axes.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_axis_off()


def _draw_bars(axes: "Axes", ranked: Ranked) -> None:
    chances = [float(chance) for _, chance in ranked]
    rows = range(len(ranked))
    axes.barh(rows, chances, height=0.6, color=[BLUE] + [PALE] * (len(ranked) - 1))
    axes.set_yticks(rows, [shorten(name, 22) for name, _ in ranked])
    axes.set(xlim=(0, 1.25), ylim=(_BARS - 0.4, -0.6), xticks=[])
    for row, chance in zip(rows, chances, strict=True):
        axes.text(chance + 0.02, row, percent(chance), va="center", fontsize=8.5)
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
