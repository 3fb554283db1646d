"""A straight scale: its ends, its ticks and how these are written."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from nnlab.evaluation.figures.canvas import locate_decades
from nnlab.evaluation.figures.lettering import width_of

_MARGIN = 0.05
"""Of what is shown, so much is left free at each end."""
_ROUNDING = 1e-9
"""A range that is a smaller share of its numbers is none: all are one number."""
_DECIMALS = 6
"""Numbers that need more are written with a power of ten."""


@dataclass(frozen=True)
class Scale:
    """One direction of a panel.

    low, high: the values at its ends; low may be the larger. name: what is measured. ticks: values, and what is
    written there. grid: whether each has a line through the panel. marked: whether it has a stroke on the frame.
    size: of the texts at the ticks, in points. turned: whether these are read from below.
    """

    low: float
    high: float
    name: str = ""
    ticks: tuple[tuple[float, str], ...] = ()
    grid: bool = False
    marked: bool = True
    size: float = 9.0
    turned: bool = False

    def share(self, values: ArrayLike) -> np.ndarray:
        """Where values stand, of their shape: 0 at the low end, 1 at the high one."""
        return (np.asarray(values, np.float64) - self.low) / (self.high - self.low)

    @property
    def bare(self) -> "Scale":
        """The same without words, for a panel beside or above one that has them."""
        return replace(self, name="", ticks=tuple((value, "") for value, _ in self.ticks))

    @property
    def widest(self) -> float:
        """The width of the longest text at a tick, in inches."""
        return max((width_of(text, self.size) for _, text in self.ticks), default=0.0)


def numbered(low: float, high: float, name: str, most: int = 6, *, grid: bool = False) -> Scale:
    """A scale with round numbers at its ticks."""
    return Scale(low, high, name, number_ticks(low, high, most), grid)


def number_ticks(low: float, high: float, most: int, whole: bool = False) -> tuple[tuple[float, str], ...]:
    """At most `most` + 1 round numbers from low to high, whole ones where asked for, as an axis shows them.

    >>> number_ticks(0, 1, 2)
    ((0.0, '0.0'), (0.5, '0.5'), (1.0, '1.0'))
    """
    from matplotlib.ticker import MaxNLocator

    steps, least = (1, 2, 2.5, 5, 10), 1 if whole else 2
    found = MaxNLocator(most, steps=steps, integer=whole, min_n_ticks=least).tick_values(low, high)
    slack = 1e-9 * (high - low)
    values = [float(value) for value in found if low - slack <= value <= high + slack]
    return tuple(zip(values, _write(values), strict=True))


def _write(values: list[float]) -> list[str]:
    """All with as many decimals as tell them apart."""
    step = min(np.diff(values), default=abs(values[0]) if values else 0.0)
    for decimals in range(_DECIMALS):
        if all(abs(round(value, decimals) - value) <= 1e-3 * step for value in values):
            texts = [f"{value:.{decimals}f}" for value in values]
            break
    else:
        texts = [f"{value:.4g}" for value in values]
    return [text.replace("-", "−") for text in texts]


def decade_ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Decades from low to high, and 2 and 5 of each where there are few, at their logarithms to base 10.

    >>> decade_ticks(0.1, 100)
    ((-1.0, '0.1'), (0.0, '1'), (1.0, '10'), (2.0, '100'))
    """
    located = locate_decades(low, high, numticks=8).tick_values(low, high)
    found = [float(value) for value in located if low <= value * 1.0001 and value <= high]
    return tuple((float(np.log10(value)), f"{value:g}".replace("-", "−")) for value in found)


def limits_of(values: np.ndarray) -> tuple[float, float]:
    """Ends that leave a margin around the finite values; around 0.5 where there are none."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    size = max(abs(low), abs(high))
    margin = _MARGIN * (high - low if high - low > _ROUNDING * size else size or 1.0)
    return low - margin, high + margin
