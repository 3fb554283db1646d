"""A job sent elsewhere, and what is done with it there: the same as here, watched by a crew of one."""

import functools
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from nnlab import __version__
from nnlab.errors import WorkError
from nnlab.plan import Tracking
from nnlab.replacing import storage_error
from nnlab.signals import Interrupted
from nnlab.sweeps.crew import Crew
from nnlab.sweeps.jobs import Job, Limits, Result
from nnlab.sweeps.running import run_jobs
from nnlab.sweeps.workers import Workers
from nnlab.tracking import tags
from nnlab.tracking.address import redact, store_uri

_STORE = "MLFLOW_TRACKING_URI"
_PASSED = (
    _STORE,
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "NNLAB_DATA",
)
_KEPT = 200_000
"""Bytes of a log that are sent back."""


@dataclass(frozen=True)
class Errand:
    """A job and what it needs there. folder: to work in. logs: inside it. version: of the nnlab that asks."""

    job: Job
    limits: Limits
    folder: Path
    logs: Path
    version: str = __version__


@dataclass(frozen=True)
class Report:
    """What came of an errand. printed: the end of what the run printed."""

    result: Result
    printed: bytes


def environment_of(tracking: Tracking) -> dict[str, str]:
    """The variables by which a run elsewhere finds its store and data; never for a disk: passwords are there."""
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return passed if redact(tracking.uri) == tracking.uri else {**passed, _STORE: store_uri(tracking)}


def without_login(job: Job) -> Job:
    """The job, its store's address left to the environment where it holds a password."""
    tracking = job.plan.tracking
    if redact(tracking.uri) == tracking.uri:
        return job
    safe = tracking.model_copy(update={"uri": f"${{oc.env:{_STORE}}}"})
    plan = job.plan.model_copy(update={"tracking": safe})
    return replace(job, words=tuple(redact(word) for word in job.words), plan=plan)


def carry_errand(errand: Errand, name: str, environment: Mapping[str, str]) -> Report:
    """Run the job in a process of its own on this machine, within its limits. To be called in the main thread.

    name: of this errand among all, kept in the record. Raises WorkError where nothing can be run here.
    """
    if errand.version != __version__:
        raise WorkError(f"nnlab {__version__} on {socket.gethostname()}, {errand.version} where the sweep is")
    _enter(errand.folder)
    os.environ.update(environment)
    job = replace(errand.job, tags={**errand.job.tags, tags.CARRIER: name})
    results = [Result(job, "KILLED", reason="ended before it began")]
    try:
        with suppress(Interrupted):
            results.extend(run_jobs([job], Crew(_workers(), errand.limits, errand.folder / errand.logs)))
    except WorkError:
        _workers.cache_clear()
        raise
    return Report(replace(results[-1], job=errand.job), _end_of(results[-1].log))


@functools.cache
def _workers() -> Workers:
    """The forkserver of this process, for all the errands it is given."""
    return Workers()


def _enter(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)
    except OSError as error:
        raise storage_error(folder, error) from None


def _end_of(log: Path | None) -> bytes:
    try:
        return log.read_bytes()[-_KEPT:] if log else b""
    except OSError:
        return b""
