"""From target values to a task, class names and labels."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnlab.errors import DataError
from nnlab.spec import AskedTask, Task

MOST_CLASSES = 20
"""Whole numbers of more kinds than this are taken for a regression."""


@dataclass(frozen=True)
class Target:
    """What is predicted: the task, and its classes in label order (none for a regression)."""

    task: Task
    classes: tuple[str, ...]


def decide(values: Iterable[str], asked: AskedTask) -> Target:
    """The task that target values, as text, mean; they are gone through once or twice.

    Text is classes. Whole numbers of at most 20 kinds are classes. Other numbers are a regression. Two
    classes are binary. `asked` overrules; classes are sorted, numbers by size. Raises DataError for too
    few or too many classes.
    """
    if asked in ("reconstruction", "regression"):
        return Target(asked, ())
    if asked == "auto" and _are_numbers(values):
        return Target("regression", ())
    classes = tuple(sorted(set(map(class_name, set(values))), key=_order))
    if len(classes) < 2 or (asked == "binary" and len(classes) > 2):
        allowed = "2 classes" if asked == "binary" else "at least 2"
        raise DataError(f"dataset.task: {asked!r}, and the target has {len(classes)} classes; {allowed}")
    binary = len(classes) == 2 and asked != "classification"
    return Target("binary" if binary else "classification", classes)


def class_name(value: str) -> str:
    """A class as text: `1.0` and `1` are the same class."""
    value = value.strip()
    number = _number(value)
    return str(int(number)) if number is not None and number.is_integer() else value


def labels_of(values: Iterable[str], classes: Sequence[str]) -> tuple[np.ndarray, int | None]:
    """int64 labels in the order of `classes`, and the index of the first value that is none of them."""
    label = {name: index for index, name in enumerate(classes)}
    find = lru_cache(4096)(lambda value: label.get(class_name(value), -1))
    found = np.fromiter(map(find, values), np.int64)
    foreign = np.flatnonzero(found < 0)
    return found, int(foreign[0]) if len(foreign) else None


def _are_numbers(values: Iterable[str]) -> bool:
    """Whether these are numbers to predict, and no classes; few of them are remembered."""
    whole: set[float] = set()
    fractions = False
    for value in values:
        number = _number(value)
        if number is None:
            return False
        fractions = fractions or not number.is_integer()
        if not fractions and len(whole) <= MOST_CLASSES:
            whole.add(number)
    return fractions or len(whole) > MOST_CLASSES


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _order(name: str) -> tuple[float, str]:
    number = _number(name)
    return (math.inf if number is None else number, name)
