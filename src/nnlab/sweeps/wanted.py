"""What a sweep wants, and what of it is there already: looked up once, before anything starts."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from nnlab.folder import OUTPUTS, slug
from nnlab.outcome import outcome_of
from nnlab.sweeps.identities import identities
from nnlab.sweeps.jobs import Job, Result
from nnlab.sweeps.settings import Settings, with_threads
from nnlab.tracking import tags
from nnlab.tracking.listing import list_runs
from nnlab.tracking.probe import check_store
from nnlab.tracking.rows import RunRow


@dataclass(frozen=True)
class Wanted:
    """Jobs in order, the identity of each, and the runs of these identities in the store, newest first.

    identity: of the whole, whatever the order of its jobs. parent: its record, None before the first time.
    usual: seconds that a run of this experiment took, None where none has finished.
    """

    jobs: tuple[Job, ...]
    identities: tuple[str, ...]
    settings: Settings
    runs: Mapping[str, tuple[RunRow, ...]]
    parent: RunRow | None
    identity: str
    experiment: str
    usual: float | None

    @property
    def name(self) -> str:
        """What the parent's record is called."""
        return f"sweep-{self.identity[:6]}"

    @property
    def folder(self) -> Path:
        """Where the sweep's ledger, logs and table are."""
        return Path.cwd() / OUTPUTS / slug(self.experiment) / f"sweep-{self.identity}"

    @property
    def first(self) -> dict[str, Job]:
        """The job that stands for each identity: two ways to write the same are trained once."""
        return dict(reversed(list(zip(self.identities, self.jobs, strict=True))))

    def met(self) -> dict[str, Result]:
        """What has finished before, unless it is to be run again."""
        return {
            identity: Result(job, "MET", outcome_of(row))
            for identity, job in self.first.items()
            if not job.plan.rerun and (row := self._newest(identity, "FINISHED"))
        }

    def failed(self) -> dict[str, Result]:
        """What has failed by itself before, and would again: the same plan gives the same bits."""
        return {
            identity: Result(job, "FAILED", reason=row.tags.get(tags.FAILURE, "failed before"))
            for identity, job in self.first.items()
            if not job.plan.rerun and (row := self._newest(identity)) and row.status == "FAILED"
        }

    def _newest(self, identity: str, status: str | None = None) -> RunRow | None:
        rows = self.runs.get(identity, ())
        return next((row for row in rows if status in (None, row.status)), None)

    def missing(self, retry_failed: bool) -> dict[str, Job]:
        """The jobs that have to run, by identity, in order."""
        there = {*self.met(), *(() if retry_failed else self.failed())}
        found = {identity: job for identity, job in self.first.items() if identity not in there}
        return dict(sorted(found.items(), key=lambda pair: pair[1].number))

    def in_order(self, results: Mapping[str, Result]) -> list[Result]:
        """A result for every job that has one, in the order of the jobs."""
        pairs = zip(self.identities, self.jobs, strict=True)
        return [replace(results[identity], job=job) for identity, job in pairs if identity in results]


def look_up(jobs: Sequence[Job], settings: Settings) -> Wanted:
    """State the threads of each job, and find what has run. Raises RequestError and WorkError."""
    check_store(jobs[0].plan.tracking)
    stated = tuple(replace(job, plan=with_threads(job.plan, settings)) for job in jobs)
    found = tuple(identities([job.plan for job in stated]))
    whole = hashlib.sha256(" ".join(sorted(set(found))).encode()).hexdigest()[:16]
    rows, experiment = list_runs(jobs[0].plan.tracking), experiment_of(stated)
    runs: dict[str, list[RunRow]] = {}
    for row in rows:
        runs.setdefault(row.tags.get(tags.IDENTITY, ""), []).append(row)
    seconds = [
        row.scores["time/total_s"]
        for row in rows
        if row.experiment == experiment and tags.SWEEP not in row.tags and "time/total_s" in row.scores
    ]
    return Wanted(
        jobs=stated,
        identities=found,
        settings=settings,
        runs={identity: tuple(runs[identity]) for identity in found if identity in runs},
        parent=next(iter(runs.get(whole, ())), None),
        identity=whole,
        experiment=experiment,
        usual=median(seconds) if seconds else None,
    )


def experiment_of(jobs: Sequence[Job]) -> str:
    """The experiment of the jobs, where they are in one; a sweep over several has one of its own."""
    specs = [(job.plan.experiment_name, job.plan.dataset.spec()) for job in jobs]
    names = {name or f"{spec.name}-{spec.task}" for name, spec in specs}
    return names.pop() if len(names) == 1 else "sweeps"
