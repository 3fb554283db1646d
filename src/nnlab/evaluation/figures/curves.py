"""ROC and precision–recall curves."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.classification import trace_curves
from nnlab.evaluation.figures.canvas import (
    CYCLE,
    GREY,
    PALE,
    new_figure,
    put_legend,
    save_figure,
    shorten,
)
from nnlab.evaluation.judgement import ClassOutcome
from nnlab.evaluation.ranking import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ZOOM = 0.1


def draw_roc(outcome: ClassOutcome, name: str, path: Path) -> Path | None:
    """True-positive over false-positive rate, a line a class; None where no class has a curve."""
    curves, _ = trace_curves(outcome)
    if not curves:
        return None
    figure = new_figure(*_size(curves), f"ROC curve{_plural(curves)}: {shorten(name, 40)}")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    _draw_curves(axes, curves, outcome.names, "AUC")
    axes.set(xlabel="false-positive rate", ylabel="true-positive rate")
    if min(curve.area for curve in curves.values()) > 0.97:
        _draw_corner(axes, curves, (0, _ZOOM), (1 - _ZOOM, 1))
    return save_figure(figure, path)


def draw_precision_recall(outcome: ClassOutcome, name: str, path: Path) -> Path | None:
    """Precision over recall, a line a class; None where no class has a curve."""
    _, curves = trace_curves(outcome)
    if not curves:
        return None
    figure = new_figure(*_size(curves), f"Precision–recall curve{_plural(curves)}: {shorten(name, 36)}")
    axes = figure.subplots()
    _draw_curves(axes, curves, outcome.names, "AP")
    axes.set(xlabel="recall", ylabel="precision")
    if min(curve.area for curve in curves.values()) > 0.97:
        _draw_corner(axes, curves, (1 - _ZOOM, 1), (1 - _ZOOM, 1))
    return save_figure(figure, path)


def _size(curves: Mapping[int, Curve]) -> tuple[float, float]:
    return (4.9, 5.1) if len(curves) == 1 else (6.8, 5.1)


def _plural(curves: Mapping[int, Curve]) -> str:
    return "" if len(curves) == 1 else "s, each class against the rest"


def _draw_curves(axes: "Axes", curves: Mapping[int, Curve], names: tuple[str, ...], measure: str) -> None:
    lines = _draw_lines(axes, curves)
    labels = [f"{curve.area:.4f}  {shorten(names[label], 20)}" for label, curve in curves.items()]
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    axes.grid()
    if len(curves) == 1:
        label = next(iter(curves))
        axes.set_title(
            f"{measure} {curves[label].area:.4f}, positive class: {shorten(names[label], 24)}", color=GREY
        )
    else:
        mean = np.mean([curve.area for curve in curves.values()])
        axes.set_title(f"mean {measure} {mean:.4f}", color=GREY)
        put_legend(
            axes, lines, labels, loc="upper left", bbox_to_anchor=(1.01, 1), title=f"{measure} by class"
        )


def _draw_lines(axes: "Axes", curves: Mapping[int, Curve]) -> list[Any]:
    """Classes past the seventh take the colours again, dashed."""
    looks = [(CYCLE[at % len(CYCLE)], "-" if at < len(CYCLE) else (0, (3, 1))) for at in range(len(curves))]
    drawn = zip(curves.values(), looks, strict=True)
    return [axes.plot(curve.x, curve.y, color=color, linestyle=style)[0] for curve, (color, style) in drawn]


def _draw_corner(
    axes: "Axes", curves: Mapping[int, Curve], x: tuple[float, float], y: tuple[float, float]
) -> None:
    """Enlarge the corner where good curves all lie upon each other."""
    left = 0.3 if x[0] == 0 else 0.14
    inset = axes.inset_axes((left, 0.12, 0.56, 0.56))
    _draw_lines(inset, curves)
    inset.set(xlim=x, ylim=(y[0], y[1] + 0.002))
    inset.tick_params(labelsize=7)
    inset.set_title("corner enlarged", fontsize=8, color=GREY)
    inset.grid()
    axes.indicate_inset_zoom(inset, edgecolor=PALE)
