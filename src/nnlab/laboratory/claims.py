"""Numbers that somebody states of a network: `test accuracy 95.62 %, test loss 0.1379; 55 050 parameters.`"""

import re
from dataclasses import dataclass

SPLITS = {"train": "train", "validation": "val", "test": "test"}
"""How people name a part of the data, and how a run's metrics do."""

CLAIM_FORMAT = (
    "test accuracy 95.62 %, test loss 0.1379; 55 050 parameters. (or: no number; 55 050 parameters.)"
)
_CLAIM = re.compile(r"(train|validation|test) ([a-z0-9 ]*[a-z]) (-?\d+(?:\.\d+)?)( %)?")
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
        return self.is_share or self.name in ("r2", "auc", "f1 macro", "psnr", "ssim")

    def __str__(self) -> str:
        return f"{self.split} {self.name}"


@dataclass(frozen=True)
class Claim:
    """A score and its value; per cent are shares here: 95.62 % is 0.9562."""

    score: Score
    value: float

    def __str__(self) -> str:
        return f"{self.score} {tell(self.score, self.value)}"


def tell(score: Score, value: float) -> str:
    """A value as people read it: `95.62 %` of a share, else four digits that matter."""
    return f"{_short(100 * value, 2)} %" if score.is_share else f"{value:.4g}"


def _short(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


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
    claims = [Claim(Score(one[1], one[2]), _value(one)) for one in found if one]
    complete = len(claims) == len(found) and all(
        one and bool(one[4]) == ("accuracy" in one[2]) for one in found
    )
    return (tuple(claims), parameters) if complete else None


def _value(found: re.Match[str]) -> float:
    # Decimal arithmetic by text: 95.62 / 100 is not 0.9562 to the last bit, and pages compare what people read.
    return float(f"{found[3]}e-2") if found[4] else float(found[3])
