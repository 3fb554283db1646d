"""A job: one run that somebody wants; its result: how that run ended, however it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nnlab.outcome import Outcome
from nnlab.plan import Plan

State = Literal["FINISHED", "MET", "FAILED", "KILLED", "TIMEOUT", "OUT_OF_MEMORY", "PRUNED"]
GOOD: tuple[State, ...] = ("FINISHED", "MET")


@dataclass(frozen=True)
class Job:
    """One run that is wanted. number: its place. words: the overrides it came from. tags: for its record."""

    number: int
    words: tuple[str, ...]
    plan: Plan
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The job as one line names it."""
        return " ".join(self.words) or "(no overrides)"


@dataclass(frozen=True)
class Result:
    """How a job ended. MET: its result was there already; KILLED: by a signal; PRUNED: by a search, early.

    outcome: None unless it ended well. reason: one line, empty when all is well. seconds: wall time of the
    process. megabytes: the most it held in memory. log: what it printed, None where none was started.
    """

    job: Job
    state: State
    outcome: Outcome | None = None
    reason: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0
    log: Path | None = None

    @property
    def good(self) -> bool:
        """Whether the job has a result."""
        return self.state in GOOD


@dataclass(frozen=True)
class Limits:
    """How many runs at once, and what each may use. seconds, megabytes: None for no limit.

    grace: seconds between asking a process to end and ending it. gpus: shared out among the runs, a name for each.
    """

    workers: int
    seconds: float | None
    megabytes: float | None
    grace: float
    gpus: tuple[str, ...] = ()
