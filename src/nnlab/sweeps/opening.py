"""From a sweep's settings to who carries its jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnlab.plan import Tracking
from nnlab.sweeps.carrier import Carrier
from nnlab.sweeps.crew import Crew
from nnlab.sweeps.jobs import Limits
from nnlab.sweeps.settings import BySubmitit, OnRay, Settings
from nnlab.sweeps.workers import Workers


@contextmanager
def carrier_of(
    settings: Settings, tracking: Tracking, workers: Workers, limits: Limits, logs: Path
) -> Iterator[Carrier]:
    """The carrier, ended with the block. workers, limits: for a crew of this machine's processes. logs: see Crew.

    Raises RequestError where a cluster does not answer, or its nodes do not reach the store.
    """
    if isinstance(settings, OnRay):
        from nnlab.sweeps.ray_cluster import ray_crew

        with ray_crew(settings, tracking, logs) as crew:
            yield crew
    elif isinstance(settings, BySubmitit):
        from nnlab.sweeps.submitit_jobs import SubmititCrew

        yield SubmititCrew(settings, tracking, logs)
    else:
        yield Crew(workers, limits, logs)
