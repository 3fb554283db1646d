"""What an experiment reaches: `test accuracy 96.2 % ± 0.1 (3 seeds); 9 s a run (11 s of processor), 2 threads.`"""

import re
from dataclasses import dataclass

from nnlab.analysis.spread import Spread, interval
from nnlab.laboratory.claims import SCORE_PATTERN, Score, read_value

_MEASURED = re.compile(rf"{SCORE_PATTERN}(?: ± (\d+(?:\.\d+)?(?:e-\d+)?))?")
_LINE = re.compile(
    r"(.+) \((\d+) seeds?\); (\d+(?:\.\d)?) s a run(?: \((\d+) s of processor\))?, (\d+) threads?\."
)


@dataclass(frozen=True)
class Measured:
    """A score's mean over seeds and its standard deviation, rounded as they are told; shares for per cent."""

    score: Score
    mean: float
    std: float

    def __str__(self) -> str:
        return f"{self.score} {self.value}"

    @property
    def value(self) -> str:
        """`96.21 % ± 0.15`."""
        spread = self.score.tell_number(self.std)
        return self.score.tell(self.mean) + (f" ± {spread}" if self.std else "")


@dataclass(frozen=True)
class Reached:
    """What the runs of an experiment reach, its main score first. seconds: of one run; threads: it had.

    cpu: the seconds of processor time that one run took, None where that is not known.
    """

    measured: tuple[Measured, ...]
    seeds: int
    seconds: float
    threads: int
    cpu: float | None = None

    def __str__(self) -> str:
        scores = ", ".join(map(str, self.measured))
        seconds = f"{self.seconds:.0f}" if self.seconds >= 10 else f"{self.seconds:.1f}"
        cpu = "" if self.cpu is None else f" ({self.cpu:.0f} s of processor)"
        return f"{scores} ({count(self.seeds, 'seed')}); {seconds} s a run{cpu}, {count(self.threads, 'thread')}."

    def spread(self, score: Score) -> Spread | None:
        """The score's mean with its interval; None where it was not measured."""
        found = next((one for one in self.measured if one.score == score), None)
        return interval(found.mean, found.std, self.seeds) if found else None


def count(number: int, noun: str) -> str:
    """`count(2, "seed")` is "2 seeds"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def read_reached(text: str) -> Reached | None:
    """What `str(Reached)` writes, read again; None for anything else."""
    found = _LINE.fullmatch(text)
    scores = [_MEASURED.fullmatch(one) for one in found[1].split(", ")] if found else []
    if not found or None in scores:
        return None
    measured = tuple(_measured(one) for one in scores if one)
    cpu = float(found[4]) if found[4] else None
    return Reached(measured, int(found[2]), float(found[3]), int(found[5]), cpu)


def _measured(found: re.Match[str]) -> Measured:
    score, value = read_value(found)
    return Measured(score, value, float(f"{found[5] or 0}e-2") if score.is_share else float(found[5] or 0))
