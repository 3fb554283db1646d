"""Digits drawn with a round pen, as a person would draw them in a painting program."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

Stroke = list[tuple[float, float]]


def arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Stroke:
    angles = np.radians(np.linspace(start, end, 24))
    return [(x + width * np.cos(angle), y + height * np.sin(angle)) for angle in angles]


STROKES: dict[int, list[Stroke]] = {
    0: [arc(0.5, 0.5, 0.32, 0.48, 0, 360)],
    1: [[(0.35, 0.2), (0.52, 0.03), (0.52, 0.97)]],
    2: [[*arc(0.5, 0.28, 0.3, 0.26, -170, 40), (0.15, 0.97), (0.85, 0.97)]],
    3: [arc(0.45, 0.26, 0.3, 0.24, -150, 80) + arc(0.45, 0.73, 0.34, 0.25, -80, 150)],
    4: [[(0.62, 0.97), (0.62, 0.03), (0.12, 0.65), (0.88, 0.65)]],
    5: [[(0.8, 0.04), (0.28, 0.04), (0.23, 0.45), *arc(0.47, 0.67, 0.32, 0.29, -130, 140)]],
    6: [[(0.68, 0.03), (0.35, 0.4), *arc(0.48, 0.7, 0.27, 0.27, -160, 200)]],
    7: [[(0.13, 0.05), (0.85, 0.05), (0.42, 0.97)]],
    8: [arc(0.5, 0.26, 0.23, 0.23, 0, 360), arc(0.5, 0.73, 0.29, 0.25, 0, 360)],
    9: [[*arc(0.48, 0.3, 0.26, 0.26, 0, 360), (0.74, 0.3), (0.66, 0.97)]],
}


def draw_digit(
    digit: int,
    size: tuple[int, int] = (300, 200),
    box: tuple[int, int, int, int] = (100, 25, 200, 175),
    pen: int = 16,
    ink: Any = 20,
    paper: Any = 240,
) -> Image.Image:
    """The digit inside `box` of a picture of `size`; grey for numbers, colour for triples."""
    mode, sharp = "RGB" if isinstance(ink, tuple) else "L", 3
    image = Image.new(mode, (size[0] * sharp, size[1] * sharp), paper)
    brush = ImageDraw.Draw(image)
    left, top, right, bottom = (sharp * side for side in box)
    for stroke in STROKES[digit]:
        points = [(left + x * (right - left), top + y * (bottom - top)) for x, y in stroke]
        brush.line(points, fill=ink, width=pen * sharp, joint="curve")
        for x, y in (points[0], points[-1]):
            reach = pen * sharp / 2
            brush.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)
    return image.resize(size, Image.Resampling.BOX)


def light(image: Image.Image, sharp: bool = False) -> Image.Image:
    """The picture as a camera takes it in uneven light, with noise; or half in a sharp shadow."""
    pixels = np.asarray(image, np.float64)
    y, x = np.mgrid[0 : 1 : image.height * 1j, 0 : 1 : image.width * 1j]
    strength = np.where(x + 0.3 * y > 0.6, 1, 0.45) if sharp else 0.35 + 0.65 * (0.7 * x + 0.3 * y)
    noisy = pixels * strength + np.random.default_rng(0).normal(0, 5, pixels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


@pytest.fixture
def draw() -> Callable[..., Image.Image]:
    return draw_digit


@pytest.fixture
def lit() -> Callable[..., Image.Image]:
    return light
