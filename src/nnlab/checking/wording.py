"""Pydantic's findings in nnlab's words: which key, what was given, what is allowed, what was meant."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nnlab.errors import Problem
from nnlab.names import suggest
from nnlab.plan import Section


def problems_of(error: ValidationError, section: type[Section], key: str) -> list[Problem]:
    """One Problem a key; the branches of a union are joined with "or"."""
    by_key: dict[str, list[ErrorDetails]] = {}
    for detail in error.errors():
        by_key.setdefault(_key(key, detail, section), []).append(detail)
    return [_problem(name, details, section) for name, details in by_key.items()]


def _key(prefix: str, detail: ErrorDetails, section: type[Section]) -> str:
    location = detail["loc"]
    steps = (
        [str(location[0]), *(f"[{step}]" for step in location[1:] if isinstance(step, int))]
        if location
        else []
    )
    return ".".join(filter(None, (prefix, "".join(steps))))


def _problem(key: str, details: list[ErrorDetails], section: type[Section]) -> Problem:
    first = details[0]
    if first["type"] == "missing":
        return Problem(key, "missing", "it must be given")
    if first["type"] == "extra_forbidden":
        fields = list(section.model_fields)
        name = str(first["loc"][-1])
        meant = suggest(name, fields)
        return Problem(key, "unknown key", "" if meant else f"one of {', '.join(fields)}", meant)
    allowed = " or ".join(dict.fromkeys(_allowed(detail) for detail in details))
    return Problem(key, repr(first["input"])[:80], allowed)


def _allowed(detail: ErrorDetails) -> str:
    context: dict[str, Any] = detail.get("ctx") or {}
    words = {
        "greater_than": "a number above {gt}",
        "greater_than_equal": "a number of at least {ge}",
        "less_than": "a number below {lt}",
        "less_than_equal": "a number of at most {le}",
        "literal_error": "{expected}",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "bool_type": "true or false",
        "string_type": "a text",
        "none_required": "null",
        "dict_type": "a mapping",
        "finite_number": "a finite number",
        "too_short": "at least {min_length} of them",
    }
    return words.get(detail["type"], detail["msg"]).format(**context)
