"""How work ended well; and work that was finished before, met again in the store."""

from dataclasses import dataclass
from pathlib import Path

from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import find_finished

FOLDS = "cv/folds"
"""The metric that says over how many test sets a cross-validation's scores are means."""
DEVIATION = "_std"
_SPLITS = ("test/", "best/", "val/")
_COST = ("time/fit_s", "model/params", "model/zero_weights", "epochs", FOLDS)


@dataclass(frozen=True)
class Outcome:
    """One finished run, or one cross-validation: its MLflow id (None where the store never answered), its scores.

    scores: of a cross-validation the means over its folds, beside each the standard deviation as `NAME_std`.
    met: it was finished before, and nothing has been trained.
    """

    run_id: str | None
    name: str
    folder: Path
    scores: dict[str, float]
    seconds: float
    met: bool = False

    @property
    def n(self) -> int:
        """How many test sets the scores are means over."""
        return int(self.scores.get(FOLDS, 1))

    def std(self, name: str) -> float | None:
        """The standard deviation of a score over the folds; None for a single run."""
        return self.scores.get(name + DEVIATION)


def meet(tracking: Tracking, identity: str) -> Outcome | None:
    """The outcome of the newest finished run of this identity, read from its record; None where there is none."""
    row = find_finished(tracking, identity)
    return None if row is None else outcome_of(row)


def outcome_of(row: RunRow) -> Outcome:
    """What a finished run's record says of it."""
    scores = {key: value for key, value in row.scores.items() if key.startswith(_SPLITS) or key in _COST}
    folder = Path(row.tags.get(tags.FOLDER, ""))
    seconds = row.scores.get("time/total_s", row.seconds or 0.0)
    return Outcome(row.id, row.name, folder, scores, seconds, met=True)
