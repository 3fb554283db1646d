"""The jobs that are carried elsewhere, as this process knows them; how each ends here."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from nnlab.replacing import storage_error
from nnlab.sweeps.errands import Report
from nnlab.sweeps.jobs import Job, Result, State
from nnlab.tracking.family import finish_lost


@dataclass
class Flight:
    """One of them. name: see tags.CARRIER. why: what it was asked to end for; deadline: until when it may take."""

    job: Job
    name: str
    began: float = field(default_factory=time.monotonic)
    why: str = ""
    deadline: float = float("inf")

    def ask(self, why: str, grace: float) -> None:
        """Note that it has been asked to end."""
        self.why, self.deadline = why, time.monotonic() + grace

    @property
    def overdue(self) -> bool:
        """Whether it was asked to end, and has not in its time."""
        return time.monotonic() > self.deadline


def landed(flight: Flight, report: Report, logs: Path) -> Result:
    """What it reported, its log at hand here. Raises StorageError."""
    log = logs / f"{flight.job.number}.log"
    try:
        if not log.exists():
            logs.mkdir(parents=True, exist_ok=True)
            log.write_bytes(report.printed)
    except OSError as error:
        raise storage_error(log, error) from None
    result = replace(report.result, job=flight.job, log=log)
    return replace(result, reason=flight.why) if flight.why and not result.good else result


def lost(flight: Flight, state: State, reason: str, log: Path | None = None) -> Result:
    """It will not report any more: its record in the store is given its end. Raises TrackingError."""
    if flight.why:
        state, reason = "KILLED", flight.why
    status = "FAILED" if state in ("FAILED", "OUT_OF_MEMORY") else "KILLED"
    finish_lost(flight.job.plan.tracking, flight.name, status, reason)
    return Result(flight.job, state, None, reason, time.monotonic() - flight.began, log=log)
