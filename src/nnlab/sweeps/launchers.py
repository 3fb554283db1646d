"""The launchers by name, `hydra/launcher=NAME`: read, and looked at before anything runs."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from shutil import which
from typing import Any

from pydantic import ValidationError

from nnlab.checking.wording import problems_of
from nnlab.errors import ConfigError, Problem, RequestError
from nnlab.names import suggest
from nnlab.plan import Plan, Tracking
from nnlab.sweeps.settings import Here, LikeSlurm, OnRay, OnSlurm, Settings
from nnlab.tracking.address import KEY as STORE
from nnlab.tracking.address import is_of_this_machine, redact

GROUP = "hydra/launcher"
KEY = "hydra.launcher"
_LAUNCHERS: Mapping[str, type[Settings]] = {one.launcher: one for one in (Here, OnRay, OnSlurm, LikeSlurm)}


def check_name(name: str) -> None:
    """Raises ConfigError for a launcher that is not nnlab's."""
    if name not in _LAUNCHERS:
        meant = suggest(name, _LAUNCHERS)
        raise ConfigError([Problem(GROUP, name, f"one of {', '.join(_LAUNCHERS)}", meant)])


def read_settings(values: Mapping[str, Any], launcher: str = Here.launcher) -> Settings:
    """The settings of a launcher's section. Raises ConfigError."""
    kind = _LAUNCHERS[launcher]
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(problems_of(error, kind, KEY)) from None


def check_launcher(settings: Settings, plans: Sequence[Plan]) -> None:
    """Raises RequestError for a plan that is no job, and where what carries jobs is missing or sees no store."""
    if any(plan.trainer.on_cluster for plan in plans):
        allowed = "null or mirrored: processes that belong together are not told which run is next"
        raise ConfigError([Problem("trainer.strategy", "'multi_worker' in a sweep", allowed)])
    if settings.extra and find_spec(settings.extra[1]) is None:
        extra, module = settings.extra
        raise RequestError(
            f"{GROUP}: {settings.launcher} needs {module}, which is not installed; pip install 'nnlab[{extra}]'"
        )
    if isinstance(settings, OnSlurm):
        if which("sbatch") is None:
            raise RequestError(
                f"{GROUP}: {settings.launcher}: no sbatch here; a machine that submits to Slurm"
            )
        check_reach(plans[0].tracking, settings.launcher)


def check_reach(tracking: Tracking, launcher: str) -> None:
    """Raises RequestError for a store that no other machine can write to."""
    if is_of_this_machine(tracking):
        raise RequestError(
            f"{STORE}: {redact(tracking.uri)} is this machine's own, and {launcher} runs jobs on others; "
            f"tracking=server {STORE}=http://SERVER, which they reach"
        )
