"""Many networks by one score: who stands where, and what the figures of a comparison share."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.figures.canvas import CYCLE, count_of, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEADING = 6
"""So many of the best have a colour and a name of their own; the others are grey."""
_LETTERS, _LINES = 34, 3


@dataclass(frozen=True)
class Scoreboard:
    """n networks by the score that ranks them, n ≥ 1, each summed up over its repeats.

    labels: what tells one from the others. mean, std: (n,) float64, finite; std is 0 for a single repeat.
    measure: the score with its unit. grows: whether more of it is better. left_out: how many more networks have no
    finite score. warning: what makes it less than it seems.
    """

    labels: tuple[str, ...]
    mean: np.ndarray
    std: np.ndarray
    measure: str
    grows: bool
    left_out: int = 0
    warning: str = ""

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The places of all networks, best first."""
        return tuple(np.argsort(-self.mean if self.grows else self.mean, kind="stable").tolist())

    @property
    def leading(self) -> tuple[int, ...]:
        """The places of the best, best first."""
        return self.order[:LEADING]

    @property
    def best(self) -> str:
        """The label of the best, on one line."""
        return shorten(self.labels[self.order[0]], 90)

    def color(self, place: int) -> str | None:
        """The colour of a leading network, the same in every figure; None for the others."""
        return CYCLE[self.leading.index(place)] if place in self.leading else None

    def name(self, place: int) -> str:
        """Rank and label, on as many lines as a legend has room for."""
        return wrap(f"{self.order.index(place) + 1}. {self.labels[place]}")

    def explain(self, *more: str) -> str:
        """How many networks there are, how they are ranked, and what else there is to say."""
        ranked = f"ranked by {self.measure.partition(' (')[0]}" if len(self.labels) > 1 else ""
        lost = f"{self.left_out} without a finite score left out" if self.left_out else ""
        said = (count_of(len(self.labels), "network"), ranked, lost, self.warning, *more)
        return "; ".join(filter(None, said))

    @property
    def spread(self) -> str:
        """What an error bar is, where there is one."""
        return "bars ± 1 standard deviation" if self.std.any() else ""


def wrap(label: str) -> str:
    """A label on up to three lines, broken between its words."""
    lines = textwrap.wrap(shorten(label, 400), _LETTERS, max_lines=_LINES, placeholder=" …")
    return "\n".join(lines)


def list_beside(axes: "Axes", handles: Sequence[Any], labels: Sequence[str]) -> None:
    """A legend to the right of the axes, where it hides nothing."""
    legend = axes.legend(
        handles,
        [" " + "\n" * label.count("\n") for label in labels],
        loc="upper left",
        bbox_to_anchor=(1.01, 1.02),
        fontsize=8,
        labelspacing=0.7,
        borderaxespad=0.2,
    )
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_text(label)


def size_beside(labels: Sequence[str]) -> tuple[float, float]:
    """Inches that `list_beside` takes: width, height."""
    lines = [line for label in labels for line in label.split("\n")]
    return 0.55 + 0.068 * max(map(len, lines), default=0), 0.135 * len(lines) + 0.08 * len(labels)
