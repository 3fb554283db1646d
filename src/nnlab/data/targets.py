"""From target values to a task, class names and labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

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


def decide(values: Sequence[str], asked: AskedTask) -> Target:
    """The task that target values, as text, mean.

    Text is classes. Whole numbers of at most 20 kinds are classes. Other numbers are a regression. Two
    classes are binary. `asked` overrules; classes are sorted, numbers by size. Raises DataError for too
    few or too many classes.
    """
    if asked == "reconstruction":
        return Target("reconstruction", ())
    kinds = set(map(class_name, set(values)))
    if asked == "regression" or (asked == "auto" and not _look_like_classes(kinds)):
        return Target("regression", ())
    classes = tuple(sorted(kinds, key=_order))
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


def labels_of(values: Sequence[str], classes: Sequence[str]) -> tuple[np.ndarray, int | None]:
    """int64 labels in the order of `classes`, and the index of the first value that is none of them."""
    label = {name: index for index, name in enumerate(classes)}
    found = np.array([label.get(class_name(value), -1) for value in values], np.int64)
    foreign = np.flatnonzero(found < 0)
    return found, int(foreign[0]) if len(foreign) else None


def _look_like_classes(kinds: set[str]) -> bool:
    numbers = [_number(kind) for kind in kinds]
    if any(number is None for number in numbers):
        return True
    return len(kinds) <= MOST_CLASSES and all(
        number is not None and number.is_integer() for number in numbers
    )


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _order(name: str) -> tuple[float, str]:
    number = _number(name)
    return (math.inf if number is None else number, name)
