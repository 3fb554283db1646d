"""How a search goes: the keys of conf/hydra/sweeper/optuna.yaml."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from nnlab.checking.wording import problems_of
from nnlab.errors import ConfigError, Problem
from nnlab.plan import Count, Section

KEY = "hydra.sweeper"
Direction = Literal["minimize", "maximize"]
_PACKAGES = {"cmaes": "cmaes", "gp": "torch"}
"""What a sampler needs beyond Optuna, and its extra's name is the sampler's."""


def _as_list(value: Any) -> Any:
    return value if value is None or isinstance(value, list | tuple) else (value,)


class SearchSettings(Section):
    """trials: networks to try, those of earlier sessions counted.

    objective, direction: metrics and where they should go; several make a Pareto front. startup: trials at random
    before the sampler, and the median pruner, go by what they have seen. warmup: epochs every run may train.
    """

    sampler: Literal["tpe", "cmaes", "gp", "nsgaii", "random", "grid"]
    trials: Count
    objective: Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
    direction: Annotated[
        tuple[Direction, ...] | None,
        BeforeValidator(_as_list),
        Field(description="null, minimize or maximize, or a list of one for each objective"),
    ]
    seed: Annotated[int, Field(ge=0, lt=2**31, strict=True)] | None
    startup: Count
    pruner: Literal["none", "median", "hyperband", "asha"]
    warmup: Count
    storage: Annotated[
        str | None, Field(description="null, or the address of a database, such as sqlite:///study.db")
    ]


def read_search_settings(values: Mapping[str, Any]) -> SearchSettings:
    """The settings of a sweeper's section. Raises ConfigError, also where a package is missing."""
    try:
        settings = SearchSettings.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(problems_of(error, SearchSettings, KEY)) from None
    if problems := list(_problems(settings)):
        raise ConfigError(problems)
    return settings


def _problems(settings: SearchSettings) -> Iterator[Problem]:
    package = _PACKAGES.get(settings.sampler)
    if package and find_spec(package) is None:
        allowed = f"the package {package}: pip install 'nnlab[{settings.sampler}]'"
        yield Problem(f"{KEY}.sampler", settings.sampler, allowed)
    several = len(settings.objective) > 1
    if several and settings.sampler == "cmaes":
        yield Problem(f"{KEY}.sampler", "cmaes", "tpe, gp, nsgaii, random or grid for several objectives")
    if several and settings.pruner != "none":
        yield Problem(f"{KEY}.pruner", settings.pruner, "none where there are several objectives")
    if settings.direction and len(settings.direction) != len(settings.objective):
        given = f"{len(settings.direction)} for {len(settings.objective)} objectives"
        yield Problem(f"{KEY}.direction", given, "null, or one for each objective")
