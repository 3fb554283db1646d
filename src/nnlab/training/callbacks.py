"""Keras's callbacks as the plan names them, writing inside the run's folder only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.checking.crosschecks import CALLBACK_PATHS
from nnlab.construct import construct
from nnlab.errors import ConfigError, Problem
from nnlab.objects import KerasObject


def build_callbacks(descriptions: Mapping[str, KerasObject], folder: Path) -> list[Any]:
    """Construct every callback; a path it writes to is taken relative to `folder`. Raises ConfigError."""
    return [_build(label, description, folder) for label, description in descriptions.items()]


def _build(label: str, description: KerasObject, folder: Path) -> Any:
    paths = {name: value for name, value in description.arguments.items() if name in CALLBACK_PATHS}
    for value in paths.values():
        (folder / str(value)).parent.mkdir(parents=True, exist_ok=True)
    try:
        return construct(description, **{name: str(folder / str(value)) for name, value in paths.items()})
    except (ValueError, TypeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError([Problem(f"callbacks.{label}", description.name, reason)]) from None
