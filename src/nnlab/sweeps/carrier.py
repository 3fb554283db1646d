"""Who carries jobs: processes of this machine, a Ray cluster, Slurm. One protocol for all of them."""

from collections.abc import Iterator
from typing import Protocol

from nnlab.sweeps.jobs import Job, Result


class Carrier(Protocol):
    """Jobs under way. However one of them ends, it ends no other."""

    @property
    def busy(self) -> bool:
        """Whether any job is under way, or still being cleared up after."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether another job may start."""
        ...

    def start(self, job: Job) -> None:
        """Begin a job, and return at once."""

    def stop(self, number: int) -> None:
        """Ask every job to end, because this process was asked to by signal `number`; may be said again."""

    def wait(self) -> Iterator[Result]:
        """The results of what has ended within a moment."""
        ...
