"""Jobs in, results out: a few at a time, whoever carries them."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from nnlab.signals import Interrupted, noted
from nnlab.sweeps.carrier import Carrier
from nnlab.sweeps.jobs import Job, Result


class Listener(Protocol):
    """Whoever wants to know how the jobs go."""

    def started(self, job: Job) -> None:
        """A process is asked for that carries the job out."""

    def ended(self, result: Result) -> None:
        """The job has ended, in whatever way."""


def run_jobs(jobs: Iterable[Job], carrier: Carrier, listeners: Iterable[Listener] = ()) -> Iterator[Result]:
    """Have every job carried, and yield each result as it comes.

    jobs: asked for one by one, each when there is room for it, so that they may depend on the results so far. The
    plans are run as they are: who wants threads divided among the workers says so in them. An ending signal ends
    the jobs, each recorded as KILLED; their results are still yielded before Interrupted is raised. Raises
    WorkError where no process can be started at all.
    """
    waiting, told = _Waiting(jobs), tuple(listeners)
    with noted() as signals:
        while (waiting.more and not signals) or carrier.busy:
            while carrier.has_room and not signals and (job := waiting.next()):
                for one in told:
                    one.started(job)
                carrier.start(job)
            if signals:
                carrier.stop(signals[0])
            for result in carrier.wait():
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
