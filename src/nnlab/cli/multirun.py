"""`nnlab -m`: every combination of the listed values, each run in a process of its own."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep

from nnlab.checking.reading import SWEEP
from nnlab.cli.compose import compose_config, compose_plans, read_words
from nnlab.cli.flags import DRY_RUN, RETRY_FAILED
from nnlab.cli.folders import own_conf
from nnlab.cli.runs import describe_seconds
from nnlab.cli.saying import say_aside
from nnlab.errors import ConfigError, Problem
from nnlab.sweeps.axes import Axis, read_axis
from nnlab.sweeps.jobs import Job
from nnlab.sweeps.launchers import GROUP, KEY, check_launcher, check_name, read_settings
from nnlab.sweeps.settings import Here, Settings
from nnlab.sweeps.space import Space, read_space

if TYPE_CHECKING:
    from nnlab.sweeps.wanted import Wanted
    from nnlab.sweeps.workers import Workers


def multirun(overrides: Sequence[str], flags: Collection[str]) -> int:
    """Check every job, then run what is missing of them. Raises ConfigError before anything has started."""
    good, problems = read_words(overrides)
    if problems:
        raise ConfigError(problems)
    from nnlab.cli.searching import read_request, search
    from nnlab.search.wanted import look_up
    from nnlab.sweeps.workers import Workers

    with Workers() as workers:
        if DRY_RUN not in flags:
            workers.begin()
        if request := read_request(good):
            return search(look_up(request), flags, workers)
        settings, rest = read_launcher(good)
        words = expand(rest)
        plans = compose_plans(words)
        jobs = [Job(number, tuple(words[number]), plan) for number, plan in enumerate(plans)]
        return carry_on(jobs, settings, flags, workers)


def carry_on(jobs: Sequence[Job], settings: Settings, flags: Collection[str], workers: "Workers") -> int:
    """Say what a sweep will do, do it unless `--dry-run`, say what came of it; 1 unless every job has a result."""
    from nnlab.cli.board import choose_board, differing
    from nnlab.cli.comparison_table import say_comparison
    from nnlab.reaping import reap
    from nnlab.sweeps.comparing import compare_results
    from nnlab.sweeps.sweeping import sweep
    from nnlab.sweeps.wanted import look_up

    check_launcher(settings, [job.plan for job in jobs])
    wanted, retry = look_up(jobs, settings), RETRY_FAILED in flags
    missing = wanted.missing(retry)
    say_aside(describe_outlook(wanted, retry))
    if DRY_RUN in flags:
        for identity, job in zip(wanted.identities, wanted.jobs, strict=True):
            print(f"{'to do' if identity in missing else 'done '}  {job.title}")
        return 0
    titles = differing(list(missing.values()))
    with choose_board(wanted.folder / "logs", len(missing), lambda job: titles[job.number]) as board:
        results = sweep(wanted, [board], retry, workers)
    reap(jobs[0].plan.tracking, say_aside, wanted.folder)
    good = sum(result.good for result in results)
    say_comparison(compare_results(results), wanted.name)
    say_aside(f"{good} of {len(jobs)} runs finished; {wanted.folder / 'tables' / 'summary.csv'}")
    return 0 if good == len(jobs) else 1


def describe_outlook(wanted: "Wanted", retry_failed: bool) -> str:
    """`24 runs: 20 finished before, 1 failed before (--retry-failed runs it again), 3 to do, about 40 s`."""
    missing, met = wanted.missing(retry_failed), wanted.met()
    failed = wanted.failed().keys() - missing.keys()
    again = len(wanted.jobs) - len(wanted.first)
    parts = [
        f"{len(met)} finished before" if met else "",
        f"{len(failed)} failed before ({RETRY_FAILED} runs them again)" if failed else "",
        f"{again} the same as another" if again else "",
        f"{len(missing)} to do",
        _estimate(wanted, list(missing.values())),
    ]
    return f"{len(wanted.jobs)} runs: {', '.join(filter(None, parts))}"


def _estimate(wanted: "Wanted", missing: Sequence[Job]) -> str:
    if not missing or wanted.usual is None:
        return ""
    workers = wanted.settings.at_once([job.plan for job in missing])
    return f"about {describe_seconds(wanted.usual * math.ceil(len(missing) / workers))}" if workers else ""


def read_launcher(overrides: Sequence[str]) -> tuple[Settings, list[str]]:
    """How jobs are to be run, and the overrides that are the jobs' own. Raises ConfigError."""
    own, group = f"{KEY}.", f"{GROUP}="
    hydras = [word.lstrip("+") for word in overrides if word.lstrip("+").startswith("hydra")]
    if foreign := [word.partition("=") for word in hydras if not word.startswith((own, group))]:
        allowed = f"{GROUP}=…, {own}KEY=…, or a search: hydra/sweeper=optuna"
        raise ConfigError(Problem(key, value, allowed) for key, _, value in foreign)
    launcher = next((word.removeprefix(group) for word in hydras if word.startswith(group)), Here.launcher)
    check_name(launcher)
    values = yaml.safe_load((own_conf() / GROUP / f"{launcher}.yaml").read_text(encoding="utf-8"))
    for key, _, value in (word.removeprefix(own).partition("=") for word in hydras if word.startswith(own)):
        values[key] = yaml.safe_load(value)
    return read_settings(values, launcher), [word for word in overrides if word.lstrip("+") not in hydras]


def expand(overrides: Iterable[str]) -> list[list[str]]:
    """The jobs of a command line: every point of its lists and of the configuration's `sweep:` section.

    What is typed takes the place of the section's own axis of that key. Raises ConfigError.
    """
    found = spread(overrides)
    points = found.space.points(found.axes, found.given, found.seed)
    return [[*found.words, *(f"{key}={value}" for key, value in point)] for point in points]


@dataclass(frozen=True)
class Spread:
    """What a command line spans: the words with one value, the axes that are typed, the section's space."""

    words: list[str]
    axes: list[Axis]
    space: Space
    seed: int

    @property
    def given(self) -> dict[str, str]:
        """The single values by key."""
        return {word.partition("=")[0]: word.partition("=")[2] for word in self.words}


def spread(overrides: Iterable[str], searched: bool = False) -> Spread:
    """Read words and the configuration's `sweep:` section. searched: see `read_space`. Raises ConfigError."""
    good, problems = read_words(overrides)
    if problems:
        raise ConfigError(problems)
    fixed, typed = _typed(good)
    config = compose_config(fixed)
    words = [word for word in fixed if word.partition("=")[0].split(".")[0] != SWEEP]
    return Spread(words, typed, read_space(config[SWEEP], searched), int(config["seed"]))


def _typed(overrides: Iterable[str]) -> tuple[list[str], list[Axis]]:
    """The words with one value, and an axis for each of the others."""
    fixed: list[str] = []
    axes: list[Axis] = []
    for override in OverridesParser.create().parse_overrides(list(overrides)):
        line = override.input_line or ""
        if override.is_sweep_override():
            axes.append(_axis(line.partition("=")[0].lstrip("+"), override))
        else:
            fixed.append(line.lstrip("+"))
    return fixed, axes


def _axis(key: str, override: Override) -> Axis:
    """`16,32`, `range(3)`, `interval(0,1)`, `int(interval(8,512))`, `tag(log,interval(0.001,0.1))`."""
    given = override.value()
    if isinstance(given, IntervalSweep):
        kind = (
            "_".join([*["int"] * isinstance(given.start, int), *["log"] * ("log" in given.tags)]) or "range"
        )
        read = read_axis(key, {kind: [given.start, given.end]}, key)
        if isinstance(read, Problem):
            raise ConfigError([read])
        return read
    values = tuple((str(value),) for value in override.sweep_string_iterator())
    return Axis((key,), values, even=isinstance(given, RangeSweep) and not given.shuffle)
