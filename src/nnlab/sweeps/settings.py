"""How a sweep is carried out: the keys of conf/hydra/launcher/nnlab.yaml, and what they mean on this machine."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from nnlab.checking.wording import problems_of
from nnlab.errors import ConfigError
from nnlab.models.memory import machine_bytes
from nnlab.plan import Count, Plan, Section
from nnlab.sweeps.jobs import Limits
from nnlab.training.runtime import available_threads

KEY = "hydra.launcher"
_GIGABYTE = 10**9
_USUAL_BYTES = _GIGABYTE
"""What a process with a small network and its data holds; with `auto` no more start than memory has room for."""
_GPUS = Path("/proc/driver/nvidia/gpus")

Amount = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]


class Settings(Section):
    """workers: runs at once. seconds: a run may last. gigabytes: it may hold. grace: seconds to end in."""

    workers: Literal["auto"] | Count
    seconds: Amount | None
    gigabytes: Amount | None
    grace: Amount


def read_settings(values: Mapping[str, Any]) -> Settings:
    """The settings of a launcher's section. Raises ConfigError."""
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(problems_of(error, Settings, KEY)) from None


def limits_of(settings: Settings, plans: Sequence[Plan]) -> Limits:
    """The settings in this machine's numbers.

    `auto` is one run a GPU; without one, as many as find a core for each of their threads and a gigabyte.
    """
    gpus, threads = visible_gpus(), max((plan.trainer.threads or 1 for plan in plans), default=1)
    room = max(1, min(available_threads() // threads, machine_bytes() // _USUAL_BYTES))
    workers = (len(gpus) or room) if settings.workers == "auto" else settings.workers
    megabytes = settings.gigabytes and settings.gigabytes * 1000
    return Limits(min(workers, max(1, len(plans))), settings.seconds, megabytes, settings.grace, gpus)


def with_threads(plan: Plan, settings: Settings) -> Plan:
    """The plan with its threads stated: its own, else its share of the cores; one where workers are `auto`.

    Weights of convolutions depend on the number of threads, so it must not depend on how many runs there are,
    and stands in the record. Small networks gain nothing from a second thread.
    """
    if plan.trainer.threads:
        return plan
    runs = settings.workers if settings.workers != "auto" else len(visible_gpus()) or available_threads()
    share = max(1, available_threads() // runs)
    return plan.model_copy(update={"trainer": plan.trainer.model_copy(update={"threads": share})})


def visible_gpus() -> tuple[str, ...]:
    """The NVIDIA GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them, without asking the driver."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return tuple(filter(None, (name.strip() for name in named.split(",")))) if named != "-1" else ()
    return tuple(map(str, range(len(list(_GPUS.glob("*"))))))
