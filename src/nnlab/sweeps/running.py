"""Jobs in, results out: a few at a time, each in a process of its own, and none can end the others."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from nnlab.job import carry_out
from nnlab.outcome import Outcome
from nnlab.signals import Interrupted, noted
from nnlab.sweeps.crew import Crew
from nnlab.sweeps.jobs import Job, Limits, Result
from nnlab.sweeps.workers import Workers


class Listener(Protocol):
    """Whoever wants to know how the jobs go."""

    def started(self, job: Job) -> None:
        """A process is asked for that carries the job out."""

    def ended(self, result: Result) -> None:
        """The job has ended, in whatever way."""


def carry_job(job: Job) -> Outcome:
    """What a worker does with a job."""
    return carry_out(job.plan, job.words, job.tags)


def run_jobs(
    jobs: Iterable[Job],
    logs: Path,
    limits: Limits,
    listeners: Iterable[Listener] = (),
    workers: Workers | None = None,
    carry: Callable[[Job], Outcome] = carry_job,
) -> Iterator[Result]:
    """Run every job in a process of its own, and yield each result as it comes.

    jobs: asked for one by one, each when there is room for it, so that they may depend on the results so far.
    logs: a folder; what the process of job 3 prints goes into 3.log. workers: whose forkserver is used; one is
    started where there is none. carry: what is done with a job, a function that can be imported. The plans are run
    as they are: who wants threads divided among the workers says so in them. An ending signal ends the processes,
    each recorded as KILLED; their results are still yielded before Interrupted is raised. Raises WorkError where
    no process can be started at all.
    """
    waiting, told = _Waiting(jobs), tuple(listeners)
    with ExitStack() as stack:
        signals = stack.enter_context(noted())
        crew = Crew(workers or stack.enter_context(Workers()), limits, logs)
        while (waiting.more and not signals) or crew.busy:
            while crew.has_room and not signals and (job := waiting.next()):
                for one in told:
                    one.started(job)
                crew.start(job, carry)
            if signals:
                crew.stop(signals[0])
            for result in crew.wait():
                for one in told:
                    one.ended(result)
                yield result
        if signals:
            raise Interrupted(signals[0])


class _Waiting:
    """Jobs that have not begun. more: whether there may be another."""

    def __init__(self, jobs: Iterable[Job]):
        self._jobs = iter(jobs)
        self.more = True

    def next(self) -> Job | None:
        """The next one, None after the last."""
        job = next(self._jobs, None) if self.more else None
        self.more = job is not None
        return job
