"""What a header says about figures: `with and without dropout (validation loss, normalised)`."""

import re
from dataclasses import dataclass
from typing import Literal

from nnlab.laboratory.claims import SPLITS, Score

FIGURE_FORMAT = (
    "TITLE (MEASURE), MEASURE one of `loss`, `validation accuracy`, `train loss, normalised, log`, "
    "`parameters against test accuracy`, `weights`"
)
_OPTIONS = ("normalised", "log")
_AGAINST = "parameters against "
_LINE = re.compile(r"(.+?) \(([^()]+)\)\.?")


@dataclass(frozen=True)
class FigureLine:
    """A figure of all experiments of a source whose header holds the same line.

    kind: `curves` over epochs, `parameters` against a score, or how large the `weights` are. splits: those drawn
    of each experiment; name: of the metric. normalised, log: of curves only.
    """

    title: str
    kind: Literal["curves", "parameters", "weights"]
    splits: tuple[str, ...] = ()
    name: str = ""
    normalised: bool = False
    log: bool = False

    @property
    def measure(self) -> str:
        """What is drawn, in words: `validation loss normalised`, `parameters against test accuracy`."""
        split = self.splits[0] if len(self.splits) == 1 else ""
        options = ("normalised" if self.normalised else "", "log" if self.log else "")
        kind = {"curves": "", "parameters": "parameters against", "weights": "weights"}[self.kind]
        return " ".join(filter(None, (kind, split, self.name, *options)))

    @property
    def scores(self) -> tuple[Score, ...]:
        """What is drawn of each experiment."""
        return tuple(Score(split, self.name) for split in self.splits)


@dataclass(frozen=True)
class Picture:
    """One of the run's own figures, `plots/NAME.png`, and what it shows."""

    name: str
    caption: str


def read_picture(text: str) -> Picture | None:
    """`mistakes (of which the network was surest)`; None where it is not written so."""
    found = _LINE.fullmatch(text)
    return Picture(found[1], found[2]) if found and re.fullmatch(r"\w+", found[1]) else None


def read_figure(text: str) -> FigureLine | None:
    """A figure's line; None where it is not written as FIGURE_FORMAT says."""
    found = _LINE.fullmatch(text)
    if not found:
        return None
    title, (measure, *options) = found[1], found[2].split(", ")
    if measure == "weights":
        return FigureLine(title, "weights") if not options else None
    against = measure.startswith(_AGAINST)
    split, name = _split(measure.removeprefix(_AGAINST))
    if not re.fullmatch(r"[a-z0-9 ]*[a-z0-9]", name) or not set(options) <= set(() if against else _OPTIONS):
        return None
    if against:
        return FigureLine(title, "parameters", (split,), name) if split else None
    splits = (split,) if split else ("train", "validation")
    return FigureLine(title, "curves", splits, name, *(option in options for option in _OPTIONS))


def _split(measure: str) -> tuple[str, str]:
    first, _, rest = measure.partition(" ")
    return (first, rest) if first in SPLITS else ("", measure)
