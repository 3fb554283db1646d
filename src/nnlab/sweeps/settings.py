"""How a sweep is carried out: the keys of conf/hydra/launcher/NAME.yaml, and what they mean on this machine."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.models.memory import machine_bytes
from nnlab.plan import Count, Plan, Section
from nnlab.sweeps.jobs import Limits
from nnlab.training.runtime import available_threads

_GIGABYTE = 10**9
_USUAL_BYTES = _GIGABYTE
"""What a process with a small network and its data holds; with `auto` no more start than memory has room for."""
_GPUS = Path("/proc/driver/nvidia/gpus")

Amount = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]
Word = Annotated[
    Annotated[str, Field(pattern=r"^[\w.,:@%+=/&|*()\[\]-]+$")] | None,
    Field(description="null, or a text without spaces"),
]
"""What goes into a batch script: nothing that a shell would take for another line or command."""

Address = Annotated[
    Annotated[str, Field(pattern=r"^(auto|[\w.-]+:\d+)$")] | None,
    Field(description="null, auto or HOST:PORT"),
]
AbsolutePath = Annotated[
    Annotated[str, Field(pattern=r"^/")] | None, Field(description="null, or an absolute path")
]


class Settings(Section):
    """What every launcher is told. seconds: a run may last. gigabytes: it may hold. grace: seconds to end in.

    extra: what to install beside nnlab, `nnlab[extra]`, and the module that it brings.
    """

    launcher: ClassVar[str]
    extra: ClassVar[tuple[str, str] | None] = None

    seconds: Amount | None
    gigabytes: Amount | None
    grace: Amount

    @property
    def threads(self) -> int:
        """Of a run whose plan does not say."""
        raise NotImplementedError

    def at_once(self, plans: Sequence[Plan]) -> int | None:
        """How many of the jobs go on at once, None where that is not for this machine to know."""
        raise NotImplementedError

    def limits(self, workers: int) -> Limits:
        """In the numbers of whoever watches so many processes."""
        return Limits(workers, self.seconds, self.gigabytes and self.gigabytes * 1000, self.grace)


class Here(Settings):
    """nnlab's own launcher: processes of this machine. workers: runs at once."""

    launcher = "nnlab"

    workers: Literal["auto"] | Count

    @property
    def threads(self) -> int:
        """Its share of the cores; one where workers are `auto`."""
        cores = available_threads()
        runs = self.workers if self.workers != "auto" else len(visible_gpus()) or cores
        return max(1, cores // runs)

    def at_once(self, plans: Sequence[Plan]) -> int:
        """`auto` is one run a GPU; without one, as many as find a core for each thread and a gigabyte."""
        workers = (len(visible_gpus()) or _room(plans)) if self.workers == "auto" else self.workers
        return min(workers, max(1, len(plans)))


class OnRay(Settings):
    """A Ray cluster. address: null for one of this machine alone. folder: where jobs work; null is the sweep's."""

    launcher = "ray"
    extra = ("ray", "ray")

    address: Address
    folder: AbsolutePath
    workers: Literal["auto"] | Count
    num_cpus: Count
    num_gpus: Amount | None

    @property
    def threads(self) -> int:
        """What Ray reserves."""
        return self.num_cpus

    def at_once(self, plans: Sequence[Plan]) -> int | None:
        """A number where it is one."""
        return None if self.workers == "auto" else self.workers


class BySubmitit(Settings):
    """What Slurm and its stand-in on this machine have in common."""

    extra = ("slurm", "submitit")

    cpus_per_task: Count

    @property
    def threads(self) -> int:
        """What Slurm reserves."""
        return self.cpus_per_task

    @property
    def places(self) -> int:
        """How many jobs may be in the queue."""
        raise NotImplementedError


class LikeSlurm(BySubmitit):
    """submitit's own executor: Slurm's way, on this machine."""

    launcher = "submitit_local"

    workers: Literal["auto"] | Count

    @property
    def places(self) -> int:
        """`auto` is as many as find their cores."""
        cores = max(1, available_threads() // self.cpus_per_task)
        return cores if self.workers == "auto" else self.workers

    def at_once(self, plans: Sequence[Plan]) -> int:
        """All that are in the queue."""
        return self.places


class OnSlurm(BySubmitit):
    """Slurm. The keys are those of sbatch; timeout_min: of each job. workers: jobs in the queue at once."""

    launcher = "submitit_slurm"

    timeout_min: Count
    partition: Word
    account: Word
    qos: Word
    constraint: Word
    gpus_per_node: Count | None
    workers: Count

    @property
    def places(self) -> int:
        """Waiting ones too."""
        return self.workers

    def at_once(self, plans: Sequence[Plan]) -> None:
        """Slurm's queue decides."""


def limits_here(settings: Settings, plans: Sequence[Plan]) -> Limits:
    """The settings in the numbers of this machine, for what runs on it."""
    workers = settings.at_once(plans) if isinstance(settings, Here) else None
    limits = settings.limits(min(workers or _room(plans), max(1, len(plans))))
    return replace(limits, gpus=visible_gpus())


def _room(plans: Sequence[Plan]) -> int:
    """How many runs find a core for each of their threads, and a gigabyte."""
    threads = max((plan.trainer.threads or 1 for plan in plans), default=1)
    return max(1, min(available_threads() // threads, machine_bytes() // _USUAL_BYTES))


def with_threads(plan: Plan, settings: Settings) -> Plan:
    """The plan with its threads stated: its own, else what the settings give each run.

    Weights of convolutions depend on the number of threads, so it must not depend on how many runs there are,
    and stands in the record. Small networks gain nothing from a second thread.
    """
    if plan.trainer.threads:
        return plan
    trainer = plan.trainer.model_copy(update={"threads": settings.threads})
    return plan.model_copy(update={"trainer": trainer})


def visible_gpus() -> tuple[str, ...]:
    """The NVIDIA GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them, without asking the driver."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return tuple(filter(None, (name.strip() for name in named.split(",")))) if named != "-1" else ()
    return tuple(map(str, range(len(list(_GPUS.glob("*"))))))
