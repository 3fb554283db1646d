"""One axis of a sweep: the values that a key takes, or the interval it is drawn from."""

import math
import random
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from nnlab.errors import Problem, show
from nnlab.names import suggest

KINDS = ("choice", "range", "log", "int", "int_log")
Kind = Literal["range", "log", "int", "int_log"]
MOST_VALUES = 10_000
_WHOLE = ("int", "int_log")
_ALLOWED = "a list of values, or one of {choice: […]}, {range: […]}, " + ", ".join(
    f"{{{kind}: [low, high]}}" for kind in KINDS[2:]
)
_PLAIN = re.compile(r"[A-Za-z_][\w./-]*")
_OTHER_THAN_TEXT = ("null", "true", "false", "nan", "inf")

Point = tuple[tuple[str, str], ...]
"""Keys with their values as a person types them."""


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`: whole, or any, spread evenly or on a logarithmic scale."""

    low: float
    high: float
    kind: Kind

    @property
    def whole(self) -> bool:
        """Whether its numbers are whole ones."""
        return self.kind in _WHOLE

    def draw(self, generator: random.Random) -> float:
        """One of them; of whole ones both ends are possible."""
        if self.kind == "int":
            return generator.randint(int(self.low), int(self.high))
        if self.kind == "int_log":
            drawn = math.exp(generator.uniform(math.log(self.low - 0.5), math.log(self.high + 0.5)))
            return min(max(round(drawn), int(self.low)), int(self.high))
        if self.kind == "log":
            return math.exp(generator.uniform(math.log(self.low), math.log(self.high)))
        return generator.uniform(self.low, self.high)


@dataclass(frozen=True)
class Axis:
    """Keys that change together. values: tuples of texts, one text a key; or the Interval of the only key.

    even: whether the values are numbers, each as far from the next as any other.
    """

    keys: tuple[str, ...]
    values: tuple[tuple[str, ...], ...] | Interval
    even: bool = False

    def points(self) -> Iterator[Point]:
        """All of them, in order; none of an interval."""
        rows = () if isinstance(self.values, Interval) else self.values
        return (tuple(zip(self.keys, row, strict=True)) for row in rows)

    def draw(self, seed: str) -> Point:
        """One point, a pure function of the seed's text and the keys."""
        generator = random.Random(f"{seed} {' '.join(self.keys)}")
        if isinstance(self.values, Interval):
            return ((self.keys[0], text_of(self.values.draw(generator))),)
        return tuple(zip(self.keys, generator.choice(self.values), strict=True))

    def without(self, keys: Collection[str]) -> "Axis | None":
        """The axis less the keys that somebody else decides; None when no key is left."""
        kept = [place for place, key in enumerate(self.keys) if key not in keys]
        if not kept or isinstance(self.values, Interval):
            return self if kept else None
        rows = tuple(tuple(row[place] for place in kept) for row in self.values)
        return replace(self, keys=tuple(self.keys[place] for place in kept), values=rows)


def text_of(value: Any) -> str:
    """A value as an override holds it: `[64,64]`, `null`, `0.001`, `'two words'`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{','.join(text_of(item) for item in value)}]"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{text_of(item)}" for key, item in value.items()) + "}"
    text = str(value)
    if isinstance(value, str) and (not _PLAIN.fullmatch(text) or text.lower() in _OTHER_THAN_TEXT):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return text


def read_axis(key: str, given: Any, place: str) -> Axis | Problem:
    """The axis of one key; `place` is the key in the section, for the error."""
    if isinstance(given, list | tuple):
        return _of_values(key, list(given), place)
    if not isinstance(given, Mapping) or len(given) != 1:
        return Problem(place, show(given), _ALLOWED)
    kind, inner = next(iter(given.items()))
    if kind not in KINDS:
        return Problem(f"{place}.{kind}", "unknown kind of axis", _ALLOWED, suggest(str(kind), KINDS))
    if kind == "choice":
        return (
            read_axis(key, inner, place) if isinstance(inner, list) else Problem(place, show(inner), "a list")
        )
    return _of_numbers(key, kind, inner, f"{place}.{kind}")


def _of_values(key: str, given: list[Any], place: str) -> Axis | Problem:
    if not given:
        return Problem(place, "no values", "at least one")
    return Axis((key,), tuple(dict.fromkeys((text_of(value),) for value in given)))


def _of_numbers(key: str, kind: Kind, given: Any, place: str) -> Axis | Problem:
    wanted = "[first, end, step], or [low, high] with sweep.samples" if kind == "range" else "[low, high]"
    lengths = (2, 3) if kind == "range" else (2,)
    if not isinstance(given, list) or len(given) not in lengths or not all(map(_is_number, given)):
        return Problem(place, show(given), wanted)
    if len(given) == 3:
        return _of_range(key, given, place)
    low, high = given
    logarithmic, whole = kind in ("log", "int_log"), kind in _WHOLE
    if low >= high or (logarithmic and low <= 0) or (whole and not all(map(_is_whole, given))):
        least = ("whole numbers, " if whole else "") + ("0 < low < high" if logarithmic else "low < high")
        return Problem(place, show(given), f"{wanted}, {least}")
    return Axis((key,), Interval(low, high, kind))


def _of_range(key: str, given: list[float], place: str) -> Axis | Problem:
    """Python's range, with decimal steps that add up: [0, 0.3, 0.1] is 0, 0.1, 0.2."""
    first, end, step = (Decimal(str(number)) for number in given)
    count = math.ceil((end - first) / step) if step else 0
    if not 0 < count <= MOST_VALUES:
        return Problem(place, show(given), f"[first, end, step] with 1 to {MOST_VALUES} values, end left out")
    return Axis((key,), tuple((str(first + number * step),) for number in range(count)), even=True)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int)
