"""From the words of a command line to a plain configuration, every mistake in the words collected.

Hydra stops at the first override it does not like. Here each word is looked at alone, what is wrong is noted
and left out, and the rest is composed; keys nobody knows are let through, so that one judge (nnlab.checking)
words them all.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from hydra import compose, initialize_config_dir
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from nnlab.checking.reading import read_plan
from nnlab.cli.folders import groups, own_conf, user_conf
from nnlab.cli.user_yaml import oversized
from nnlab.errors import ConfigError, Problem, show
from nnlab.names import suggest
from nnlab.plan import Plan, Tracking

LONGEST_KEY = 200
Bases = dict[tuple[str, ...], DictConfig]
"""Composed configurations by the options that were chosen."""
_VALUE = "++"
"""How a value that is set begins; an option of a group does not."""
SWEEP_OWN = ("hydra/launcher", "hydra/sweeper", "hydra.launcher.", "hydra.sweeper.")


def read_words(words: Iterable[str]) -> tuple[list[str], list[Problem]]:
    """The overrides as Hydra takes them, and what is wrong with the others."""
    parser, known = OverridesParser.create(), groups()
    good: list[str] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for word in words:
        try:
            override = parser.parse_override(word)
        except HydraException:
            problems.append(_unread(word))
            continue
        found = list(_look(override, known))
        key = override.key_or_group
        if key in seen and not override.is_delete():
            found.append(Problem(key, "given twice", "once"))
        seen.add(key)
        problems += found
        if not found:
            good.append(_normalised(override, known))
    return good, problems


def _unread(word: str) -> Problem:
    allowed = "KEY=VALUE; quote what the shell or Hydra would take apart"
    return Problem(word if 0 < len(word) <= LONGEST_KEY else show(word), "cannot be read", allowed)


def _look(override: Override, known: Mapping[str, list[str]]) -> Iterable[Problem]:
    key = override.key_or_group
    # Hydra asks the file system for every key that holds no dot, and a file name has an end.
    if not 0 < len(key) <= LONGEST_KEY:
        yield Problem(show(key), f"a key of {len(key)} characters", f"1 to {LONGEST_KEY}")
    elif key.startswith("hydra") and ("._" in key or _is_users_own_launcher(override)):
        yield Problem(key, "would run code", "a config is data only")
    elif key.split(".")[0].split("/")[0] == "hydra" and not key.startswith(SWEEP_OWN):
        yield Problem(
            key, "Hydra's own settings are not part of a plan", "a key of the plan; see `nnlab --help`"
        )
    elif key in known and not override.is_delete():
        for choice in _choices(override):
            if choice is not None and choice not in known[key]:
                yield Problem(
                    key, repr(choice), f"one of {', '.join(known[key])}", suggest(str(choice), known[key])
                )


def _is_users_own_launcher(override: Override) -> bool:
    """Whether a launcher or sweeper comes from ./conf: such a file names the class that is run."""
    folder, group = user_conf(), override.key_or_group
    return bool(folder) and group.startswith("hydra/") and (folder / group).exists()


def _choices(override: Override) -> list[Any]:
    values = override.value().list if override.is_choice_sweep() else [override.value()]  # type: ignore[union-attr]
    return [str(choice) for value in values for choice in (value if isinstance(value, list) else [value])]


def _normalised(override: Override, known: Mapping[str, list[str]]) -> str:
    """A group keeps its meaning (experiments are always added); any value may be set, known key or not."""
    line = (override.input_line or "").lstrip("+")
    key = override.key_or_group
    if override.is_delete() or key.startswith("hydra"):
        return line
    if key == "experiments":
        return "+" + line
    return line if key in known else "++" + line


def compose_config(words: Iterable[str], bases: Bases | None = None) -> dict[str, Any]:
    """The composed configuration as plain values, interpolations unresolved, for a plan and its sweep.

    bases: what was composed before. Raises ConfigError.
    """
    overrides, problems = read_words(words)
    of_sweeps = [override.partition("=") for override in overrides if override.startswith("hydra")]
    problems += [Problem(key, value, "only beside -m") for key, _, value in of_sweeps]
    own = [override for override in overrides if not override.startswith("hydra")]
    try:
        config = _compose(own, {} if bases is None else bases)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from None
    if problems:
        raise ConfigError([*problems, *_plan_problems(config)])
    return config


def compose_plan(words: Iterable[str], bases: Bases | None = None) -> Plan:
    """The checked plan. Raises ConfigError with the mistakes of words and values together."""
    return read_plan(compose_config(words, bases))


def compose_plans(jobs: Sequence[Sequence[str]], bases: Bases | None = None) -> list[Plan]:
    """The checked plans of many jobs; what their choices of options make is composed once.

    bases: what was composed before. Raises ConfigError with every mistake once, and in how many jobs it is.
    """
    bases = {} if bases is None else bases
    plans: list[Plan] = []
    found: dict[Problem, int] = {}
    for job in jobs:
        try:
            plans.append(compose_plan(job, bases))
        except ConfigError as error:
            for problem in error.problems:
                found[problem] = found.get(problem, 0) + 1
    if found and len(jobs) == 1:
        raise ConfigError(found)
    if found:
        raise ConfigError(_counted(problem, count, len(jobs)) for problem, count in found.items())
    return plans


def _counted(problem: Problem, count: int, jobs: int) -> Problem:
    return replace(problem, given=f"{problem.given} (in {count} of {jobs} jobs)")


def tracking_from(words: Iterable[str]) -> Tracking:
    """The tracking section alone, for commands that read runs. Raises ConfigError."""
    words = list(words)
    foreign = [word for word in words if not word.lstrip("+").startswith("tracking")]
    if foreign:
        raise ConfigError(
            [Problem(word, "not understood here", "tracking=… or tracking.KEY=VALUE") for word in foreign]
        )
    return compose_plan(words).tracking


def _plan_problems(config: dict[str, Any]) -> list[Problem]:
    try:
        read_plan(config)
    except ConfigError as error:
        return list(error.problems)
    return []


def _compose(overrides: list[str], bases: Bases) -> dict[str, Any]:
    """Compose the chosen options, then set the values on a copy: as Hydra does, in two steps."""
    values = [override for override in overrides if override.startswith(_VALUE)]
    options = tuple(override for override in overrides if not override.startswith(_VALUE))
    with _worded():
        if options not in bases:
            bases[options] = _compose_options(options)
        config = copy.deepcopy(bases[options])
        parsed = OverridesParser.create().parse_overrides(values)
        ConfigLoaderImpl._apply_overrides_to_config(parsed, config)
    return _plain(config)


def _compose_options(options: Iterable[str]) -> DictConfig:
    GlobalHydra.instance().clear()
    if problems := list(oversized()):
        raise ConfigError(problems)
    with initialize_config_dir(str(own_conf()), version_base="1.3"):
        return compose("config", [*search_path(), *options])


@contextmanager
def _worded() -> Iterator[None]:
    """What Hydra, YAML and OmegaConf raise, as a ConfigError."""
    try:
        yield
    except HydraException as error:
        raise ConfigError([_problem(error)]) from None
    except YAMLError as error:
        raise ConfigError([Problem(*_yaml_place(error))]) from None
    except OmegaConfBaseException as error:
        raise ConfigError(
            [Problem(error.full_key or "config", str(error.msg or error).splitlines()[0])]
        ) from None
    except ValueError as error:  # a file that is not UTF-8, an option whose name YAML reads as a number
        raise ConfigError(
            [Problem("config", f"cannot be composed ({error})", "UTF-8 files, named options")]
        ) from None


def search_path() -> list[str]:
    """The override that lets Hydra see the user's ./conf too."""
    folder = user_conf()
    return [f"hydra.searchpath=['file://{folder}']"] if folder else []


def _plain(config: DictConfig) -> dict[str, Any]:
    plain = OmegaConf.to_container(config, resolve=False)
    if missing := list(_missing(plain)):
        raise ConfigError([Problem(key, "missing", "it must be given") for key in missing])
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def _missing(value: Any, key: str = "") -> Iterator[str]:
    """The keys whose value is OmegaConf's mark for "must be given", found without resolving anything."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _missing(item, f"{key}.{name}" if key else str(name))
    elif value == "???":
        yield key


def _problem(error: HydraException) -> Problem:
    cause = error.__cause__
    if isinstance(cause, YAMLError):
        return Problem(*_yaml_place(cause))
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if several := re.search(r"Ambiguous value for argument '([^=']+)=", str(error)):
        return Problem(several[1], "several values", "one, or -m to train each; a list is written [a,b]")
    return Problem("config", " ".join(lines)[:300])


def _yaml_place(error: YAMLError) -> tuple[str, str]:
    mark = getattr(error, "problem_mark", None)
    place = f"{mark.name}, line {mark.line + 1}" if mark else "config"
    return place, getattr(error, "problem", None) or str(error)
