"""The space that a `sweep:` section spans, and its points as overrides, as a person would type them.

sweep:
  model.neurons: [16, 64, 256]              # every value with every value of the others
  optimizer: {choice: [sgd, adam]}          # the same in longer words; options of conf/optimizer/
  seed: {range: [0, 5, 1]}                  # 0, 1, 2, 3, 4
  zip:                                      # the first with the first, the second with the second
    - {trainer.epochs: [20, 5], trainer.batch_size: [32, 128]}
  when:                                     # keys that exist only under a choice
    optimizer=sgd: {optimizer.momentum: [0, 0.9]}
  samples: null                             # 20 draws twenty points in place of the whole grid; only then
                                            # {log: [0.0001, 0.1]}, {int: [8, 512]}, {range: [0, 0.5]},
                                            # {int_log: [8, 512]}; a search takes these without samples
"""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.checking.reading import SWEEP
from nnlab.errors import ConfigError, Problem, show
from nnlab.sweeps.axes import MOST_VALUES, Axis, Interval, Point, read_axis, text_of

_WORDS = ("zip", "when", "samples")
_ENDLESS = "an interval has no end of values"


@dataclass(frozen=True)
class Space:
    """Axes; those that exist only under a choice, ("optimizer", "sgd"); how many points to draw, None for all."""

    axes: tuple[Axis, ...] = ()
    conditional: Mapping[tuple[str, str], tuple[Axis, ...]] = field(default_factory=dict)
    samples: int | None = None

    def points(self, typed: Sequence[Axis], given: Mapping[str, str], seed: int) -> list[Point]:
        """Every point; each of a sampled space comes with every point of the typed axes.

        typed, given: axes and single values from elsewhere, which take the place of the space's own keys. Point i
        is a pure function of (seed, i, key): more samples or keys leave what was drawn as it was. Raises
        ConfigError for a condition on a key that nobody sets.
        """
        taken = self._taken(typed, given)
        if endless := [axis.keys[0] for axis in typed if isinstance(axis.values, Interval)]:
            raise ConfigError(
                Problem(key, _ENDLESS, "a list of values, or a search: hydra/sweeper=optuna")
                for key in endless
            )
        found: list[Point] = []
        for number, own in self._own(_less(self.axes, taken), seed):
            for point in _product(typed, own):
                known = {*given.items(), *point}
                extra = [axis for when, axes in self.conditional.items() if when in known for axis in axes]
                found += self._more(point, _less(extra, taken), f"{seed} {number}")
        return list(dict.fromkeys(found))

    def beside(self, typed: Sequence[Axis], given: Mapping[str, str]) -> "Space":
        """The space, axes and single values from elsewhere in the place of its own. Raises as `points` does."""
        taken = self._taken(typed, given)
        conditional = {when: tuple(_less(axes, taken)) for when, axes in self.conditional.items()}
        return Space((*_less(self.axes, taken), *typed), conditional, self.samples)

    def _taken(self, typed: Sequence[Axis], given: Mapping[str, str]) -> set[str]:
        """The keys that are decided elsewhere. Raises ConfigError for a condition on a key that nobody sets."""
        taken = {*given, *(key for axis in typed for key in axis.keys)}
        self._check_conditions({*taken, *(key for axis in self.axes for key in axis.keys)})
        return taken

    def _check_conditions(self, keys: Collection[str]) -> None:
        problems = [
            Problem(f"{SWEEP}.when.{key}={value}", f"{key} is neither swept nor typed", "a key that is")
            for key, value in self.conditional
            if key not in keys
        ]
        if problems:
            raise ConfigError(problems)

    def _own(self, axes: Sequence[Axis], seed: int) -> Iterator[tuple[int, Point]]:
        if self.samples is None:
            yield from enumerate(_product(axes))
            return
        for number in range(self.samples):
            yield number, tuple(pair for axis in axes for pair in axis.draw(f"{seed} {number}"))

    def _more(self, point: Point, axes: Sequence[Axis], seed: str) -> Iterable[Point]:
        if self.samples is None:
            return _product(axes, point)
        return [point + tuple(pair for axis in axes for pair in axis.draw(seed))]


def _less(axes: Iterable[Axis], taken: Collection[str]) -> list[Axis]:
    return [left for axis in axes if (left := axis.without(taken))]


def _product(axes: Sequence[Axis], first: Point = ()) -> Iterator[Point]:
    for points in itertools.product(*(axis.points() for axis in axes)):
        yield first + tuple(pair for point in points for pair in point)


def read_space(section: Any, searched: bool = False) -> Space:
    """The space of a section, None for an empty one. Raises ConfigError with every mistake in it.

    searched: whether a search chooses from it, which says itself how many points there are.
    """
    if section is None:
        return Space()
    if not isinstance(section, Mapping):
        raise ConfigError([Problem(SWEEP, show(section), "null, or keys with their values")])
    reading = _Reading()
    samples = section.get("samples")
    if samples is not None and (type(samples) is not int or not 1 <= samples <= MOST_VALUES):
        reading.problems.append(Problem(f"{SWEEP}.samples", show(samples), f"null, or 1 to {MOST_VALUES}"))
    elif searched and samples is not None:
        allowed = "null: hydra.sweeper.trials says how many"
        reading.problems.append(Problem(f"{SWEEP}.samples", show(samples), allowed))
    reading.sampled = searched or samples is not None
    own = {key: given for key, given in section.items() if key not in _WORDS}
    axes = [*reading.axes(own, SWEEP), *reading.zipped(section.get("zip"))]
    conditional = reading.conditional(section.get("when"))
    if reading.problems:
        raise ConfigError(reading.problems)
    return Space(tuple(axes), conditional, samples)


class _Reading:
    """One pass over a section that collects its mistakes."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.sampled = False

    def axes(self, section: Mapping[Any, Any], place: str) -> list[Axis]:
        """An axis for every key."""
        read = {
            f"{place}.{key}": read_axis(str(key), given, f"{place}.{key}") for key, given in section.items()
        }
        self.problems += [found for found in read.values() if isinstance(found, Problem)]
        axes = {key: found for key, found in read.items() if isinstance(found, Axis)}
        for key, axis in axes.items():
            if isinstance(axis.values, Interval) and not self.sampled:
                allowed = (
                    "a list of values, how many to draw: sweep.samples=20, or a search: hydra/sweeper=optuna"
                )
                self.problems.append(Problem(key, _ENDLESS, allowed))
        return list(axes.values())

    def zipped(self, given: Any) -> list[Axis]:
        """An axis for every group of paired keys."""
        if given is None:
            return []
        groups = [given] if isinstance(given, Mapping) else given
        place = f"{SWEEP}.zip"
        if not isinstance(groups, list) or not all(isinstance(group, Mapping) for group in groups):
            self.problems.append(Problem(place, show(given), "keys with lists of equal length"))
            return []
        return [axis for group in groups if (axis := self._paired(group, place))]

    def _paired(self, group: Mapping[Any, Any], place: str) -> Axis | None:
        if not group or not all(isinstance(values, list) and values for values in group.values()):
            self.problems.append(Problem(place, show(dict(group)), "keys with lists of equal length"))
            return None
        lengths = {str(key): len(values) for key, values in group.items()}
        if len(set(lengths.values())) > 1:
            given = ", ".join(f"{key} has {length}" for key, length in lengths.items())
            self.problems.append(Problem(place, f"{given} values", "lists of equal length"))
            return None
        rows = zip(*([text_of(value) for value in values] for values in group.values()), strict=True)
        return Axis(tuple(lengths), tuple(rows))

    def conditional(self, given: Any) -> dict[tuple[str, str], tuple[Axis, ...]]:
        """The axes under each `key=value`."""
        if given is None:
            return {}
        place = f"{SWEEP}.when"
        if not isinstance(given, Mapping):
            self.problems.append(
                Problem(place, show(given), "KEY=VALUE, and under it keys with their values")
            )
            return {}
        found = {}
        for when, section in given.items():
            key, equals, value = str(when).partition("=")
            if not equals or not isinstance(section, Mapping):
                allowed = "KEY=VALUE, and under it keys with their values"
                self.problems.append(Problem(f"{place}.{when}", show(section), allowed))
                continue
            found[(key, value)] = tuple(self.axes(section, f"{place}.{when}"))
        return found
