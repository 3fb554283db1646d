"""A run that asks, between two epochs, whether it is worth going on: the run's side of `answering`."""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Client

from nnlab.errors import Pruned
from nnlab.job import carry_out
from nnlab.outcome import Outcome
from nnlab.sweeps.jobs import Job
from nnlab.training.history import History


@dataclass(frozen=True)
class Asking:
    """Asks at `address` about job `number`, by its curve `series`."""

    address: str
    number: int
    series: str

    def __call__(self, history: History) -> None:
        """Raises Pruned where the answer is a reason to end. Where nobody answers, the run goes on."""
        if reason := self._ask(history.series.get(self.series, ())):
            raise Pruned(reason)

    def _ask(self, curve: Sequence[float]) -> str:
        try:
            with Client(self.address, "AF_UNIX") as channel:
                channel.send((self.number, list(curve)))
                return channel.recv()
        except (OSError, EOFError):
            return ""


def carry_asking(address: str, series: str, job: Job) -> Outcome:
    """What a worker does with a job that may be pruned."""
    return carry_out(job.plan, job.words, job.tags, between=Asking(address, job.number, series))
