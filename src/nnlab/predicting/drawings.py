"""A drawing or photograph of a digit, made to look as the digits of MNIST were made.

MNIST's digits are light on black, scaled into a box of 20×20 pixels and placed with their centre of mass in
the middle of 28×28 (LeCun, Bottou, Bengio, Haffner 1998, section III). Other sizes are treated in proportion.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nnlab.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

Invert = Literal["auto", "yes", "no"]
BOX = 20 / 28
"""The share of the side that a digit of MNIST fills."""

STROKE = 0.09
"""The least width of a stroke, as a share of the digit's longer side; MNIST's are about 2 pixels of 20."""

_WORK = 256
_WINDOW = 0.45
_LEAST_CONTRAST = 0.06
_LEAST_INNER = 0.1
_SPECK = 0.03
_DARKEST_PAPER = 0.15
_RING = 0.08


@dataclass(frozen=True)
class Ink:
    """How much ink there is, float (height, width) from 0 to 1, and whether it was darker than the rest."""

    amount: np.ndarray
    dark: bool


def frame_drawing(
    image: "Image.Image", shape: tuple[int, int], box: float, invert: Invert
) -> tuple[np.ndarray, bool]:
    """The drawing, float (height, width) from 0 to 1, light on dark, centred by mass; whether it was dark.

    box: the share of the frame that the drawing's longer side fills. Raises DataError where nothing is drawn.
    """
    ink = find_ink(image, invert)
    amount = _thicken(_crop(ink.amount))
    return _place(amount, shape, box), ink.dark


def find_ink(image: "Image.Image", invert: Invert) -> Ink:
    """Separate the ink from a background that may be lit unevenly. Raises DataError for an empty page."""
    from scipy import ndimage

    grey = _work_copy(image)
    dark = is_dark_on_light(grey) if invert == "auto" else invert == "yes"
    ink = _under_background(grey) if dark else _over_background(grey)
    if ink.max() < _LEAST_CONTRAST:
        raise DataError("nothing is drawn: one tone all over; a drawing that stands out from its background")
    threshold = otsu(ink)
    mask = _main_parts(ink > threshold)
    full = np.percentile(ink[mask], 60)
    amount = np.clip((ink - threshold / 2) / max(full - threshold / 2, 1e-6), 0, 1)
    return Ink(amount * ndimage.binary_dilation(mask, iterations=2), dark)


def _work_copy(image: "Image.Image") -> np.ndarray:
    """The picture in grey, float from 0 to 1, at most _WORK pixels a side, without the grain of a camera."""
    from PIL import Image
    from scipy import ndimage

    scale = _WORK / max(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BOX)
    grey = np.asarray(image.convert("L"), np.float64) / 255
    return ndimage.gaussian_filter(grey, max(grey.shape) / 400)


def is_dark_on_light(grey: np.ndarray) -> bool:
    """Whether what is drawn is darker than its background, which is what the picture's border shows.

    A surface of second order through the border stands for the background, so that a shadow is no ink.
    """
    rest = grey - _border_surface(grey)
    strongest = np.abs(rest) >= np.percentile(np.abs(rest), 92)
    return bool(rest[strongest].mean() < 0)


def _border_surface(grey: np.ndarray) -> np.ndarray:
    height, width = grey.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    edge = 1 - 2 * _RING
    ring = (np.abs(x) >= min(edge, 1.0)) | (np.abs(y) >= min(edge, 1.0))
    return terms @ np.linalg.lstsq(terms[ring], grey[ring], rcond=None)[0]


def _under_background(grey: np.ndarray) -> np.ndarray:
    """How much of the background's light is missing, so that paper in shadow and in the sun are the same."""
    background = 1 - _background(1 - grey)
    return np.clip(1 - grey / np.maximum(background, _DARKEST_PAPER), 0, 1)


def _over_background(grey: np.ndarray) -> np.ndarray:
    return np.clip(grey - _background(grey), 0, 1)


def _background(grey: np.ndarray) -> np.ndarray:
    """What is left of a picture when everything light and narrower than a part of it is taken away."""
    from scipy import ndimage

    window = max(3, round(_WINDOW * min(grey.shape)))
    opened = ndimage.grey_opening(grey, size=(window, window), mode="nearest")
    return ndimage.gaussian_filter(opened, window / 32, mode="nearest")


def otsu(values: np.ndarray) -> float:
    """The threshold that separates two groups of values best (Otsu 1979)."""
    counts, edges = np.histogram(values, bins=128)
    middles = (edges[:-1] + edges[1:]) / 2
    below, above = np.cumsum(counts), counts.sum() - np.cumsum(counts)
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1 + int(np.nanargmax(between[:-1]))])


def _main_parts(mask: np.ndarray) -> np.ndarray:
    """The mask without specks, and without what leans in from the border, where something else is left."""
    from scipy import ndimage

    found: Any = ndimage.label(mask, structure=np.ones((3, 3)))
    parts, count = found
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    sizes[0] = 0
    edges = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    inner = np.setdiff1d(np.arange(count + 1), edges)
    if sizes[inner].max(initial=0) >= _LEAST_INNER * sizes.max():
        sizes[edges] = 0
    return np.isin(parts, np.flatnonzero(sizes >= _SPECK * sizes.max()))


def _crop(amount: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero((amount > 0.5).any(axis=1)), np.flatnonzero((amount > 0.5).any(axis=0))
    return amount[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _thicken(amount: np.ndarray) -> np.ndarray:
    """Thin strokes widened to MNIST's pens, which would vanish when the drawing is made small."""
    from scipy import ndimage

    mask = amount > 0.5
    padded = np.pad(mask, 1)
    edge = padded & ~np.asarray(ndimage.binary_erosion(padded), bool)
    width = 2 * mask.sum() / max(edge.sum(), 1)
    missing = round((STROKE * max(amount.shape) - width) / 2)
    if missing < 1:
        return amount
    y, x = np.mgrid[-missing : missing + 1, -missing : missing + 1]
    return ndimage.grey_dilation(np.pad(amount, missing), footprint=x * x + y * y <= missing * missing)


def _place(amount: np.ndarray, shape: tuple[int, int], box: float) -> np.ndarray:
    """Scale into the box and put the centre of mass in the middle of the frame."""
    from PIL import Image
    from scipy import ndimage

    scale = box * min(shape) / max(amount.shape)
    height, width = (max(1, round(side * scale)) for side in amount.shape)
    small = Image.fromarray(amount.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    values = np.asarray(small) / max(float(np.asarray(small).max()), 1e-6)
    corner = np.subtract([(side - 1) / 2 for side in shape], ndimage.center_of_mass(values)).round()
    top, left = np.clip(corner, 0, np.subtract(shape, values.shape)).astype(int)
    frame = np.zeros(shape)
    frame[top : top + height, left : left + width] = values
    return frame
