"""Short texts written straight onto a picture: a tenth of the time of matplotlib's own."""

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.evaluation.figures.canvas import DPI, INK

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_ACROSS, _DOWN = {"l": 0.0, "m": 0.5, "r": 1.0}, {"a": 0.0, "m": 0.5, "d": 1.0}
"""How much of a text lies left of its place, and above it, by the letters of its anchor, which are Pillow's."""


@dataclass(frozen=True)
class Lettering:
    """Some lines of text. size: in points.

    x, y: pixels from the left and from the top of the picture, to the place of the text that `anchor` names: left,
    middle or right, then ascender, middle or descender. turned: read from below, the anchor that of what is seen.
    """

    x: float
    y: float
    text: str
    size: float = 9.0
    color: str = INK
    bold: bool = False
    anchor: str = "la"
    turned: bool = False


def write_all(picture: "Image", letterings: Sequence[Lettering]) -> None:
    """Write texts onto a picture, each letter in the first family of matplotlib's `font.family` that has it."""
    for one in letterings:
        if one.turned:
            _write_turned(picture, one)
        else:
            _write(picture, one, one.color)


def _write(picture: "Image", one: Lettering, color: Any) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(picture)
    across, down = (share[letter] for share, letter in zip((_ACROSS, _DOWN), one.anchor, strict=True))
    lines, (ascent, descent) = one.text.split("\n"), _metrics(one)
    top = one.y - (ascent + descent) * len(lines) * down
    for number, line in enumerate(lines):
        parts = _divide(line, one.bold, one.size)
        x, y = one.x - (across and _length(parts) * across), top + ascent + (ascent + descent) * number
        for font, part in parts:
            pen.text((x, y), part, fill=color, font=font, anchor="ls")
            x += font.getlength(part) if len(parts) > 1 else 0


def _write_turned(picture: "Image", one: Lettering) -> None:
    from PIL import Image

    width, height = int(_length(_divide(one.text, one.bold, one.size))) + 2, sum(_metrics(one))
    strip = Image.new("L", (width, height))
    _write(strip, Lettering(0, 0, one.text, one.size, bold=one.bold), 255)
    strip = strip.transpose(Image.Transpose.ROTATE_90)
    left, top = one.x - height * _ACROSS[one.anchor[0]], one.y - width * _DOWN[one.anchor[1]]
    picture.paste(one.color, (round(left), round(top)), strip)


def _metrics(one: Lettering) -> tuple[int, int]:
    """Pixels of a line above its base, and below it."""
    from matplotlib import rcParams

    return _font(rcParams["font.family"][0], one.bold, one.size).getmetrics()


def width_of(text: str, size: float = 9.0) -> float:
    """The width of a line of text, in inches."""
    return _length(_divide(text, False, size)) / DPI


def _length(parts: "Sequence[tuple[FreeTypeFont, str]]") -> float:
    return sum(font.getlength(part) for font, part in parts)


def _divide(line: str, bold: bool, size: float) -> "list[tuple[FreeTypeFont, str]]":
    """Parts of a line, each with the first font that has its letters, the first of all where none has."""
    from matplotlib import rcParams

    families = rcParams["font.family"]
    if _letters(families[0], bold).issuperset(line):
        return [(_font(families[0], bold, size), line)]

    def family_of(letter: str) -> str:
        return next((family for family in families if letter in _letters(family, bold)), families[0])

    return [(_font(family, bold, size), "".join(part)) for family, part in itertools.groupby(line, family_of)]


@functools.cache
def _file(family: str, bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties, findfont

    return findfont(FontProperties(family=family, weight="bold" if bold else "normal"))


@functools.cache
def _font(family: str, bold: bool, size: float) -> "FreeTypeFont":
    from PIL import ImageFont

    file = _file(family, bold)
    return ImageFont.truetype(str(file), size * DPI / 72, getattr(file, "face_index", 0))


@functools.cache
def _letters(family: str, bold: bool) -> frozenset[str]:
    """The letters that a font has."""
    from matplotlib.font_manager import get_font

    return frozenset(map(chr, get_font(_file(family, bold)).get_charmap()))
