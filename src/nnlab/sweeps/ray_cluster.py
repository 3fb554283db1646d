"""The carrier that is a Ray cluster: an errand a task, each on whichever node has room.

Own code over ray.remote and not Hydra's launcher for Ray: that one answers when all jobs are done, ends them all
when one raises, and wants boto3 and an old cloudpickle.
"""

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab.errors import RequestError
from nnlab.plan import Tracking
from nnlab.sweeps.errands import Errand, Report, carry_errand, environment_of, without_login
from nnlab.sweeps.flights import Flight, landed, lost
from nnlab.sweeps.jobs import Job, Result
from nnlab.sweeps.launchers import KEY, check_reach
from nnlab.sweeps.settings import OnRay

_TICK = 0.2
_ANSWER_SECONDS = 5.0
_LOOPBACK = ("127.", "localhost")
_QUIET = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": False}


@contextmanager
def ray_crew(settings: OnRay, tracking: Tracking, logs: Path) -> Iterator["RayCrew"]:
    """Connect, and let go in the end, which ends what still runs.

    Raises RequestError for a cluster that does not answer, or whose nodes do not reach the store.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if settings.address is None or settings.address.startswith(_LOOPBACK):
        # Ray takes a machine's outer address for its loopback, unless it is told that this is all there is.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    _connect(settings.address)
    import ray

    try:
        if any(node["NodeManagerHostname"] != socket.gethostname() for node in ray.nodes() if node["Alive"]):
            check_reach(tracking, settings.launcher)
        yield RayCrew(settings, environment_of(tracking), logs)
    finally:
        ray.shutdown()


def _connect(address: str | None) -> None:
    """Start Ray, or reach the cluster. Raises RequestError."""
    former = signal.getsignal(signal.SIGTERM)
    try:
        if address and address != "auto":  # Ray itself asks for minutes
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), _ANSWER_SECONDS).close()
        import ray

        alone = {} if address else {"include_dashboard": False}
        ray.init(address or "local", **alone, **_QUIET)
    except Exception as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        allowed = "a Ray cluster that this machine is a node of; null starts one"
        raise RequestError(f"{KEY}.address: {address}: {reason[:200]}; {allowed}") from None
    finally:
        signal.signal(signal.SIGTERM, former)  # which Ray takes for itself


class RayCrew:
    """Jobs in tasks of Ray. environment: what they need to find the store. logs: see Crew."""

    def __init__(self, settings: OnRay, environment: Mapping[str, str], logs: Path):
        import ray

        self.settings, self.environment, self.logs = settings, environment, logs
        self._flights: dict[Any, Flight] = {}
        wanted = {"num_cpus": settings.num_cpus, "num_gpus": settings.num_gpus}
        if settings.gigabytes:
            wanted["memory"] = round(settings.gigabytes * 1e9)
        named = {key: value for key, value in wanted.items() if value is not None}
        self._task = ray.remote(max_retries=0, **named)(_carry)

    @property
    def busy(self) -> bool:
        """Whether any task is under way."""
        return bool(self._flights)

    @property
    def has_room(self) -> bool:
        """Whether another job may start; with `auto`, whether the cluster is large enough for it now."""
        workers = self.settings.workers
        return len(self._flights) < (self._places() if workers == "auto" else workers)

    def _places(self) -> int:
        """How many jobs fit into the cluster; one at least, which waits for a node."""
        import ray

        whole, wanted = (
            ray.cluster_resources(),
            {"CPU": self.settings.num_cpus, "GPU": self.settings.num_gpus},
        )
        return max(1, min(int(whole.get(key, 0) / each) for key, each in wanted.items() if each))

    def start(self, job: Job) -> None:
        """Hand a job to the cluster."""
        here = Path.cwd()
        folder = Path(self.settings.folder) if self.settings.folder else here
        errand = Errand(without_login(job), self.settings.limits(1), folder, self.logs.relative_to(here))
        task = self._task.remote(errand, self.environment)
        self._flights[task] = Flight(job, _name(task.task_id()))

    def stop(self, number: int) -> None:
        """Ask every job to end."""
        import ray

        for task, flight in self._flights.items():
            if not flight.why:
                flight.ask(f"ended by {signal.Signals(number).name}", 2 * self.settings.grace)
                ray.cancel(task, force=False)
            elif flight.overdue:
                ray.cancel(task, force=True)

    def wait(self) -> Iterator[Result]:
        """The results of what has ended within a moment."""
        import ray

        if self._flights:
            for task in ray.wait(list(self._flights), num_returns=1, timeout=_TICK)[0]:
                yield self._end(task, self._flights.pop(task))

    def _end(self, task: Any, flight: Flight) -> Result:
        import ray
        from ray.exceptions import OutOfMemoryError, RayError, RayTaskError

        try:
            report: Report = ray.get(task)
        except OutOfMemoryError as error:
            return lost(flight, "OUT_OF_MEMORY", _first_sentence(error))
        except RayTaskError as error:
            return lost(flight, "FAILED", _first_sentence(error.cause))
        except RayError as error:
            return lost(flight, "KILLED", _first_sentence(error))
        return landed(flight, report, self.logs)


def _carry(errand: Errand, environment: Mapping[str, str]) -> Report:
    """What a task does, on its node."""
    import ray

    gpus = ",".join(str(number) for number in ray.get_gpu_ids())
    limits = replace(errand.limits, gpus=(gpus,) if gpus else ())
    return carry_errand(
        replace(errand, limits=limits), _name(ray.get_runtime_context().get_task_id()), environment
    )


def _name(task: Any) -> str:
    return f"ray/{task if isinstance(task, str) else task.hex()}"


def _first_sentence(error: BaseException) -> str:
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return first.partition(". ")[0]
