"""The figures of every run: panels of straight scales, drawn by matplotlib's Agg and lettered by Pillow.

matplotlib's own axes make several objects for every tick and measure every text, which takes three quarters of the
time; in a sweep of small networks that is a quarter of all.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.figures.canvas import DPI, GREY, blank, enlarge, new_figure, paint, save_picture
from nnlab.evaluation.figures.lettering import Lettering, write_all
from nnlab.evaluation.figures.scale import Scale

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from PIL.Image import Image

Box = tuple[float, float, float, float]
"""Left, bottom, width and height, in inches from the left bottom corner of a chart."""
_POINT = DPI / 72
_STROKE, _GAP, _BELOW, _LINE = 3.5 * _POINT, 7 * _POINT, 5 * _POINT, 0.8
"""Pixels: a tick's stroke, and from the frame to the text beside and below it; points: frame and grid."""
_GRID = "#e6e6e6"


@dataclass(frozen=True)
class Look:
    """A line and the marks on it. width, size: of both in points, a width of 0 for no line.

    mark: one of matplotlib's markers; edge: the width of its outline, in points. alpha: 1 hides what is below.
    """

    color: str
    width: float = 1.6
    dashes: tuple[float, ...] = ()
    mark: str = ""
    size: float = 4.0
    hollow: bool = False
    edge: float = 1.0
    alpha: float = 1.0


DOTTED = Look(GREY, 1.0, (2, 2))


class Chart:
    """A picture of so many inches with its title at the top left. Its measures are pixels from the left bottom."""

    def __init__(self, width: float, height: float, title: str):
        self.height = DPI * height
        self.panels: list[Panel] = []
        self.letterings: list[Lettering] = []
        self.pictures: list[tuple[Image, int, int]] = []
        self._size = width, height
        self._figure: Figure | None = None
        self._drawn = 0
        self.write(0.08 * DPI, self.height - 0.05 * DPI, title, size=11, bold=True)

    def panel(self, box: Box, x: Scale, y: Scale, *, framed: bool = True) -> "Panel":
        """A rectangle with its two scales. framed: with lines on its left and below it."""
        self.panels.append(Panel(self, box, x, y, framed))
        return self.panels[-1]

    def write(self, x: float, y: float, text: str, **look: Any) -> None:
        """Text at a place; look: what else a Lettering takes."""
        self.letterings.append(Lettering(x, self.height - y, text, **look))

    def draw_line(self, points: Any, look: Look, within: "Panel | None" = None) -> None:
        """A line through points (n, 2); of what lies outside of the panel nothing is seen."""
        from matplotlib.lines import Line2D

        line = Line2D(*np.transpose(points), color=look.color, linewidth=look.width, alpha=look.alpha)
        line.set_linestyle((0, look.dashes) if look.dashes else "-" if look.width else "none")
        line.set_marker(look.mark or "none")
        line.set_solid_capstyle("butt")
        line.set_markersize(look.size)
        line.set_markeredgewidth(look.edge)
        line.set_markerfacecolor("none" if look.hollow else look.color)
        self._add(line, within)

    def draw_strokes(self, ends: Any, color: str, *, last: bool = False) -> None:
        """Thin lines between pairs of points (n, 2, 2). last: above everything."""
        from matplotlib.collections import LineCollection

        self._add(LineCollection(ends, colors=color, linewidths=_LINE), None, last)

    def draw_boxes(self, corners: Any, color: str, edge: str, alpha: float) -> None:
        """Filled boxes (n, 4, 2); edge: the colour of their outlines."""
        from matplotlib.collections import PolyCollection

        self._add(PolyCollection(corners, facecolors=color, edgecolors=edge, alpha=alpha, linewidths=1), None)

    def _add(self, artist: "Artist", within: "Panel | None", last: bool = False) -> None:
        from matplotlib.transforms import Bbox, IdentityTransform

        self._drawn += 1
        artist.set_transform(IdentityTransform())
        artist.set_zorder(self._drawn + (1000 if last else 0))
        if within:
            artist.set_clip_box(Bbox.from_bounds(within.left, within.bottom, within.width, within.height))
        self._figure = self._figure or new_figure(*self._size, arranged=False)
        self._figure.add_artist(artist)

    def paint(self) -> "Image":
        """Its pixels."""
        width, height = (int(DPI * side) for side in self._size)
        picture = paint(self._figure) if self._figure else blank(width, height)
        for one, left, top in self.pictures:
            picture.paste(one, (left, top))
        write_all(picture, self.letterings)
        return picture

    def save(self, path: Path) -> Path:
        """Write the chart as PNG. Raises StorageError."""
        return save_picture(self.paint(), path)


class Panel:
    """A rectangle of a chart, with a scale in each direction."""

    def __init__(self, chart: Chart, box: Box, x: Scale, y: Scale, framed: bool):
        self.chart, self.x, self.y = chart, x, y
        self.left, self.bottom, self.width, self.height = (DPI * side for side in box)
        self.points: list[np.ndarray] = []
        """What lines lead along, in pixels: (n, 2) each."""
        self._rule(framed)

    def place(self, x: Any, y: Any) -> np.ndarray:
        """Values → pixels of the chart, (n, 2) or (2,)."""
        across, up = np.broadcast_arrays(self.x.share(x), self.y.share(y))
        return np.stack([self.left + self.width * across, self.bottom + self.height * up], axis=-1)

    def line(self, x: Any, y: Any, look: Look, *, clipped: bool = True) -> None:
        """A line through points; one that is not clipped may leave the panel, as marks at its edge do."""
        self.points.append(self.place(x, y))
        self.chart.draw_line(self.points[-1], look, self if clipped else None)

    def bars(self, x: Any, y: Any, color: str, *, edge: str = "none", alpha: float = 1.0) -> None:
        """Filled boxes: from and to, in both directions, (2, n) or (2,) each."""
        self.chart.draw_boxes(self.corners(x, y).reshape(-1, 4, 2), color, edge, alpha)

    def corners(self, x: Any, y: Any) -> np.ndarray:
        """A box's corners in pixels, from the left bottom one round, (4, 2); of several boxes (n, 4, 2)."""
        (left, right), (low, high) = x, y
        return np.stack(
            [self.place(*at) for at in ((left, low), (right, low), (right, high), (left, high))], axis=-2
        )

    def picture(self, pixels: np.ndarray) -> None:
        """Fill the panel with a picture (rows, columns, 3) uint8, each of its pixels a box."""
        top = round(self.chart.height - self.bottom - self.height)
        self.chart.pictures.append((enlarge(pixels, self.height, self.width), round(self.left), top))

    def title(self, text: str, color: str = GREY, size: float = 9.0) -> None:
        """A line or two above the panel, at its left."""
        top = self.bottom + self.height + 0.6 * size * _POINT
        self.chart.write(self.left, top, text, color=color, size=size, anchor="ld")

    def _rule(self, framed: bool) -> None:
        right, top = self.left + self.width, self.bottom + self.height
        columns = self.left + self.width * self.x.share([value for value, _ in self.x.ticks])
        rows = self.bottom + self.height * self.y.share([value for value, _ in self.y.ticks])
        grid = [((at, self.bottom), (at, top)) for at in columns if self.x.grid]
        grid += [((self.left, at), (right, at)) for at in rows if self.y.grid]
        frame = [
            ((self.left, top), (self.left, self.bottom)),
            ((self.left, self.bottom), (right, self.bottom)),
        ]
        strokes = [((at, self.bottom), (at, self.bottom - _STROKE)) for at in columns if self.x.marked]
        strokes += [((self.left, at), (self.left - _STROKE, at)) for at in rows if self.y.marked]
        for ends, color, last in ((grid, _GRID, False), ((frame if framed else []) + strokes, GREY, True)):
            if ends:
                self.chart.draw_strokes(ends, color, last=last)
        self._name(columns, rows)

    def _name(self, columns: np.ndarray, rows: np.ndarray) -> None:
        """Write what stands at the ticks, and beyond it what each scale measures."""
        write, x, y = self.chart.write, self.x, self.y
        for at, (_, text) in zip(columns, x.ticks, strict=True):
            write(at, self.bottom - _BELOW, text, size=x.size, anchor="ma", turned=x.turned)
        for at, (_, text) in zip(rows, y.ticks, strict=True):
            write(self.left - _GAP, at, text, size=y.size, anchor="rm")
        deep = DPI * x.widest if x.turned else 1.5 * x.size * _POINT
        write(self.left + self.width / 2, self.bottom - 1.6 * _BELOW - deep, x.name, anchor="ma")
        far = self.left - 1.6 * _GAP - DPI * y.widest
        write(far, self.bottom + self.height / 2, y.name, anchor="rm", turned=True)


def divide(
    width: float, height: float, shape: tuple[int, int], edges: Box, between: float | None = None
) -> list[Box]:
    """The boxes of rows and columns, the upper row first.

    edges: inches left of each column, below the lowest row, right of the last column, and above the first row.
    between: from one row to the next, where not as below the lowest.
    """
    (rows, columns), (left, bottom, right, top) = shape, edges
    gap = bottom if between is None else between
    wide = (width - left * columns - right) / columns
    tall = (height - bottom - top - gap * (rows - 1)) / rows
    return [
        (left + column * (left + wide), bottom + (rows - 1 - row) * (tall + gap), wide, tall)
        for row in range(rows)
        for column in range(columns)
    ]
