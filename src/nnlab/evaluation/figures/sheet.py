"""A contact sheet: pictures in rows and columns with lines of text above each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.evaluation.figures.canvas import DPI, GREY, blank, enlarge, save_picture
from nnlab.evaluation.figures.lettering import Lettering, write_all

_WIDTH, _LINE, _GAP, _TITLE, _MARGIN, _LEAST = 1.45, 0.16, 0.2, 0.62, 0.15, 5.2
"""Inches: a picture's width, a line of text, the space between, the head, the edge, and what a title needs."""

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
    """A picture laid out in inches, put together from pictures and letterings: no axes, nothing to arrange."""

    def __init__(
        self, columns: int, rows: int, image_shape: tuple[int, ...], lines: int = 2, left: float = 0.0
    ):
        self.height = float(np.clip(_WIDTH * image_shape[0] / image_shape[1], 0.5, 2.5))
        self.left = _MARGIN + left
        self._text = _LINE * lines + 0.05
        width = self.left + columns * (_WIDTH + _GAP) - _GAP + _MARGIN
        tall = _TITLE + rows * (self.height + self._text + _GAP) - _GAP + _MARGIN
        self._paper = blank(round(DPI * max(width, _LEAST)), round(DPI * tall))
        self._texts: list[Lettering] = []

    def title(self, text: str, explanation: str) -> None:
        """The head: bold title, and a line that says how to read the captions."""
        self._write(_MARGIN, 0.11, text, size=11, bold=True)
        self._write(_MARGIN, 0.33, explanation, size=8.5, color=GREY)

    def put(self, row: int, column: int, picture: np.ndarray, caption: Caption = ()) -> None:
        """One picture of `as_pictures`, its aspect kept, and the lines above it."""
        x = self.left + column * (_WIDTH + _GAP)
        y = _TITLE + row * (self.height + self._text + _GAP)
        for number, (line, color) in enumerate(caption):
            self._write(x, y + _LINE * number, line, size=8, color=color)
        self._place(picture, x, y + self._text)

    def _place(self, picture: np.ndarray, x: float, y: float) -> None:
        height, width = picture.shape[:2]
        scale = DPI * min(_WIDTH / width, self.height / height)
        large = enlarge(_on_white(picture), scale * height, scale * width)
        self._paper.paste(large, (round(DPI * x), round(DPI * y)))

    def name_row(self, row: int, text: str) -> None:
        """A word to the left of a row."""
        y = _TITLE + row * (self.height + self._text + _GAP) + self._text + self.height / 2
        self._write(_MARGIN, y, text, anchor="lm")

    def _write(self, x: float, y: float, text: str, **look: Any) -> None:
        self._texts.append(Lettering(DPI * x, DPI * y, text, **look))

    def save(self, path: Path) -> Path:
        """Write the sheet. Raises StorageError."""
        write_all(self._paper, self._texts)
        return save_picture(self._paper, path)


def _on_white(picture: np.ndarray) -> np.ndarray:
    """(h, w, 3 | 4) uint8 → (h, w, 3)."""
    if picture.shape[-1] == 3:
        return picture
    share = picture[..., 3:] / 255
    return np.rint(share * picture[..., :3] + 255 * (1 - share)).astype(np.uint8)


def fit_words(parts: Sequence[str], between: str, length: int = LETTERS) -> tuple[int, ...]:
    """How many letters each part may keep so that all fit on one line; what one leaves the others get."""
    room = length - len(between) * (len(parts) - 1)
    keep = [0] * len(parts)
    for left, at in zip(range(len(parts), 0, -1), np.argsort([len(part) for part in parts]), strict=True):
        keep[at] = min(len(parts[at]), max(2, room // left))
        room -= keep[at]
    return tuple(keep)
