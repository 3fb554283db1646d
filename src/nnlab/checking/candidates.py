"""The candidates of a nested cross-validation: every combination of the values in `cv.choose`."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.errors import Problem, show
from nnlab.names import suggest
from nnlab.plan import Plan

Choice = Mapping[str, Any]
"""The keys that are chosen, with the values of one candidate."""

_SECTIONS = ("model", "optimizer", "regularizer", "callbacks", "trainer")
_WHOLE = ("loss", "dataset.preprocessing")


def choice_problems(plan: Plan) -> Iterator[Problem]:
    """What is wrong with `cv.choose` itself; its values are checked as plans of their own."""
    if plan.cv is None:
        return
    if plan.cv.choose is None or plan.cv.inner_folds is None:
        if plan.cv.choose != plan.cv.inner_folds:
            given = "inner_folds" if plan.cv.choose is None else "choose"
            missing = "choose" if plan.cv.choose is None else "inner_folds"
            allowed = "{KEY: [VALUE, …]}" if missing == "choose" else "a number of at least 2"
            yield Problem(f"cv.{missing}", "null", f"{allowed} beside cv.{given}, or cv.{given}=null")
        return
    for key, values in plan.cv.choose.items():
        section, _, rest = key.partition(".")
        if key not in _WHOLE and not (section in _SECTIONS and rest):
            allowed = f"keys of {', '.join(_SECTIONS)}; {' or '.join(_WHOLE)}"
            yield Problem("cv.choose", show(key), allowed, suggest(section, _SECTIONS))
        elif len(values) < 2:
            yield Problem("cv.choose", f"{len(values)} values of {key}", "at least 2 to choose from")


def candidates(plan: Plan) -> Iterator[tuple[Choice, dict[str, Any]]]:
    """Each choice, and the configuration of the plan that trains one fold with it."""
    assert plan.cv is not None, "only a cross-validation chooses"
    assert plan.cv.choose is not None, "only a cross-validation that chooses has candidates"
    config = plan.plain()
    config["cv"] |= {"choose": None, "inner_folds": None}
    for values in itertools.product(*plan.cv.choose.values()):
        choice = dict(zip(plan.cv.choose, values, strict=True))
        chosen = config
        for key, value in choice.items():
            chosen = _put(chosen, key.split("."), value)
        yield choice, chosen


def _put(section: Any, path: list[str], value: Any) -> Any:
    """The section with one value in it changed. A Keras object's arguments lie below its class's name."""
    if not path:
        return value
    if isinstance(section, str):
        section = {section: {}}
    inside = section if isinstance(section, Mapping) else {}
    names = [str(name) for name in inside]
    if len(names) == 1 and not names[0].islower():
        return {names[0]: _put(inside[names[0]], path, value)}
    return {**inside, path[0]: _put(inside.get(path[0]), path[1:], value)}
