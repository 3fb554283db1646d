"""Any picture into the array that a network of pictures takes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.predicting.drawings import BOX, Invert, frame_drawing, is_dark_on_light
from nnlab.predicting.model_input import ModelInput

if TYPE_CHECKING:
    from PIL import Image

_COARSE = 16
"""Below this side a frame has no room for MNIST's margin; the 8×8 digits of UCI fill their frame."""


@dataclass(frozen=True)
class Prepared:
    """A raw sample in the network's shape and dtype, a line on what was done, and whether it was inverted."""

    values: np.ndarray
    note: str
    inverted: bool


def prepare_picture(
    image: "Image.Image", wanted: ModelInput, drawing: bool, invert: Invert = "auto"
) -> Prepared:
    """Bring an opened picture into the network's shape, dtype and range of values.

    A picture of the exact size and polarity passes untouched. drawing: grey samples are drawn signs, light on
    dark, to be framed as MNIST's; other pictures keep their aspect and lose what sticks out of the frame.
    Raises DataError where nothing is drawn.
    """
    size = wanted.shape[0], wanted.shape[1]
    exact = (image.height, image.width) == size
    if not wanted.is_grey:
        values, note = _colour(image, size), "exact size" if exact else _cut_note(image, size)
        return _prepared(values, note + (", inverted" if invert == "yes" else ""), wanted, invert == "yes")
    if exact:
        return _exact(image, wanted, invert)
    if drawing:
        values, dark = frame_drawing(image, size, BOX if min(size) >= _COARSE else 1.0, invert)
        return _prepared(
            values, f"{_polarity(dark)}; cropped to the drawing and centred", wanted, inverted=False
        )
    grey = _cut(image.convert("L"), size)
    dark = _is_dark(grey, invert)
    return _prepared(grey, f"{_polarity(dark)}; {_cut_note(image, size)}", wanted, dark)


def _exact(image: "Image.Image", wanted: ModelInput, invert: Invert) -> Prepared:
    grey = np.asarray(image.convert("L"), np.float64) / 255
    dark = _is_dark(grey, invert)
    return _prepared(grey, f"{_polarity(dark)}; exact size", wanted, dark)


def _is_dark(grey: np.ndarray, invert: Invert) -> bool:
    return is_dark_on_light(grey) if invert == "auto" else invert == "yes"


def _polarity(dark: bool) -> str:
    return "dark on light: inverted" if dark else "light on dark: not inverted"


def _colour(image: "Image.Image", size: tuple[int, int]) -> np.ndarray:
    return _cut(image.convert("RGB"), size)


def _cut(image: "Image.Image", size: tuple[int, int]) -> np.ndarray:
    """Scaled until it covers the frame and cut around its middle, float from 0 to 1."""
    from PIL import Image, ImageOps

    return np.asarray(ImageOps.fit(image, (size[1], size[0]), Image.Resampling.LANCZOS), np.float64) / 255


def _cut_note(image: "Image.Image", size: tuple[int, int]) -> str:
    cut = "" if image.width * size[0] == image.height * size[1] else ", the middle cut out"
    return f"resized from {image.height}×{image.width}{cut}"


def _prepared(values: np.ndarray, note: str, wanted: ModelInput, inverted: bool) -> Prepared:
    """From 0…1 to the network's own values; whole numbers are rounded."""
    values = wanted.low + (1 - values if inverted else values) * (wanted.high - wanted.low)
    if np.issubdtype(np.dtype(wanted.dtype), np.integer):
        values = values.round()
    return Prepared(values.astype(wanted.dtype).reshape(wanted.shape), note, inverted)
