"""Keras's callbacks as the plan names them, writing inside the run's folder only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.checking.crosschecks import CALLBACK_PATHS
from nnlab.construct import construct
from nnlab.errors import ConfigError, Problem
from nnlab.objects import KerasObject
from nnlab.training.schedules import in_steps


def build_callbacks(descriptions: Mapping[str, KerasObject], folder: Path, epochs: int) -> list[Any]:
    """Construct every callback of a run of so many epochs; paths that it writes to are relative to `folder`.

    Raises ConfigError.
    """
    built = []
    for label, description in descriptions.items():
        paths = {name: folder / str(description.arguments[name]) for name in _paths(description)}
        for path in paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        built.append(
            _construct(
                label, in_steps(description, epochs), {name: str(path) for name, path in paths.items()}
            )
        )
    return built


def check_callbacks(descriptions: Mapping[str, KerasObject]) -> None:
    """Construct every callback and let it go, so that one which refuses is told before a run is recorded."""
    for label, description in descriptions.items():
        _construct(label, in_steps(description, 1), {})


def _paths(description: KerasObject) -> list[str]:
    return [name for name in description.arguments if name in CALLBACK_PATHS]


def _construct(label: str, description: KerasObject, paths: Mapping[str, str]) -> Any:
    try:
        return construct(description, **paths)
    except (ValueError, TypeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError([Problem(f"callbacks.{label}", description.name, reason)]) from None
