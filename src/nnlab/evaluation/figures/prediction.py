"""Single predictions: what the network saw, and what it took it for."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, INK, PALE, drawing, new_figure, save_figure, shorten
from nnlab.evaluation.figures.sheet import LETTERS, Sheet, as_pictures
from nnlab.evaluation.probabilities import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Ranked = Sequence[tuple[str, float]]
"""Class names with their probabilities, the most probable first."""

SHOWN_PREDICTIONS = 50
_BARS = 5
_WIDTH, _ROW = 5.8, 2.1


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
    rest = (
        f"The first {len(shown)} of {len(predictions)} predictions" if len(predictions) > len(shown) else ""
    )
    head = 0.35 if rest else 0.0
    with drawing():
        figure = new_figure(_WIDTH, head + _ROW * len(shown), rest, arranged=False)
        for row, (title, image, ranked) in enumerate(shown):
            top = head + _ROW * row
            picture, bars = _place(figure, 0.12, top + 0.35, 1.6), _place(figure, 3.4, top + 0.35, 2.1)
            picture.set_title(shorten(title, 72), fontweight="bold")
            _draw_image(picture, image)
            _draw_bars(bars, ranked[:_BARS])
        return save_figure(figure, path)


def draw_restorations(pairs: Sequence[tuple[str, np.ndarray, np.ndarray]], path: Path) -> Path:
    """What a network was shown, and what it gave back, one a row; of more than SHOWN_PREDICTIONS the first.

    pairs: a title and two pictures uint8, (h, w) or (h, w, 3). Raises StorageError where `path` cannot be written.
    """
    shown = pairs[:SHOWN_PREDICTIONS]
    with drawing():
        sheet = Sheet(2, len(shown), shown[0][1].shape, lines=1)
        rest = f"the first {len(shown)} of {len(pairs)}" if len(pairs) > len(shown) else ""
        sheet.title("Shown to the network, and given back", rest)
        for row, (title, before, after) in enumerate(shown):
            for column, (picture, words) in enumerate(((before, title), (after, "given back"))):
                caption = ((shorten(words, LETTERS), INK),)
                sheet.put(row, column, as_pictures(picture[None], 0, 255)[0], caption)
        return sheet.save(path)


def _place(figure: "Figure", left: float, top: float, width: float) -> "Axes":
    """Axes of a row's height, at so many inches from the top left."""
    wide, tall = figure.get_size_inches()
    height = _ROW - 0.5
    return figure.add_axes((left / wide, 1 - (top + height) / tall, width / wide, height / tall))


def _draw_image(axes: "Axes", image: np.ndarray) -> None:
    image = np.asarray(image, np.float32)
    picture = as_pictures(image[None], min(0.0, float(image.min())), float(image.max()))[0]
    axes.imshow(picture, interpolation="nearest")
    axes.set_anchor("NW")
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
