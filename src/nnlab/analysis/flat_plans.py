"""A run's recorded plan as one flat table, and which of its keys tell several plans apart."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from nnlab.errors import StorageError
from nnlab.identity import WITHOUT_RESULT
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact

PLAN = "config/plan.yaml"
FlatPlan = dict[str, Any]
"""`optimizer` → `Adam`, `optimizer.learning_rate` → 0.001: the name of what was chosen, then its own keys."""

_APART = ("seed", "cv.fold", "trainer.progress", "trainer.threads")
"""Seeds and folds are repeats of one configuration; threads change the rounding, not what is compared."""
_MISSING = object()


def read_flat_plan(row: RunRow) -> FlatPlan:
    """The plan that a run was recorded with, without null keys. Raises StorageError."""
    file = artifact(row, PLAN)
    try:
        return flatten(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except (OSError, ValueError, AttributeError, yaml.YAMLError):
        raise StorageError(f"{Path(PLAN)}: run {row.id[:8]}: no plan in YAML; a run of nnlab") from None


def flatten(plan: Mapping[str, Any]) -> FlatPlan:
    """The keys that can change a result, flat. Objects and sections stand for themselves by their name."""
    relevant = {key: value for key, value in plan.items() if key not in WITHOUT_RESULT}
    return {key: value for name in relevant for key, value in _walk(name, relevant[name])}


def configuration_of(plan: FlatPlan) -> FlatPlan:
    """The keys that make a configuration: what is the same in all its repeats."""
    return {key: value for key, value in plan.items() if key not in _APART}


def _walk(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        if value is not None:
            yield key, value
        return
    if _is_object(value):
        ((name, value),) = value.items()
        yield key, name
    for inner, item in value.items():
        yield from _walk(key if inner == "name" else f"{key}.{inner}", item)


def _is_object(value: Mapping[str, Any]) -> bool:
    """Whether it is written as `{Adam: {…}}`: a class's name is the only key, and begins with a capital."""
    (only, inner), *more = value.items() or [("", None)]
    return not more and isinstance(inner, Mapping) and str(only).rpartition(".")[2][:1].isupper()


def differing_keys(plans: Sequence[FlatPlan]) -> list[str]:
    """The keys that tell plans apart, in their order; one that follows from a choice is left out.

    With `optimizer` SGD and Adam it follows that one has a momentum and the other has not.
    """
    keys = dict.fromkeys(key for plan in plans for key in plan)
    return [key for key in keys if _differs(key, plans)]


def _differs(key: str, plans: Sequence[FlatPlan]) -> bool:
    seen: dict[tuple[str, ...], set[str]] = {}
    for plan in plans:
        chosen = tuple(repr(plan.get(choice)) for choice in _choices(key))
        seen.setdefault(chosen, set()).add(repr(plan.get(key, _MISSING)))
    return any(len(values) > 1 for values in seen.values())


def belongs(key: str, plan: FlatPlan, plans: Sequence[FlatPlan]) -> bool:
    """Whether a plan has the key, or could: another with the same choices has it, so that null says something."""
    if key in plan:
        return True
    return any(
        key in other and all(plan.get(choice) == other.get(choice) for choice in _choices(key))
        for other in plans
    )


def _choices(key: str) -> list[str]:
    parts = key.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def write_value(value: Any) -> str:
    """A value as it stands on a command line: `null`, `true`, `[64,64]`."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...").replace(", ", ",")
