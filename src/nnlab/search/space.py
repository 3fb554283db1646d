"""The space of a search: each of its decisions as Optuna asks for it, and what they mean as overrides."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from nnlab.errors import ConfigError, Problem
from nnlab.sweeps.axes import Axis, Interval, Point, text_of
from nnlab.sweeps.space import Space

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Value = str | int | float
"""As the study holds it: a number of an interval, or the text of a choice."""
MOST_PROBES = 1000
"""So many combinations are all checked before anything trains; of more, each choice beside the others' first."""


@dataclass(frozen=True)
class Parameter:
    """One decision. name: in the study. when: the (key, value) under which alone it exists, None for always."""

    name: str
    axis: Axis
    when: tuple[str, str] | None = None

    @property
    def distribution(self) -> "BaseDistribution":
        """Numbers where there is an interval or an even range, else a choice of texts, paired ones together."""
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        values = self.axis.values
        if isinstance(values, Interval):
            if values.whole:
                return IntDistribution(int(values.low), int(values.high), log=values.kind == "int_log")
            return FloatDistribution(values.low, values.high, log=values.kind == "log")
        if not self.axis.even or len(values) < 2:
            return CategoricalDistribution([_label(row) for row in values])
        first, second, *_ = numbers = sorted(Decimal(text) for (text,) in values)
        if all(isinstance(_number(text), int) for (text,) in values):
            return IntDistribution(int(first), int(numbers[-1]), step=int(second - first))
        return FloatDistribution(float(first), float(numbers[-1]), step=float(second - first))

    def point(self, value: Value) -> Point:
        """The keys that the value decides, as overrides hold them."""
        values = self.axis.values
        if isinstance(values, Interval):
            return ((self.axis.keys[0], text_of(value)),)
        if self.axis.even and len(values) > 1:
            row = min(values, key=lambda row: abs(float(row[0]) - float(value)))
        else:
            row = next(row for row in values if _label(row) == value)
        return tuple(zip(self.axis.keys, row, strict=True))

    def probes(self) -> list[Value]:
        """Every choice, or the ends of an interval."""
        values = self.axis.values
        if isinstance(values, Interval):
            return [int(end) if values.whole else float(end) for end in (values.low, values.high)]
        if self.axis.even and len(values) > 1:
            return [_number(text) for (text,) in values]
        return [_label(row) for row in values]

    def leads_to(self, pair: tuple[str, str]) -> Value | None:
        """A value that sets a key so; None where there is none."""
        return next((value for value in self.probes() if pair in self.point(value)), None)


def _label(row: Sequence[str]) -> str:
    return ", ".join(row)


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == int(number) and "." not in text else float(number)


@dataclass(frozen=True)
class SearchSpace:
    """The decisions, conditional ones last, and the values that are given."""

    parameters: tuple[Parameter, ...]
    given: Mapping[str, str]

    def decide(self, choose: Callable[[Parameter], Value]) -> dict[str, Value]:
        """A value for every decision that there is, given those before it."""
        values: dict[str, Value] = {}
        known = set(self.given.items())
        for parameter in self.parameters:
            if parameter.when is None or parameter.when in known:
                values[parameter.name] = choose(parameter)
                known |= set(parameter.point(values[parameter.name]) if parameter.when is None else ())
        return values

    def point(self, values: Mapping[str, Value]) -> Point:
        """What the decisions mean as overrides."""
        made = (each.point(values[each.name]) for each in self.parameters if each.name in values)
        return tuple(pair for point in made for pair in point)

    def grid(self) -> Iterator[dict[str, Value]]:
        """Every combination of all choices and of the ends of intervals, in order."""
        always = [parameter for parameter in self.parameters if parameter.when is None]
        for values in itertools.product(*(parameter.probes() for parameter in always)):
            chosen = dict(zip((parameter.name for parameter in always), values, strict=True))
            known = {*self.given.items(), *self.point(chosen)}
            more = [parameter for parameter in self.parameters if parameter.when in known]
            for extra in itertools.product(*(parameter.probes() for parameter in more)):
                yield {**chosen, **dict(zip((parameter.name for parameter in more), extra, strict=True))}

    def probes(self) -> list[Point]:
        """What is checked before anything trains; see MOST_PROBES."""
        some = list(itertools.islice(self.grid(), MOST_PROBES + 1))
        return self.each() if len(some) > MOST_PROBES else [self.point(values) for values in some]

    def each(self) -> list[Point]:
        """Points in which every choice and every end of an interval occurs, the others being the first."""
        found = [self.decide(lambda other: other.probes()[0])]
        for parameter in self.parameters:
            for value in parameter.probes():
                found.append(
                    self.decide(lambda other, own=parameter, value=value: _beside(other, own, value))
                )
        return list(dict.fromkeys(map(self.point, found)))

    def plain(self) -> list[Any]:
        """The decisions as JSON holds them: two spaces that are written so are one."""
        from optuna.distributions import distribution_to_json

        return [
            [each.name, each.when, json.loads(distribution_to_json(each.distribution))]
            for each in self.parameters
        ]


def _beside(other: Parameter, own: Parameter, value: Value) -> Value:
    """The value of one decision in a point that is to show a value of another."""
    if other is own:
        return value
    wanted = other.leads_to(own.when) if own.when else None
    return other.probes()[0] if wanted is None else wanted


def search_space(space: Space, typed: Sequence[Axis], given: Mapping[str, str]) -> SearchSpace:
    """The decisions of a section and of a command line. Raises ConfigError for none, and for the seed."""
    left = space.beside(typed, given)
    pairs = [
        *((axis, None) for axis in left.axes),
        *((axis, when) for when, axes in left.conditional.items() for axis in axes),
    ]
    if any("seed" in axis.keys for axis, _ in pairs):
        raise ConfigError([Problem("seed", "several values", "one: a search would choose the luckiest")])
    if not pairs:
        allowed = "lists of values, or a `sweep:` section: model.neurons=16,64"
        raise ConfigError([Problem("hydra/sweeper", "nothing to search", allowed)])
    names = [",".join(axis.keys) for axis, _ in pairs]
    return SearchSpace(
        tuple(
            Parameter(
                name if names.count(name) == 1 else f"{name} ({'='.join(when or ('always',))})", axis, when
            )
            for name, (axis, when) in zip(names, pairs, strict=True)
        ),
        given,
    )
