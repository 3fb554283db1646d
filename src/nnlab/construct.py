"""From a description to the Keras object. Importing this module is cheap; calling it imports Keras."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.objects import KerasObject


def construct(description: KerasObject, **extra: Any) -> Any:
    """Build the Keras object, its nested objects first; `extra` adds or replaces arguments."""
    if description.kind == "activation":
        return description.name
    arguments = {name: _value(name, value) for name, value in description.arguments.items()}
    return _class(description)(**{**arguments, **extra})


def _class(description: KerasObject) -> type:
    module, _, name = description.where.partition(":")
    if not module.startswith(("keras.", "nnlab.")) and (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    return getattr(importlib.import_module(module), name)


def _value(name: str, value: Any) -> Any:
    if isinstance(value, KerasObject):
        built = construct(value)
        # LearningRateScheduler calls a plain function of the epoch and wants a Python float back.
        return (lambda epoch: float(built(epoch))) if name == "schedule" else built
    if isinstance(value, list | tuple):
        return [_value("", item) for item in value]
    if isinstance(value, Mapping):
        return {key: _value("", item) for key, item in value.items()}
    return value
