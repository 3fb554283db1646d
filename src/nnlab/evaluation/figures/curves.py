"""ROC and precision–recall curves."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.figures.canvas import (
    CYCLE,
    GREY,
    new_figure,
    place_axes,
    put_legend,
    save_figure,
    shorten,
)
from nnlab.evaluation.figures.lettering import width_of
from nnlab.evaluation.ranking import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CORNERS = (0.01, 0.02, 0.05, 0.1, 0.15)
_LETTERS = 20
_RESOLUTION = 3000
_LEFT, _BOTTOM, _TOP, _SIDE = 0.6, 0.55, 0.6, 4.05
"""Inches around the square of the curves, and its side."""


def draw_roc(curves: Mapping[int, Curve], names: tuple[str, ...], name: str, path: Path) -> Path | None:
    """True-positive over false-positive rate, a line a class; None where no class has a curve.

    curves: by the number of the class, whose name is in `names`.
    """
    if not curves:
        return None
    figure, axes = _new_axes(f"ROC curve{_plural(curves)}: {shorten(name, 40)}", curves, names)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    _draw_curves(axes, curves, names, "AUC")
    _enlarge_corner(axes, curves, corner=0)
    axes.set(xlabel="false-positive rate", ylabel="true-positive rate")
    return save_figure(figure, path)


def draw_precision_recall(
    curves: Mapping[int, Curve], names: tuple[str, ...], name: str, path: Path
) -> Path | None:
    """Precision over recall, a line a class; None where no class has a curve. Arguments as for `draw_roc`."""
    if not curves:
        return None
    figure, axes = _new_axes(f"Precision–recall curve{_plural(curves)}: {shorten(name, 36)}", curves, names)
    _draw_curves(axes, curves, names, "AP")
    _enlarge_corner(axes, curves, corner=1)
    axes.set(xlabel="recall", ylabel="precision")
    return save_figure(figure, path)


def _new_axes(title: str, curves: Mapping[int, Curve], names: tuple[str, ...]) -> "tuple[Figure, Axes]":
    """A square of _SIDE inches, and room for the legend on its right."""
    labels = [_label(curve, names[number]) for number, curve in curves.items()]
    right = 0.15 if len(curves) == 1 else max(1.05, 0.65 + max(map(width_of, labels)))
    figure = new_figure(_LEFT + _SIDE + right, _BOTTOM + _SIDE + _TOP, title, arranged=False)
    axes = figure.subplots()
    place_axes(figure, _LEFT, _BOTTOM, right, _TOP)
    return figure, axes


def _label(curve: Curve, name: str) -> str:
    return f"{_write(curve.area)}  {shorten(name, _LETTERS)}"


def _plural(curves: Mapping[int, Curve]) -> str:
    return "" if len(curves) == 1 else "s, each class against the rest"


def _draw_curves(axes: "Axes", curves: Mapping[int, Curve], names: tuple[str, ...], measure: str) -> None:
    lines = _draw_lines(axes, curves)
    labels = [_label(curve, names[number]) for number, curve in curves.items()]
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    axes.grid()
    mean = float(np.mean([curve.area for curve in curves.values()]))
    if len(curves) == 1:
        positive = shorten(names[next(iter(curves))], 24)
        axes.set_title(f"{measure} {_write(mean)}, positive class: {positive}", color=GREY, y=1.0)
    else:
        axes.set_title(f"mean {measure} {_write(mean)}", color=GREY, y=1.0)
        put_legend(
            axes, lines, labels, loc="upper left", bbox_to_anchor=(1.01, 1), title=f"{measure} by class"
        )


def _draw_lines(axes: "Axes", curves: Mapping[int, Curve]) -> list[Any]:
    """Classes past the seventh take the colours again, dashed."""
    looks = [(CYCLE[at % len(CYCLE)], "-" if at < len(CYCLE) else (0, (3, 1))) for at in range(len(curves))]
    drawn = zip(curves.values(), looks, strict=True)
    return [axes.plot(*_thin(curve), color=color, ls=style)[0] for curve, (color, style) in drawn]


def _write(area: float) -> str:
    """Four decimals, and 1.0000 only of a perfect ranking."""
    return ">0.9999" if 0.99995 <= area < 1 else f"{area:.4f}"


def _thin(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """The curve without points less than a fraction of a pixel apart: a long dashed line takes seconds."""
    pixels = np.round(np.stack([curve.x, curve.y]) * _RESOLUTION)
    kept = np.append(np.any(np.diff(pixels, axis=1) != 0, axis=0), True)
    return curve.x[kept], curve.y[kept]


def _enlarge_corner(axes: "Axes", curves: Mapping[int, Curve], corner: int) -> None:
    """Draw the corner (`corner`, 1) larger where good curves all lie upon each other there."""
    farthest = max(np.max(np.stack([abs(c.x - corner), 1 - c.y]), axis=0).min() for c in curves.values())
    side = next((side for side in _CORNERS if side > 2 * farthest), None)
    if side is None or len(curves) == 1:
        return
    inset = axes.inset_axes((0.34 if corner == 0 else 0.14, 0.12, 0.56, 0.56))
    _draw_lines(inset, curves)
    x = (-0.01 * side, side) if corner == 0 else (1 - side, 1 + 0.01 * side)
    inset.set(xlim=x, ylim=(1 - side, 1 + 0.01 * side))
    inset.tick_params(labelsize=7)
    inset.locator_params(nbins=5)
    inset.set_title("corner enlarged", fontsize=8, color=GREY, y=1.0)
    inset.grid()
    axes.indicate_inset_zoom(inset, edgecolor=GREY, alpha=0.4)
