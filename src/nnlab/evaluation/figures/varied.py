"""A key that differs between networks, as an axis: numbers where they lie, words side by side."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import shorten, write_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMED = 12
"""So many words fit along an axis; of more only some are written."""
_FEW, _GAP = 8, 0.1
"""Up to so many numbers are all written, where none is closer to the next than this part of the axis."""


@dataclass(frozen=True)
class Varied:
    """One key of n networks.

    places: (n,) float64, where each lies; NaN for a network that has no such key. words: of a key whose values are
    no numbers, or none with a distance: what 0, 1 … stand for. log: the numbers span decades.
    """

    name: str
    places: np.ndarray
    words: tuple[str, ...] = ()
    log: bool = False

    @property
    def levels(self) -> np.ndarray:
        """The places that occur, in order."""
        return np.unique(self.places[np.isfinite(self.places)])

    def fractions(self, values: np.ndarray) -> np.ndarray:
        """How far values lie from the lowest place, 0, to the highest, 1; 0.5 where there is only one."""
        ends = np.array([self.levels[0], self.levels[-1]])
        low, high = np.log10(ends) if self.log else ends
        found = np.log10(values) if self.log else values
        return (found - low) / (high - low) if high > low else np.where(np.isfinite(found), 0.5, np.nan)

    @property
    def is_sparse(self) -> bool:
        """Whether there is room along an axis to write every value."""
        gaps = np.diff(self.fractions(self.levels))
        return len(gaps) < _FEW and bool((gaps > _GAP).all())

    def ticks(self) -> list[tuple[float, str]]:
        """Places with what to write there: every value where they are few, else round numbers among them."""
        if self.words:
            step = -(-len(self.words) // _NAMED)
            return [(place, shorten(word, 16)) for place, word in list(enumerate(self.words))[::step]]
        found = self.levels if self.is_sparse else self._round()
        return [(float(value), write_number(float(value))) for value in found]

    def _round(self) -> np.ndarray:
        from matplotlib.ticker import LogLocator, MaxNLocator

        low, high = self.levels[0], self.levels[-1]
        subs = (1, 2, 5) if high < 20 * low else (1, 3) if high < 100 * low else (1,)
        found = (LogLocator(subs=subs) if self.log else MaxNLocator(5)).tick_values(low, high)
        return found[(found >= low) & (found <= high)]


def lay_along(axes: "Axes", key: Varied) -> None:
    """The horizontal axis of a panel: its scale, its ticks and its name."""
    if key.log:
        axes.set_xscale("log")
    if key.words:
        ticks = key.ticks()
        crowded = sum(len(word) for _, word in ticks) > 24
        turned = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"} if crowded else {}
        axes.set_xticks([place for place, _ in ticks], [word for _, word in ticks], **turned)
        axes.set_xlim(-0.6, len(key.words) - 0.4)
    else:
        axes.margins(x=0.1)
        if key.log or key.is_sparse:
            axes.set_xticks(*zip(*key.ticks(), strict=True))
            axes.set_xticks([], minor=True)
    axes.set_xlabel(shorten(key.name, 40))
