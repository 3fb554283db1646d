"""The carrier that is Slurm, or submitit's stand-in for it on this machine: an errand a job of the queue.

Own code over submitit's executors and not Hydra's launcher for them, whose last release is of 2022: that one
answers when all jobs are done, and ends with the first that raises.
"""

import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

from nnlab.plan import Tracking
from nnlab.sweeps.errands import Errand, Report, carry_errand, environment_of, without_login
from nnlab.sweeps.flights import Flight, landed, lost
from nnlab.sweeps.jobs import Job, Result, State
from nnlab.sweeps.settings import BySubmitit, LikeSlurm, OnSlurm
from nnlab.sweeps.slurm_queue import GONE, SlurmQueue

_TICK = 0.5
_FOR_EVER = 365 * 24 * 60
_WATCHER_GIGABYTES = 1
"""Slurm counts the process that watches a run too."""
_STATES: dict[str, State] = {"OUT_OF_MEMORY": "OUT_OF_MEMORY", "TIMEOUT": "TIMEOUT"}
_TIME_IS_UP = "Slurm was about to end it: its time was up, or another job took its place"


@dataclass
class _Sent:
    """A flight with submitit's job, and the file that remembers the job should this process be killed."""

    flight: Flight
    job: Any
    note: Path


class SubmititCrew:
    """Jobs in the queue, `settings.workers` of them at once. logs: see Crew; submitit's own files lie in it."""

    def __init__(self, settings: BySubmitit, tracking: Tracking, logs: Path):
        import submitit

        self.settings, self.logs = settings, logs
        self._local = isinstance(settings, LikeSlurm)
        self._sent: list[_Sent] = []
        self._queue = SlurmQueue()
        # Jobs inherit these variables; submitit's files, which others may read, hold no password.
        os.environ.update(environment_of(tracking))
        self._executor = submitit.AutoExecutor(logs / "submitit", cluster="local" if self._local else "slurm")
        self._executor.update_parameters(**parameters(settings))

    @property
    def busy(self) -> bool:
        """Whether any job is in the queue."""
        return bool(self._sent)

    @property
    def has_room(self) -> bool:
        """Whether another may go there."""
        return len(self._sent) < self.settings.places

    def start(self, job: Job) -> None:
        """Put a job into the queue, unless it is there still from a sweep whose process was killed."""
        note = Path(self._executor.folder) / f"{_key(job)}.job"
        sent = self._find(note)
        if sent is None:
            here = Path.cwd()
            errand = Errand(without_login(job), self.settings.limits(1), here, self.logs.relative_to(here))
            sent = self._executor.submit(_carry, errand)
            note.write_text(sent.job_id, encoding="ascii")
        self._queue.watch(sent.job_id)
        self._sent.append(_Sent(Flight(job, _name(sent.job_id)), sent, note))

    def _find(self, note: Path) -> Any:
        """The job that a note names, if it has not ended."""
        import submitit

        if not note.exists():
            return None
        kind = submitit.LocalJob if self._local else submitit.SlurmJob
        job = kind(self._executor.folder, note.read_text(encoding="ascii"))
        if job.paths.result_pickle.exists():
            return None
        if self._local:
            return job if _lives(job.job_id) else None
        self._queue.look()
        return job if self._queue.is_under_way(job.job_id) else None

    def _ended(self, sent: _Sent) -> bool:
        job = sent.job
        if job.paths.result_pickle.exists():
            return True
        if self._local:
            return not _lives(job.job_id)
        return self._queue.has_ended(job.job_id, answers=1 if sent.flight.why else 2)

    def stop(self, number: int) -> None:
        """Ask every job to end; one that waits in the queue leaves it."""
        for sent in self._sent:
            if not sent.flight.why:
                sent.flight.ask(f"ended by {signal.Signals(number).name}", 2 * self.settings.grace)
                self._end_job(sent.job, signal.SIGTERM)
            elif sent.flight.overdue:
                self._end_job(sent.job, signal.SIGINT)

    def _end_job(self, job: Any, kind: signal.Signals) -> None:
        """submitit's controller hands SIGTERM on, and on SIGINT kills; scancel does one after the other."""
        if self._local:
            with suppress(ProcessLookupError):
                os.kill(int(job.job_id), kind)
        else:
            job.cancel(check=False)

    def wait(self) -> Iterator[Result]:
        """The results of what has ended within a moment."""
        time.sleep(_TICK)
        if not self._local:
            self._queue.look(soon=any(one.flight.why for one in self._sent))
        for sent in [one for one in self._sent if self._ended(one)]:
            self._sent.remove(sent)
            sent.note.unlink(missing_ok=True)
            yield self._result(sent)

    def _result(self, sent: _Sent) -> Result:
        from submitit.core.utils import FailedJobError

        job, log = sent.job, sent.job.paths.stderr
        if not job.paths.result_pickle.exists():
            state, reason = self._end_of(job.job_id)
            return lost(sent.flight, state, reason, log)
        try:
            report: Report = job.result()
        except FailedJobError as error:
            return lost(sent.flight, "FAILED", _last_line(str(error)), log)
        return landed(sent.flight, report, self.logs)

    def _end_of(self, job_id: str) -> tuple[State, str]:
        """Of a job that left no answer: its state, and what is known of why."""
        if self._local:
            return "KILLED", "its process ended without a word"
        state = self._queue.state(job_id)
        told = "is no longer in its queue" if state == GONE else f"ended as {state}"
        return _STATES.get(state, "KILLED"), f"Slurm's job {job_id} {told}, without a word"


def parameters(settings: BySubmitit) -> dict[str, Any]:
    """What submitit is told: what is named, and nothing else."""
    if not isinstance(settings, OnSlurm):
        return {"name": "nnlab", "timeout_min": _FOR_EVER}
    own = {key: getattr(settings, key) for key in ("timeout_min", "cpus_per_task", "gpus_per_node")}
    of_slurm = {
        f"slurm_{key}": getattr(settings, key) for key in ("partition", "account", "qos", "constraint")
    }
    memory = settings.gigabytes and settings.gigabytes + _WATCHER_GIGABYTES
    return {
        key: value for key, value in {"name": "nnlab", "mem_gb": memory, **own, **of_slurm}.items() if value
    }


def _carry(errand: Errand) -> Report:
    """What a job of the queue does, on its node."""
    from submitit import JobEnvironment

    environment, asked = JobEnvironment(), []

    def end(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(getattr(signal, f"SIG{environment.USR_SIG}"), end)
    report = carry_errand(errand, _name(environment.job_id), {})
    if asked and not report.result.good:
        return replace(report, result=replace(report.result, state="TIMEOUT", reason=_TIME_IS_UP))
    return report


def _name(job_id: str) -> str:
    return f"submitit/{job_id}"


def _key(job: Job) -> str:
    """The same for the same run below the same parent, whichever process asks for it."""
    text = json.dumps([job.plan.plain(), dict(job.tags)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _lives(job_id: str) -> bool:
    """Whether submitit's controller, which is the job's process here, is alive."""
    import psutil

    try:
        process = psutil.Process(int(job_id))
        return process.status() != psutil.STATUS_ZOMBIE and "submitit.local._local" in process.cmdline()
    except psutil.Error:
        return False


def _last_line(text: str) -> str:
    """The error's own line of the trace that submitit puts between dashes."""
    trace = text.split("-" * 22)[1] if "-" * 22 in text else text
    return next(reversed(trace.strip().splitlines()), "it raised")
