"""ROC and precision–recall curves."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import CYCLE, DPI, GREY, shorten
from nnlab.evaluation.figures.chart import DOTTED, Chart, Look, Panel
from nnlab.evaluation.figures.legend import list_entries
from nnlab.evaluation.figures.lettering import width_of
from nnlab.evaluation.figures.scale import Scale, number_ticks
from nnlab.evaluation.ranking import Curve

_CORNERS = (0.01, 0.02, 0.05, 0.1, 0.15)
_LETTERS = 20
_RESOLUTION = 3000
_LEFT, _BOTTOM, _TOP, _SIDE = 0.65, 0.55, 0.6, 4.05
"""Inches around the square of the curves, and its side."""
_INSET = 0.56
"""The side of the enlarged corner, of 1."""
_FRAME = Look(GREY, width=1.0, alpha=0.4)
Ends = tuple[float, float]
"""From and to."""


def draw_roc(curves: Mapping[int, Curve], names: tuple[str, ...], name: str, path: Path) -> Path | None:
    """True-positive over false-positive rate, a line a class; None where no class has a curve.

    curves: by the number of the class, whose name is in `names`.
    """
    if not curves:
        return None
    title = f"ROC curve{_plural(curves)}: {shorten(name, 40)}"
    panel = _new_panel(title, curves, names, ("false-positive rate", "true-positive rate"))
    panel.line([0, 1], [0, 1], DOTTED)
    _draw_curves(panel, curves, names, "AUC")
    _enlarge_corner(panel, curves, corner=0)
    return panel.chart.save(path)


def draw_precision_recall(
    curves: Mapping[int, Curve], names: tuple[str, ...], name: str, path: Path
) -> Path | None:
    """Precision over recall, a line a class; None where no class has a curve. Arguments as for `draw_roc`."""
    if not curves:
        return None
    title = f"Precision–recall curve{_plural(curves)}: {shorten(name, 36)}"
    panel = _new_panel(title, curves, names, ("recall", "precision"))
    _draw_curves(panel, curves, names, "AP")
    _enlarge_corner(panel, curves, corner=1)
    return panel.chart.save(path)


def _new_panel(
    title: str, curves: Mapping[int, Curve], names: tuple[str, ...], measured: tuple[str, str]
) -> Panel:
    """A square of _SIDE inches, and room for the legend on its right."""
    labels = [_label(curve, names[number]) for number, curve in curves.items()]
    right = 0.15 if len(curves) == 1 else max(1.1, 0.7 + max(map(width_of, labels)))
    chart = Chart(_LEFT + _SIDE + right, _BOTTOM + _SIDE + _TOP, title)
    across, up = (Scale(-0.01, 1.01, one, number_ticks(0, 1, 6), grid=True) for one in measured)
    return chart.panel((_LEFT, _BOTTOM, _SIDE, _SIDE), across, up)


def _label(curve: Curve, name: str) -> str:
    return f"{_write(curve.area)}  {shorten(name, _LETTERS)}"


def _plural(curves: Mapping[int, Curve]) -> str:
    return "" if len(curves) == 1 else "s, each class against the rest"


def _draw_curves(panel: Panel, curves: Mapping[int, Curve], names: tuple[str, ...], measure: str) -> None:
    looks = _draw_lines(panel, curves)
    mean = float(np.mean([curve.area for curve in curves.values()]))
    if len(curves) == 1:
        positive = shorten(names[next(iter(curves))], 24)
        panel.title(f"{measure} {_write(mean)}, positive class: {positive}")
        return
    panel.title(f"mean {measure} {_write(mean)}")
    labels = [_label(curve, names[number]) for number, curve in curves.items()]
    place = panel.left + 1.01 * panel.width, panel.bottom + panel.height
    list_entries(panel.chart, list(zip(looks, labels, strict=True)), place, title=f"{measure} by class")


def _draw_lines(panel: Panel, curves: Mapping[int, Curve]) -> list[Look]:
    """Classes past the seventh take the colours again, dashed."""
    looks = []
    for at, curve in enumerate(curves.values()):
        looks.append(Look(CYCLE[at % len(CYCLE)], dashes=() if at < len(CYCLE) else (3, 1)))
        panel.line(*_thin(curve), looks[-1])
    return looks


def _write(area: float) -> str:
    """Four decimals, and 1.0000 only of a perfect ranking."""
    return ">0.9999" if 0.99995 <= area < 1 else f"{area:.4f}"


def _thin(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """The curve without points less than a fraction of a pixel apart: a long dashed line takes seconds."""
    pixels = np.round(np.stack([curve.x, curve.y]) * _RESOLUTION)
    kept = np.append(np.any(np.diff(pixels, axis=1) != 0, axis=0), True)
    return curve.x[kept], curve.y[kept]


def _enlarge_corner(panel: Panel, curves: Mapping[int, Curve], corner: int) -> None:
    """Draw the corner (`corner`, 1) larger where good curves all lie upon each other there."""
    farthest = max(np.max(np.stack([abs(c.x - corner), 1 - c.y]), axis=0).min() for c in curves.values())
    side = next((side for side in _CORNERS if side > 2 * farthest), None)
    if side is None or len(curves) == 1:
        return
    x = (-0.01 * side, side) if corner == 0 else (1 - side, 1 + 0.01 * side)
    y = 1 - side, 1 + 0.01 * side
    left, low = (0.36 if corner == 0 else 0.16), 0.12
    inset = _add_inset(panel, ((left, left + _INSET), (low, low + _INSET)), x, y)
    frame, ends = panel.corners(x, y), inset.corners(x, y)
    panel.chart.draw_line(frame[[0, 1, 2, 3, 0]], _FRAME, panel)
    for at in (0, 2) if corner == 0 else (1, 3):
        panel.chart.draw_line([frame[at], ends[at]], _FRAME)
    _draw_lines(inset, curves)
    inset.title("corner enlarged", size=8)


def _add_inset(panel: Panel, place: tuple[Ends, Ends], x: Ends, y: Ends) -> Panel:
    """A panel within the panel; place: from and to, on the outer scales. x, y: the ends of its own."""
    panel.bars(*place, "white")
    box = panel.corners(*place)[[0, 2]] / DPI
    (left, bottom), (width, height) = box[0], box[1] - box[0]
    across, up = (Scale(*ends, ticks=number_ticks(*ends, 5), grid=True, size=7) for ends in (x, y))
    return panel.chart.panel((left, bottom, width, height), across, up)
