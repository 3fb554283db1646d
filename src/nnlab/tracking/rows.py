"""What there is to know about a run without opening its files."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nnlab.plan import Tracking
from nnlab.tracking import tags as names
from nnlab.tracking.process import is_dead

INTERRUPTED = "INTERRUPTED"
"""A run that MLflow believes RUNNING, whose process is dead or, on another machine, silent."""

PRUNED = "PRUNED"
"""A run that a search ended before its last epoch; MLflow, which has no word for it, believes it KILLED."""


@dataclass(frozen=True)
class RunRow:
    """One run. status: RUNNING, FINISHED, FAILED, KILLED, PRUNED or INTERRUPTED. scores: each metric's last value.

    started: local time. seconds: how long it took, None while it goes on. artifact_uri: where its files are.
    """

    id: str
    name: str
    experiment: str
    status: str
    started: datetime | None
    seconds: float | None
    scores: dict[str, float]
    tags: dict[str, str]
    artifact_uri: str
    tracking: Tracking = field(repr=False)

    @property
    def folder(self) -> Path | None:
        """The run's own folder, when it is on this machine."""
        text = self.tags.get(names.FOLDER)
        return Path(text) if text and Path(text).is_dir() else None

    @property
    def leak(self) -> str | None:
        """Why its scores are flattered, or None."""
        text = self.tags.get(names.LEAK, "")
        return text if text and text.lower() != "false" else None

    def score(self, split: str) -> tuple[str, float] | None:
        """The main score of "test" or "val": accuracy, else mean error, another, the loss, or None."""
        found = {
            key.partition("/")[2]: value for key, value in self.scores.items() if key.startswith(f"{split}/")
        }
        names_ = sorted(found, key=lambda name: (name == "loss", "accuracy" not in name, name != "mae", name))
        return (names_[0], found[names_[0]]) if names_ else None


def status_of(status: str, tags: dict[str, str]) -> str:
    """MLflow's status, put right for a run whose process is dead or that was pruned."""
    if status == "KILLED" and names.PRUNED in tags:
        return PRUNED
    process, heard = tags.get(names.PROCESS), tags.get(names.HEARTBEAT)
    return INTERRUPTED if status == "RUNNING" and is_dead(process, heard) else status


def local_time(milliseconds: int | None) -> datetime | None:
    """MLflow's time, milliseconds since 1970, with this machine's time zone."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000).astimezone()


def seconds_between(start: int | None, end: int | None) -> float | None:
    """Seconds between two of MLflow's times; None where one is missing."""
    return None if start is None or end is None else (end - start) / 1000
