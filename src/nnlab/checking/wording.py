"""Pydantic's findings in nnlab's words: which key, what was given, what is allowed, what was meant."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nnlab.errors import Problem, show
from nnlab.names import suggest
from nnlab.plan import Section


def problems_of(error: ValidationError, section: type[Section], key: str) -> list[Problem]:
    """One Problem a key; the branches of a union are joined with "or"."""
    by_key: dict[str, list[ErrorDetails]] = {}
    for detail in error.errors():
        by_key.setdefault(_key(key, detail, section), []).append(detail)
    return [_problem(name, details, section) for name, details in by_key.items()]


def _key(prefix: str, detail: ErrorDetails, section: type[Section]) -> str:
    name, *inner = detail["loc"]
    places = [] if _description(section, name) else [f"[{step}]" for step in inner if isinstance(step, int)]
    return ".".join(filter(None, (prefix, "".join([str(name), *places]))))


def _description(section: type[Section], name: object) -> str | None:
    """What a key may hold, where the plan says it in words: a union of pydantic's would be read by nobody."""
    field = section.model_fields.get(str(name))
    return field.description if field else None


def _problem(key: str, details: list[ErrorDetails], section: type[Section]) -> Problem:
    first = details[0]
    if first["type"] == "missing":
        return Problem(key, "missing", "it must be given")
    if first["type"] == "extra_forbidden":
        fields = list(section.model_fields)
        name = str(first["loc"][-1])
        meant = suggest(name, fields)
        return Problem(key, "unknown key", "" if meant else f"one of {', '.join(fields)}", meant)
    allowed = _description(section, first["loc"][0]) or " or ".join(
        dict.fromkeys(_allowed(detail) for detail in details)
    )
    return Problem(key, show(first["input"]), allowed)


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
        "tuple_type": "a list",
        "too_short": "at least {min_length} of them",
    }
    limits = {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in context.items()}
    return words.get(detail["type"], detail["msg"]).format(**limits)
