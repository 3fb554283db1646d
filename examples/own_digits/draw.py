"""Draws the ten digits of this folder: strokes of a pen with a shaking hand, on paper, slate or in a photograph.

    python examples/own_digits/draw.py

Every digit is a few smooth lines through hand-placed points; size, pen, slant and background differ from one to
the next, as those of drawings that people send do.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.interpolate import splev, splprep

FOLDER = Path(__file__).parent
Points = list[tuple[float, float]]
STROKES: dict[int, list[Points]] = {
    0: [[(0.52, 0.05), (0.22, 0.2), (0.12, 0.55), (0.3, 0.92), (0.65, 0.9), (0.86, 0.5),
         (0.75, 0.15), (0.5, 0.05)]],
    1: [[(0.3, 0.25), (0.52, 0.08), (0.5, 0.5), (0.48, 0.95)]],
    2: [[(0.2, 0.25), (0.45, 0.06), (0.76, 0.25), (0.55, 0.58), (0.18, 0.92), (0.5, 0.9), (0.85, 0.92)]],
    3: [[(0.22, 0.14), (0.6, 0.06), (0.72, 0.28), (0.42, 0.46), (0.78, 0.66), (0.6, 0.94), (0.18, 0.86)]],
    4: [[(0.38, 0.06), (0.24, 0.36), (0.14, 0.6), (0.5, 0.6), (0.88, 0.58)],
        [(0.66, 0.3), (0.64, 0.6), (0.62, 0.96)]],
    5: [
        [(0.28, 0.1), (0.27, 0.28), (0.25, 0.46), (0.55, 0.42), (0.78, 0.64), (0.6, 0.92), (0.18, 0.9)],
        [(0.28, 0.1), (0.5, 0.09), (0.78, 0.08)],
    ],
    6: [[(0.66, 0.05), (0.34, 0.3), (0.2, 0.66), (0.4, 0.95), (0.72, 0.82), (0.66, 0.55),
         (0.4, 0.56), (0.24, 0.74)]],
    7: [[(0.16, 0.12), (0.5, 0.1), (0.84, 0.1)], [(0.84, 0.1), (0.66, 0.4), (0.52, 0.68), (0.42, 0.96)]],
    8: [
        [
            (0.7, 0.2), (0.46, 0.06), (0.3, 0.24), (0.5, 0.46), (0.74, 0.7),
            (0.5, 0.95), (0.26, 0.74), (0.48, 0.48), (0.72, 0.22), (0.6, 0.09),
        ]
    ],
    9: [[(0.74, 0.26), (0.5, 0.07), (0.28, 0.27), (0.46, 0.48), (0.72, 0.3), (0.72, 0.55), (0.62, 0.96)]],
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """What a digit is drawn on and with: pixels, a pen's width as a share of the height, grey levels 0–255."""

    width: int
    height: int
    pen: float
    ink: int
    ground: int
    slant: float = 0.0
    photographed: bool = False


SHEETS = {
    0: Sheet(160, 200, 0.06, 20, 245),
    1: Sheet(120, 150, 0.07, 245, 15, slant=0.12),
    2: Sheet(300, 260, 0.045, 45, 205, photographed=True),
    3: Sheet(90, 110, 0.08, 0, 255, slant=-0.1),
    4: Sheet(240, 240, 0.05, 60, 190, photographed=True),
    5: Sheet(140, 180, 0.09, 255, 0),
    6: Sheet(200, 160, 0.05, 30, 235, slant=0.2),
    7: Sheet(64, 64, 0.07, 230, 40),
    8: Sheet(260, 320, 0.04, 50, 215, photographed=True),
    9: Sheet(180, 180, 0.065, 10, 250, slant=0.08),
}


def draw(digit: int, sheet: Sheet, random: np.random.Generator) -> Image.Image:
    """The digit on its sheet, grey, drawn four times as large and made small, so that edges are soft."""
    large = Image.new("L", (4 * sheet.width, 4 * sheet.height), sheet.ground)
    pen = ImageDraw.Draw(large)
    side = 0.7 * 4 * min(sheet.width, sheet.height)
    corner = np.array([large.width - side, large.height - side]) * random.uniform(0.4, 0.6, 2)
    for points in STROKES[digit]:
        for x, y in _smooth(points, sheet.slant, random) * side + corner:
            radius = sheet.pen * side / 1.4 * random.uniform(0.95, 1.05)
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=sheet.ink)
    small = large.resize((sheet.width, sheet.height), Image.Resampling.LANCZOS)
    return _photograph(small, random) if sheet.photographed else small


def _smooth(points: Points, slant: float, random: np.random.Generator) -> np.ndarray:
    """The line through the points, each a little off its place; (n, 2) in shares of the digit's box."""
    place = np.array(points) + random.normal(0, 0.012, (len(points), 2))
    place[:, 0] += slant * (0.5 - place[:, 1])
    spline, _ = splprep(place.T, k=min(3, len(points) - 1), s=0)
    return np.array(splev(np.linspace(0, 1, 300), spline)).T


def _photograph(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Light from one side, a lens that is not quite sharp, the camera's grain."""
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), np.float64)
    light = np.linspace(1.1, 0.72, image.width)[None, :] * np.linspace(1.0, 0.9, image.height)[:, None]
    grain = random.normal(0, 3, blurred.shape)
    return Image.fromarray(np.clip(blurred * light + grain, 0, 255).astype(np.uint8))


def main() -> None:
    """Write 0.png to 9.png beside this file; photographs as .jpg."""
    random = np.random.default_rng(7)
    for digit, sheet in SHEETS.items():
        end = "jpg" if sheet.photographed else "png"
        draw(digit, sheet, random).save(FOLDER / f"{digit}.{end}", optimize=True)


if __name__ == "__main__":
    main()
