"""Which runs are compared: `optimizer=adam`, `model.neurons>=32`."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from nnlab.analysis.flat_plans import FlatPlan, read_flat_plan, write_value
from nnlab.errors import RequestError
from nnlab.names import suggest
from nnlab.tracking.rows import RunRow

_WORD = re.compile(r"([^=<>!\s]+)\s*(<=|>=|!=|=|<|>)\s*(.*)", re.DOTALL)
_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
GRAMMAR = "KEY=VALUE, KEY!=VALUE, or with <, <=, >, >= and a number"
_SHOWN = 8


@dataclass(frozen=True)
class Condition:
    """One word: a key of the plan, how it is compared, and with what YAML value."""

    word: str
    key: str
    sign: str
    value: Any

    def holds(self, value: Any) -> bool:
        """Whether a plan's value meets it; a list of one counts as its only number, a class by its name."""
        if self.sign in _ORDERS:
            number = _number(value)
            return number is not None and _ORDERS[self.sign](number, self.value)
        return (_plain(value) == _plain(self.value)) == (self.sign == "=")


def read_condition(word: str) -> Condition:
    """Read one. Raises RequestError."""
    found = _WORD.fullmatch(word.strip())
    if found is None:
        raise RequestError(f"--filter: {word!r}; {GRAMMAR}")
    key, sign, text = found.groups()
    value = _read_value(word, text)
    if sign in _ORDERS and (value := _number(value)) is None:
        raise RequestError(f"--filter: {word!r}: {text!r} is no number; {GRAMMAR}")
    return Condition(word, key.lstrip("+"), sign, value)


def _read_value(word: str, text: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise RequestError(f"--filter: {word!r}: {text!r} is no YAML value; {GRAMMAR}") from None
    # Hydra reads 1e-3 as a number, YAML 1.1 as text.
    return float(text) if isinstance(value, str) and _EXPONENT.fullmatch(value) else value


def keep(rows: Sequence[RunRow], conditions: Sequence[Condition]) -> Sequence[RunRow]:
    """The runs whose plan meets all conditions. Raises RequestError where none does, and StorageError."""
    if not conditions or not rows:
        return rows
    plans = [read_flat_plan(row) for row in rows]
    for condition in conditions:
        _check_key(condition.key, plans)
    kept = [row for row, plan in zip(rows, plans, strict=True) if _meets(plan, conditions)]
    if not kept:
        words = " and ".join(condition.word for condition in conditions)
        raise RequestError(f"--filter: {words}; no run has it, {_values(conditions[-1].key, plans)}")
    return kept


def _meets(plan: FlatPlan, conditions: Sequence[Condition]) -> bool:
    return all(condition.holds(plan.get(condition.key)) for condition in conditions)


def _check_key(key: str, plans: Sequence[FlatPlan]) -> None:
    known = dict.fromkeys(key for plan in plans for key in plan)
    if key not in known:
        meant = suggest(key, known)
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise RequestError(f"--filter: {key}: no run has this key; one that `nnlab check` prints{hint}")


def _values(key: str, plans: Sequence[FlatPlan]) -> str:
    values = sorted({write_value(plan.get(key)) for plan in plans})
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return f"{key} is {', '.join(values[:_SHOWN])}{more}"


def _number(value: Any) -> float | None:
    if isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(value: Any) -> Any:
    """A number as such, alone in its list too; the name of a choice in any case."""
    number = _number(value)
    if number is not None or isinstance(value, bool):
        return number if number is not None else str(value)
    return value.lower() if isinstance(value, str) else value
