"""Whether a published number is met: one rule for every experiment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from nnlab.laboratory.claims import Claim, Score
from nnlab.laboratory.reached import Reached

POINTS = 0.003
"""A share within so much of the published one meets it: 0.3 points of per cent."""
PART = 0.03
"""Any other number within this part of the published one meets it."""

_TOLD = ("accuracy", "pixel_accuracy", "mae", "mse", "loss")

Kind = Literal["beaten", "met", "not met", "no number published", "parameters only", "failed", "not run yet"]


@dataclass(frozen=True)
class Verdict:
    """The verdict's kind, and what there is to add, empty when that is all."""

    kind: Kind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else self.kind


def judge_claims(claims: Sequence[Claim], reached: Reached) -> Verdict:
    """Hold what is reached against the main one of the published numbers.

    Beaten: the mean is better than published by more than its 95 % interval, which takes two seeds or more. Met:
    the mean is better, or worse by at most POINTS (a share) or PART (any other number).
    """
    claim = main_claim(claims)
    if claim is None:
        return Verdict("no number published")
    spread = reached.spread(claim.score)
    if spread is None:
        return Verdict("not met", f"the runs have no {claim.score}")
    sign = 1 if claim.score.grows else -1
    lead = sign * (spread.mean - claim.value)
    if reached.seeds > 1 and min(sign * spread.low, sign * spread.high) > sign * claim.value:
        return Verdict("beaten")
    if lead >= -_allowance(claim) - 1e-9:
        return Verdict("met")
    told, short = claim.score.tell, claim.score.tell_number(-lead)
    unit = "" if not claim.score.is_share else " point" if short == "1" else " points"
    return Verdict("not met", f"{told(spread.mean)} against {told(claim.value)}, {short}{unit} short")


def main_claim(claims: Sequence[Claim]) -> Claim | None:
    """The number that decides: an accuracy before others, of the test set before validation before training."""
    return min(claims, key=lambda claim: _rank(claim.score), default=None)


def main_score(metrics: Iterable[str]) -> Score | None:
    """What to tell of a run of which nothing was published, from its metrics' names: accuracy before others."""
    tested = {name.removeprefix("test/") for name in metrics if name.startswith("test/")}
    found = next((name for name in _TOLD if name in tested), None)
    return Score("test", found.replace("_", " ")) if found else None


def _rank(score: Score) -> tuple[bool, int]:
    return not score.is_share, ("test", "validation", "train").index(score.split)


def _allowance(claim: Claim) -> float:
    return POINTS if claim.score.is_share else PART * abs(claim.value)
