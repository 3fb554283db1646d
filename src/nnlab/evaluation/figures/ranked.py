"""Several networks by one number: against their size, or as bars, each with the spread of its repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import (
    BLUE,
    GREY,
    INK,
    SKY,
    count_of,
    drawing,
    new_figure,
    plain_decades,
    save_figure,
    shorten,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTERS = 28


@dataclass(frozen=True)
class Scored:
    """A network by one number: its mean over repeats and their standard deviation (0 for one repeat).

    parameters: how many the network has.
    """

    label: str
    mean: float
    std: float
    parameters: int


def draw_sizes(networks: Sequence[Scored], measure: str, title: str, path: Path) -> Path:
    """Each network as a point: its number over its parameters, a logarithmic axis. Raises StorageError."""
    with drawing():
        figure = new_figure(6.4, 4.2, shorten(title, 80))
        axes = figure.subplots()
        sizes = np.array([network.parameters for network in networks], np.float64)
        means, stds = _columns(networks)
        axes.errorbar(sizes, means, stds, fmt="o", color=BLUE, ecolor=SKY, markersize=6, capsize=3)
        axes.set_xscale("log")
        _widen(axes, sizes)
        for network in networks:
            _name_point(axes, network, np.median(sizes))
        plain_decades(axes.xaxis, sizes.min(), sizes.max())
        axes.margins(y=0.15)
        axes.set(xlabel="parameters", ylabel=shorten(measure, 40))
        axes.set_title(_explain(networks), color=GREY)
        axes.grid()
        return save_figure(figure, path)


def draw_bars(networks: Sequence[Scored], measure: str, title: str, path: Path) -> Path:
    """Each network as a bar from zero with its number beside it, in the order given. Raises StorageError."""
    with drawing():
        longest = max(len(shorten(network.label, _LETTERS)) for network in networks)
        figure = new_figure(4.6 + 0.075 * longest, 1.3 + 0.36 * len(networks), shorten(title, 80))
        axes = figure.subplots()
        means, stds = _columns(networks)
        places = np.arange(len(networks))
        axes.barh(places, means, xerr=stds, color=SKY, ecolor=INK, capsize=3, height=0.62)
        for place, mean, std in zip(places, means, stds, strict=True):
            axes.annotate(f"{mean:.3g}", (mean + std, place), (5, 0), textcoords="offset points", va="center")
        axes.set_yticks(places, [shorten(network.label, _LETTERS) for network in networks])
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.12)
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.set(xlabel=shorten(measure, 60))
        axes.set_title(_explain(networks), color=GREY)
        axes.grid(axis="x")
        return save_figure(figure, path)


def _columns(networks: Sequence[Scored]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([network.mean for network in networks]), np.array([network.std for network in networks])


def _widen(axes: "Axes", sizes: np.ndarray) -> None:
    """Leave room beside the outermost points for their names."""
    low, high = np.log10(sizes.min()), np.log10(sizes.max())
    room = max(0.2, 0.12 * (high - low))
    axes.set_xlim(10 ** (low - room), 10 ** (high + room))


def _name_point(axes: "Axes", network: Scored, middle: float) -> None:
    """The name on the side that has room: to the right of small networks, to the left of large ones."""
    left = network.parameters > middle
    axes.annotate(
        shorten(network.label, _LETTERS),
        (network.parameters, network.mean),
        (-7 if left else 7, 5),
        textcoords="offset points",
        ha="right" if left else "left",
        fontsize=8,
    )


def _explain(networks: Sequence[Scored]) -> str:
    spread = "; line ± 1 standard deviation over seeds" if any(network.std for network in networks) else ""
    return f"{count_of(len(networks), 'network')}{spread}"
