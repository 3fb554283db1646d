"""In which order a comparison is shown; what is chosen and judged stays as it is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nnlab.analysis.comparison import Comparison
from nnlab.analysis.flat_plans import write_value
from nnlab.analysis.spread import Spread
from nnlab.analysis.standing import Standing
from nnlab.errors import RequestError
from nnlab.names import suggest

SORTS: dict[str, Callable[[Standing], float | None]] = {
    "rank": lambda one: one.rank,
    "test": lambda one: _mean(one.test),
    "val": lambda one: _mean(one.judged),
    "n": lambda one: one.configuration.n,
    "params": lambda one: one.params,
    "flops": lambda one: one.flops,
    "seconds": lambda one: one.seconds,
    "memory": lambda one: one.megabytes,
}
_SCORES = ("test", "val")


def order(comparison: Comparison, key: str, reverse: bool = False) -> Comparison:
    """Sorted by a column or a key that differs: scores best first, others upwards; what has no value last.

    Raises RequestError for a key that is neither.
    """
    if key not in SORTS and key not in comparison.keys:
        known = [*SORTS, *comparison.keys]
        meant = suggest(key, known)
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise RequestError(f"--sort: {key!r}; one of {', '.join(known)}{hint}")
    down = reverse != (key in _SCORES and bool(comparison.metric.grows))
    valued = [(_value(one, key), one) for one in comparison.standings]
    known = sorted((pair for pair in valued if pair[0] is not None), key=lambda pair: pair[0], reverse=down)
    standings = (*(one for _, one in known), *(one for value, one in valued if value is None))
    warned = ("sorted by test: to take the first row is to choose by the test set",) * (key == "test")
    return replace(comparison, standings=standings, warnings=(*comparison.warnings, *warned))


def _value(standing: Standing, key: str) -> Any:
    """A number, or (for a key of the plan) whether it is text, and the number or text."""
    if key in SORTS:
        return SORTS[key](standing)
    value = standing.configuration.values[key]
    if isinstance(value, list) and len(value) == 1:
        (value,) = value
    if value is None:
        return None
    is_number = isinstance(value, int | float)
    return (not is_number, value if is_number else write_value(value))


def _mean(spread: Spread | None) -> float | None:
    return None if spread is None else spread.mean
