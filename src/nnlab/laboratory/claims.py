"""Numbers that somebody states of a network: `test accuracy 95.62 %, test loss 0.1379; 55 050 parameters.`"""

import re
from dataclasses import dataclass

from nnlab.analysis.metric import Metric

SPLITS = {"train": "train", "validation": "val", "test": "test"}
"""How people name a part of the data, and how a run's metrics do."""

CLAIM_FORMAT = (
    "test accuracy 95.62 %, test loss 0.1379; 55 050 parameters. (or: no number; 55 050 parameters.)"
)
SCORE_PATTERN = r"(train|validation|test) ([a-z0-9 ]*[a-z][a-z0-9]*) (-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)( %)?"
"""What `read_value` reads: part, name, number, per cent."""

_CLAIM = re.compile(SCORE_PATTERN)
_PARAMETERS = re.compile(r"(\d{1,3}(?: \d{3})*|\d+) parameters?")


@dataclass(frozen=True)
class Score:
    """What is measured, on which part of the data: `validation`, `accuracy`."""

    split: str
    name: str

    @property
    def metric(self) -> str:
        """The metric's name in a run: `val/accuracy`."""
        return f"{SPLITS[self.split]}/{self.name.replace(' ', '_')}"

    @property
    def is_share(self) -> bool:
        """Whether it is told in per cent."""
        return "accuracy" in self.name

    @property
    def grows(self) -> bool:
        """Whether more of it is better."""
        return bool(Metric(self.name.replace(" ", "_")).grows)

    def tell(self, value: float) -> str:
        """A value as people read it: `95.62 %` of a share, else four digits that matter."""
        return f"{self.tell_number(value)} %" if self.is_share else self.tell_number(value)

    def tell_number(self, value: float) -> str:
        """The same without its unit, points of per cent for a share."""
        return f"{100 * value:.2f}".rstrip("0").rstrip(".") if self.is_share else f"{value:.4g}"

    def round(self, value: float) -> float:
        """The value as it is told: what a reader can compare decides, not a digit that nobody sees."""
        return float(f"{self.tell_number(value)}e-2") if self.is_share else float(self.tell_number(value))

    def __str__(self) -> str:
        return f"{self.split} {self.name}"


@dataclass(frozen=True)
class Claim:
    """A score and its value; per cent are shares here: 95.62 % is 0.9562."""

    score: Score
    value: float

    def __str__(self) -> str:
        return f"{self.score} {self.score.tell(self.value)}"


def read_claims(text: str) -> tuple[tuple[Claim, ...], int | None] | None:
    """The claims of a line and the number of parameters; None where it is not written in CLAIM_FORMAT.

    Words in parentheses are for people, and left out.
    """
    parts = re.sub(r" *\([^()]*\)", "", text.removesuffix(".")).split("; ")
    counts = [_PARAMETERS.fullmatch(part) for part in parts[1:]]
    if len(counts) > 1 or None in counts:
        return None
    parameters = next((int(found[1].replace(" ", "")) for found in counts if found), None)
    if parts[0] == "no number":
        return (), parameters
    found = [_CLAIM.fullmatch(claim) for claim in parts[0].split(", ")]
    if not all(_has_its_unit(one) for one in found):
        return None
    return tuple(Claim(*read_value(one)) for one in found if one), parameters


def read_value(found: re.Match[str]) -> tuple[Score, float]:
    """Score and value of a match of SCORE_PATTERN."""
    # Decimal arithmetic by text: 95.62 / 100 is not 0.9562 to the last bit, and pages compare what people read.
    return Score(found[1], found[2]), float(f"{found[3]}e-2") if found[4] else float(found[3])


def _has_its_unit(found: re.Match[str] | None) -> bool:
    return found is not None and bool(found[4]) == Score(found[1], found[2]).is_share
