"""What a search wants, checked whole before anything starts, and where it lies."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import ConfigError, Problem
from nnlab.folder import OUTPUTS, slug
from nnlab.plan import Plan, Tracking
from nnlab.search.objectives import Objective, read_objectives
from nnlab.search.settings import KEY, SearchSettings
from nnlab.search.space import SearchSpace
from nnlab.sweeps.axes import Interval, Point
from nnlab.sweeps.identities import identities
from nnlab.sweeps.jobs import Job
from nnlab.sweeps.launchers import check_launcher
from nnlab.sweeps.settings import Here, Settings, with_threads
from nnlab.sweeps.wanted import experiment_of
from nnlab.tracking.probe import check_store
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import runs_of

Compose = Callable[[Sequence[Sequence[str]]], list[Plan]]
"""The checked plans of many command lines. Raises ConfigError with the mistakes of all."""


@dataclass(frozen=True)
class Request:
    """What was asked for: the `command`'s words, and what they mean.

    words: those that every trial begins with. launcher: how its runs are carried out.
    """

    command: tuple[str, ...]
    words: tuple[str, ...]
    space: SearchSpace
    settings: SearchSettings
    launcher: Settings
    compose: Compose

    def job(self, number: int, point: Point, tags: Mapping[str, str] | None = None) -> Job:
        """The run of a trial. Raises ConfigError where its plan is impossible."""
        return self.jobs([point], number, tags)[0]

    def jobs(
        self, points: Sequence[Point], first: int = 0, tags: Mapping[str, str] | None = None
    ) -> list[Job]:
        """The runs at some points. Raises ConfigError with the mistakes of all."""
        words = [(*self.words, *(f"{key}={value}" for key, value in point)) for point in points]
        pairs = zip(words, self.plans(words), strict=True)
        return [Job(number, own, plan, tags or {}) for number, (own, plan) in enumerate(pairs, first)]

    def plans(self, words: Sequence[Sequence[str]]) -> list[Plan]:
        """The plans that words mean, their threads stated. Raises ConfigError with the mistakes of all."""
        return [with_threads(plan, self.launcher) for plan in self.compose(words)]


@dataclass(frozen=True)
class Search:
    """A request that can be carried out. probes: plans at every choice and every end of an interval.

    identity: of all that decides which trials there are, their number apart. seed: the samplers'. parent: the
    record of the whole, None before the first time.
    """

    request: Request
    objectives: tuple[Objective, ...]
    probes: tuple[Plan, ...]
    identity: str
    experiment: str
    seed: int
    parent: RunRow | None

    @property
    def settings(self) -> SearchSettings:
        """How it goes."""
        return self.request.settings

    @property
    def tracking(self) -> Tracking:
        """Where it is recorded."""
        return self.probes[0].tracking

    @property
    def folder(self) -> Path:
        """Where its ledger, logs, tables and, by default, its study are."""
        return Path.cwd() / OUTPUTS / slug(self.experiment) / f"search-{self.identity}"

    @property
    def name(self) -> str:
        """The study's name, one in every database."""
        return f"{slug(self.experiment)}-{self.identity}"

    @property
    def epochs(self) -> int:
        """Of the longest run."""
        return max(plan.trainer.epochs for plan in self.probes)


def look_up(request: Request) -> Search:
    """Check every choice, and find what has run. Raises RequestError and WorkError."""
    jobs = request.jobs(request.space.probes())
    plans = [job.plan for job in jobs]
    objectives = read_objectives(request.settings, plans)
    if problems := [*_problems(request, plans)]:
        raise ConfigError(problems)
    check_launcher(request.launcher, plans)
    check_store(plans[0].tracking)
    seed = plans[0].seed if request.settings.seed is None else request.settings.seed
    identity = _identify(request, plans, objectives, seed)
    former = next(iter(runs_of(plans[0].tracking, identity)), None)
    return Search(request, objectives, tuple(plans), identity, experiment_of(jobs), seed, former)


def _problems(request: Request, plans: Sequence[Plan]) -> list[Problem]:
    settings, space = request.settings, request.space
    again = "false: a search goes on with its study; another hydra.sweeper.seed begins another"
    problems = [Problem("rerun", "true", again)] if any(plan.rerun for plan in plans) else []
    if settings.pruner != "none" and any(plan.cv for plan in plans):
        problems.append(Problem(f"{KEY}.pruner", settings.pruner, "none for a cross-validation"))
    if settings.pruner != "none" and not isinstance(request.launcher, Here):
        allowed = f"none with hydra/launcher={request.launcher.launcher}: it asks runs of this machine"
        problems.append(Problem(f"{KEY}.pruner", settings.pruner, allowed))
    if settings.sampler == "grid":
        endless = [each.axis.keys[0] for each in space.parameters if isinstance(each.axis.values, Interval)]
        allowed = "a list of values for the sampler grid"
        problems += [Problem(key, "an interval has no end of values", allowed) for key in endless]
    return problems


def _identify(request: Request, plans: Sequence[Plan], objectives: Sequence[Objective], seed: int) -> str:
    settings = request.settings
    own = [settings.sampler, settings.startup, settings.pruner, settings.warmup, seed]
    goals = [[objective.metric, objective.direction] for objective in objectives]
    text = json.dumps([sorted(set(identities(plans))), request.space.plain(), goals, own])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
