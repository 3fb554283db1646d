"""A contact sheet: pictures in rows and columns with lines of text above each."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import DPI, GREY, INK, Pasted, new_figure, save_figure

_WIDTH, _LINE, _GAP, _TITLE, _MARGIN = 1.45, 0.16, 0.2, 0.62, 0.15
"""Inches: a picture's width, a line of text, the space between, the head, the edge."""

LETTERS = 22
"""So many letters fit above a picture."""

Caption = tuple[tuple[str, str], ...]
"""Lines of text with their colours."""


def as_pictures(samples: np.ndarray, low: float, high: float) -> np.ndarray:
    """Samples (n, h, w), with one, three or four channels last or first → (n, h, w, 3 | 4) uint8.

    low, high: the values drawn as black and white; what lies outside is drawn so too.
    """
    images = np.asarray(samples, np.float32)
    if images.ndim == 3:
        images = images[..., None]
    if images.shape[-1] not in (1, 3, 4) and images.shape[1] in (1, 3, 4):
        images = np.moveaxis(images, 1, -1)
    images = images.reshape(*images.shape[:3], -1)
    if images.shape[-1] not in (3, 4):
        images = images[..., :1].repeat(3, axis=-1)
    return (255 * np.clip((images - low) / ((high - low) or 1), 0, 1)).astype(np.uint8)


class Sheet:
    """A figure laid out in inches. Pictures are pasted in the end: drawing one takes as long as its captions."""

    def __init__(
        self, columns: int, rows: int, image_shape: tuple[int, ...], lines: int = 2, left: float = 0.0
    ):
        self.height = float(np.clip(_WIDTH * image_shape[0] / image_shape[1], 0.5, 2.5))
        self.left = _MARGIN + left
        self._text = _LINE * lines + 0.05
        width = self.left + columns * (_WIDTH + _GAP) - _GAP + _MARGIN
        tall = _TITLE + rows * (self.height + self._text + _GAP) - _GAP + _MARGIN
        self.figure = new_figure(max(width, 5.2), tall, arranged=False)
        self._pictures: list[Pasted] = []
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, max(width, 5.2)), ylim=(tall, 0))
        self._axes.set_axis_off()

    def title(self, text: str, explanation: str) -> None:
        """The head: bold title, and a line that says how to read the captions."""
        self._axes.text(_MARGIN, 0.13, text, fontsize=11, fontweight="bold", va="top")
        self._axes.text(_MARGIN, 0.36, explanation, fontsize=8.5, color=GREY, va="top")

    def put(self, row: int, column: int, picture: np.ndarray, caption: Caption = ()) -> None:
        """One picture of `as_pictures`, its aspect kept, and the lines above it."""
        x = self.left + column * (_WIDTH + _GAP)
        y = _TITLE + row * (self.height + self._text + _GAP)
        for number, (line, color) in enumerate(caption):
            self._axes.text(x, y + _LINE * number, line, fontsize=8, color=color, va="top")
        self._place(picture, x, y + self._text)

    def _place(self, picture: np.ndarray, x: float, y: float) -> None:
        scale = DPI * min(_WIDTH / picture.shape[1], self.height / picture.shape[0])
        self._pictures.append((round(DPI * x), round(DPI * y), _enlarge(picture, scale)))

    def name_row(self, row: int, text: str) -> None:
        """A word to the left of a row."""
        y = _TITLE + row * (self.height + self._text + _GAP) + self._text + self.height / 2
        self._axes.text(_MARGIN, y, text, fontsize=9, color=INK, va="center")

    def save(self, path: Path) -> Path:
        """Write the sheet. Raises StorageError."""
        width, height = self.figure.get_size_inches()
        self._axes.set(xlim=(0, width), ylim=(height, 0))
        return save_figure(self.figure, path, self._pictures)


def _enlarge(picture: np.ndarray, scale: float) -> np.ndarray:
    """(h, w, 3 | 4) uint8 → (scale · h, scale · w, 3) by the nearest pixel, at least one, on white."""
    sizes = [max(1, round(scale * size)) for size in picture.shape[:2]]
    rows, columns = (np.arange(new) * old // new for new, old in zip(sizes, picture.shape[:2], strict=True))
    large = picture[rows][:, columns]
    if large.shape[-1] == 3:
        return large
    share = large[..., 3:] / 255
    return np.rint(share * large[..., :3] + 255 * (1 - share)).astype(np.uint8)


def fit_words(parts: Sequence[str], between: str, length: int = LETTERS) -> tuple[int, ...]:
    """How many letters each part may keep so that all fit on one line; what one leaves the others get."""
    room = length - len(between) * (len(parts) - 1)
    keep = [0] * len(parts)
    for left, at in zip(range(len(parts), 0, -1), np.argsort([len(part) for part in parts]), strict=True):
        keep[at] = min(len(parts[at]), max(2, room // left))
        room -= keep[at]
    return tuple(keep)
