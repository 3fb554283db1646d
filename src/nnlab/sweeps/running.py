"""Jobs in, results out: a few at a time, each in a process of its own, and none can end the others."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nnlab.job import carry_out
from nnlab.run import Outcome
from nnlab.signals import Interrupted, noted
from nnlab.sweeps.crew import Crew
from nnlab.sweeps.jobs import Job, Limits, Result
from nnlab.sweeps.workers import Workers


def carry_job(job: Job) -> Outcome:
    """What a worker does with a job."""
    return carry_out(job.plan, job.words, job.tags)


def run_jobs(
    jobs: Iterable[Job], logs: Path, limits: Limits, hear: Callable[[Job], None] = lambda job: None
) -> Iterator[Result]:
    """Run every job in a process of its own, and yield each result as it comes.

    logs: a folder; what the process of job 3 prints goes into 3.log. hear: told of each job as it starts. The
    plans are run as they are: who wants threads divided among the workers says so in them. An ending signal ends
    the processes, each recorded as KILLED; their results are still yielded before Interrupted is raised. Raises
    WorkError where no process can be started at all.
    """
    waiting = deque(jobs)
    with noted() as signals, Workers() as workers:
        crew = Crew(workers, limits, logs)
        while (waiting and not signals) or crew.busy:
            while waiting and crew.has_room and not signals:
                hear(waiting[0])
                crew.start(waiting.popleft(), carry_job)
            if signals:
                crew.stop(signals[0])
            yield from crew.wait()
        if signals:
            raise Interrupted(signals[0])
