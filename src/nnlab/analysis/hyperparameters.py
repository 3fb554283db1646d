"""The keys in which configurations differ, as axes: numbers where they lie, words and lists side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab.analysis.configurations import Configuration
from nnlab.analysis.flat_plans import belongs, write_value
from nnlab.evaluation.figures.varied import Varied

_DECADE = 10
"""Numbers that are so many times apart lie on a logarithmic axis."""


def read_keys(configurations: Sequence[Configuration]) -> list[Varied]:
    """An axis for every key in which n configurations differ, in their order; places are (n,).

    A configuration without the key (a momentum of Adam) has no place on it; `null` has one where it was a choice.
    """
    plans = [one.plan for one in configurations]
    return [
        _axis(key, [one.values[key] for one in configurations], [belongs(key, plan, plans) for plan in plans])
        for key in configurations[0].values
    ]


def _axis(key: str, values: Sequence[Any], there: Sequence[bool]) -> Varied:
    plain = [_alone(value) for value in values]
    known = [value for value, is_there in zip(plain, there, strict=True) if is_there]
    if not all(map(_is_number, known)) or _starts_at_zero(known):
        return _in_words(key, plain, there)
    places = [float(value) if is_there else np.nan for value, is_there in zip(plain, there, strict=True)]
    return Varied(key, np.array(places), log=0 < min(known) <= max(known) / _DECADE)


def _alone(value: Any) -> Any:
    """`[64]`, one hidden layer, as the number 64."""
    return value[0] if isinstance(value, list) and len(value) == 1 and _is_number(value[0]) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _starts_at_zero(numbers: Sequence[float]) -> bool:
    """Whether there is a 0 beside numbers that span decades: no axis, plain or logarithmic, shows these."""
    positive = [number for number in numbers if number > 0]
    return 0 in numbers and min(numbers) == 0 and max(positive) >= _DECADE * min(positive)


def _in_words(key: str, values: Sequence[Any], there: Sequence[bool]) -> Varied:
    """Each value as a word, in order: null, numbers and lists by size, then others as they first occur."""
    known = [value for value, is_there in zip(values, there, strict=True) if is_there]
    first = {write_value(value): value for value in sorted(known, key=_order)}
    place = {word: at for at, word in enumerate(first)}
    places = [
        place[write_value(value)] if is_there else np.nan
        for value, is_there in zip(values, there, strict=True)
    ]
    return Varied(key, np.array(places, np.float64), tuple(first))


def _order(value: Any) -> tuple[int, list[float]]:
    numbers = value if isinstance(value, list) else [value]
    if value is None:
        return 0, []
    return (1, [float(number) for number in numbers]) if all(map(_is_number, numbers)) else (2, [])
