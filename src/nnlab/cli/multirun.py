"""`nnlab -m`: every combination of the listed values, each run in a process of its own."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser

from nnlab.checking.reading import SWEEP
from nnlab.cli.compose import compose_config, compose_plans, read_words
from nnlab.cli.folders import own_conf
from nnlab.cli.summary import describe_test
from nnlab.errors import ConfigError
from nnlab.sweeps.axes import Axis
from nnlab.sweeps.jobs import Job, Limits
from nnlab.sweeps.settings import KEY, Settings, limits_of, read_settings, with_threads
from nnlab.sweeps.space import read_space


def sweep(overrides: Sequence[str]) -> int:
    """Check every job, then run them; one that fails is told and the others go on. Raises ConfigError."""
    good, problems = read_words(overrides)
    if problems:
        raise ConfigError(problems)
    settings, rest = _settings(good)
    words = expand(rest)
    plans = [with_threads(plan, settings) for plan in compose_plans(words)]
    jobs = [Job(number, tuple(words[number]), plan) for number, plan in enumerate(plans)]
    return _run(jobs, limits_of(settings, plans))


def _run(jobs: Sequence[Job], limits: Limits) -> int:
    """Run the jobs, each told in a line before and after; 1 unless all finished."""
    from nnlab.sweeps.running import run_jobs

    total, finished = len(jobs), 0
    logs = Path("outputs", "sweeps", f"{datetime.now():%Y-%m-%d_%H-%M-%S}")
    for result in run_jobs(jobs, logs, limits, lambda job: _say(f"[{job.number + 1}/{total}] {job.title}")):
        if result.outcome:
            finished += 1
            print(f"{result.outcome.name}: {describe_test(result.outcome)}", flush=True)
        else:
            state = result.state.lower().replace("_", " ")
            _say(f"error: [{result.job.number + 1}/{total}] {state}: {result.reason}; see {result.log}")
    _say(f"{finished} of {total} runs finished")
    return 0 if finished == total else 1


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _settings(overrides: Sequence[str]) -> tuple[Settings, list[str]]:
    """How jobs are to be run, and the overrides that are the jobs' own. Raises ConfigError."""
    own = f"{KEY}."
    typed = [word.lstrip("+") for word in overrides if word.lstrip("+").startswith(own)]
    values = yaml.safe_load((own_conf() / "hydra" / "launcher" / "nnlab.yaml").read_text(encoding="utf-8"))
    for word in typed:
        key, _, value = word.removeprefix(own).partition("=")
        values[key] = yaml.safe_load(value)
    return read_settings(values), [word for word in overrides if not word.lstrip("+").startswith(own)]


def expand(overrides: Iterable[str]) -> list[list[str]]:
    """The jobs of a command line: every point of its lists and of the configuration's `sweep:` section.

    What is typed takes the place of the section's own axis of that key. Raises ConfigError.
    """
    good, problems = read_words(overrides)
    if problems:
        raise ConfigError(problems)
    fixed, typed = _typed(good)
    config = compose_config(fixed)
    space = read_space(config[SWEEP])
    words = [word for word in fixed if word.partition("=")[0].split(".")[0] != SWEEP]
    given = dict(word.partition("=")[::2] for word in words)
    points = space.points(typed, given, int(config["seed"]))
    return [[*words, *(f"{key}={value}" for key, value in point)] for point in points]


def _typed(overrides: Iterable[str]) -> tuple[list[str], list[Axis]]:
    """The words with one value, and an axis for each of the others."""
    fixed: list[str] = []
    axes: list[Axis] = []
    for override in OverridesParser.create().parse_overrides(list(overrides)):
        line = override.input_line or ""
        if override.is_sweep_override():
            values = tuple((str(value),) for value in override.sweep_string_iterator())
            axes.append(Axis((line.partition("=")[0].lstrip("+"),), values))
        else:
            fixed.append(line.lstrip("+"))
    return fixed, axes
