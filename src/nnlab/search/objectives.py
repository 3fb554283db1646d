"""What a search is after: a metric of a run that the validation gives, or its cost; never the test set."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnlab.errors import ConfigError, Problem
from nnlab.names import signature, suggest
from nnlab.objects import KerasObject
from nnlab.plan import Plan
from nnlab.search.settings import KEY, Direction, SearchSettings

_COSTS: dict[str, Direction] = {
    "model/params": "minimize",
    "model/zero_weights": "maximize",
    "time/fit_s": "minimize",
}
_UP = re.compile(
    r"accuracy|auc|precision|recall|score|io_?u|similarity|correlation|true_|sensitivity|specificity"
)
_DOWN = re.compile(r"loss|error|crossentropy|hinge|divergence|poisson|cosh|false_|^mae$|^mse$|^rmse$")


@dataclass(frozen=True)
class Objective:
    """A metric as the record names it, such as `best/val_loss` or `model/params`, and where it should go."""

    metric: str
    direction: Direction

    @property
    def series(self) -> str | None:
        """The validation curve by Keras's name, `val_loss`; None for a cost, which has none."""
        section, _, name = self.metric.partition("/")
        return {"best": name, "val": f"val_{name}"}.get(section)

    def value(self, scores: Mapping[str, float]) -> float | None:
        """The metric of a finished run; None where it is missing or not finite."""
        found = scores.get(self.metric)
        return found if found is not None and math.isfinite(found) else None


def read_objectives(settings: SearchSettings, plans: Sequence[Plan]) -> tuple[Objective, ...]:
    """The objectives, which every one of the plans must measure. Raises ConfigError."""
    problems = [*_validation_problems(plans), *_metric_problems(settings, plans)]
    directions: Sequence[Direction | None] = settings.direction or [
        _usual_direction(metric) for metric in settings.objective
    ]
    problems += [
        Problem(f"{KEY}.direction", f"null, and {metric} does not say it", "minimize or maximize")
        for metric, direction in zip(settings.objective, directions, strict=True)
        if direction is None and not problems
    ]
    if problems:
        raise ConfigError(dict.fromkeys(problems))
    return tuple(
        Objective(metric, direction)
        for metric, direction in zip(settings.objective, directions, strict=True)
        if direction
    )


def _validation_problems(plans: Sequence[Plan]) -> Iterator[Problem]:
    for plan in plans:
        split = plan.dataset.validation_split
        if split in ("test", 0):
            allowed = (
                "a part of the training set: a search chooses by validation, and the test set is used once"
            )
            yield Problem("dataset.validation_split", repr(split), allowed)


def _metric_problems(settings: SearchSettings, plans: Sequence[Plan]) -> Iterator[Problem]:
    measured = [measures(plan) for plan in plans]
    common = [name for name in measured[0] if all(name in each for each in measured)]
    known = [*(f"best/val_{name}" for name in common), *(f"val/{name}" for name in common), *_COSTS]
    for metric in settings.objective:
        if metric.startswith("test/"):
            allowed = f"{known[0]} or another of validation: the test set is used once, at the end"
            yield Problem(f"{KEY}.objective", metric, allowed)
        elif metric not in known:
            allowed = f"one of {', '.join(known)}"
            yield Problem(f"{KEY}.objective", metric, allowed, suggest(metric, known))
    if settings.pruner != "none" and settings.objective[0] in _COSTS:
        yield Problem(
            f"{KEY}.pruner", settings.pruner, f"none: {settings.objective[0]} has no course by epochs"
        )


def measures(plan: Plan) -> list[str]:
    """The names under which Keras logs what the plan measures: loss, then its metrics."""
    return ["loss", *map(_name, plan.metrics)]


def _name(metric: KerasObject) -> str:
    """The name that was given, else the constructor's default, else Keras's own spelling of the class."""
    if given := metric.arguments.get("name"):
        return str(given)
    argument = signature(metric.where).arguments.get("name")
    usual = argument.default if argument and isinstance(argument.default, str) else None
    return usual or re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", metric.name).lower()


def _usual_direction(metric: str) -> Direction | None:
    """What a metric's name says about where it should go."""
    if metric in _COSTS:
        return _COSTS[metric]
    name = metric.partition("/")[2].removeprefix("val_")
    if _DOWN.search(name):
        return "minimize"
    return "maximize" if _UP.search(name) else None
