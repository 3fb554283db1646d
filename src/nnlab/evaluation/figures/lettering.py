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


@dataclass(frozen=True)
class Lettering:
    """Some lines of text. size: in points.

    x, y: pixels from the left and from the top of the picture, to the top left of the text, or to its middle where
    it is `centred`; `upright` says so of y alone.
    """

    x: float
    y: float
    text: str
    size: float = 9.0
    color: str = INK
    bold: bool = False
    centred: bool = False
    upright: bool = False


def write_all(picture: "Image", letterings: Sequence[Lettering]) -> None:
    """Write texts onto a picture, each letter in the first family of matplotlib's `font.family` that has it."""
    from matplotlib import rcParams
    from PIL import ImageDraw

    pen = ImageDraw.Draw(picture)
    for one in letterings:
        lines = one.text.split("\n")
        ascent, descent = _font(rcParams["font.family"][0], one.bold, one.size).getmetrics()
        top = one.y - (ascent + descent) * len(lines) / 2 if one.centred or one.upright else one.y
        for number, line in enumerate(lines):
            parts = _divide(line, one.bold, one.size)
            x = one.x - _length(parts) / 2 if one.centred else one.x
            for font, part in parts:
                y = top + ascent + (ascent + descent) * number
                pen.text((x, y), part, fill=one.color, font=font, anchor="ls")
                x += font.getlength(part)


def width_of(text: str, size: float = 9.0) -> float:
    """The width of a line of text, in inches."""
    return _length(_divide(text, False, size)) / DPI


def _length(parts: "Sequence[tuple[FreeTypeFont, str]]") -> float:
    return sum(font.getlength(part) for font, part in parts)


def _divide(line: str, bold: bool, size: float) -> "list[tuple[FreeTypeFont, str]]":
    """Parts of a line, each with the first font that has its letters, the first of all where none has."""
    from matplotlib import rcParams

    families = rcParams["font.family"]

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
