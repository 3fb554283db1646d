"""What MLflow takes: its alphabet, its lengths, one flat level. Everything is made to fit."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.tracking.address import redact

KEY_LENGTH = 250
PARAM_LENGTH = 6000
TAG_LENGTH = 8000
NAME_LENGTH = 250
METRICS_PER_BATCH = 1000
ENTRIES_PER_BATCH = 100
_FOREIGN = re.compile(r"[^/\w.\- :]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_key(key: str) -> str:
    """A key in MLflow's alphabet, which has no `=` and no `(`, that reads as no path out of its place."""
    steps = [step for step in _FOREIGN.sub("_", str(key)).split("/") if step not in ("", ".", "..")]
    return cut("/".join(steps), KEY_LENGTH, "_") or "_"


def clean_name(name: str) -> str:
    """A run's or experiment's name on one line, without what would not print, at most 250 characters."""
    return cut(_UNPRINTABLE.sub(" ", redact(name)).strip(), NAME_LENGTH) or "unnamed"


def clean_text(text: str) -> str:
    """A tag's value: without passwords, at most 8000 characters."""
    return cut(redact(str(text)), TAG_LENGTH)


def cut(text: str, length: int, mark: str = "…") -> str:
    """The text, or its beginning and a mark."""
    return text if len(text) <= length else text[: length - len(mark)] + mark


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested params as `trainer.epochs`, `5`; lists as JSON, passwords left out."""
    for name, value in values.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{key}.")
        else:
            yield clean_key(key), redact(_param(value))


def _param(value: Any) -> str:
    if isinstance(value, list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(value)


def split_finite(values: Mapping[str, float | str]) -> tuple[dict[str, float], dict[str, float]]:
    """Metrics that are numbers, and those that are none: MLflow would rank an infinite one first."""
    numbers = {key: float(value) for key, value in values.items()}
    finite = {key: value for key, value in numbers.items() if math.isfinite(value)}
    return finite, {key: value for key, value in numbers.items() if key not in finite}
