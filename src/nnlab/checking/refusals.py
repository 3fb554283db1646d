"""What no configuration may hold, whatever its key: ways to run code, computed values, infinite numbers."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.errors import Problem

# A server's address may name a secret; every other value must stand in the record as it was used.
_MAY_NAME_ENVIRONMENT = {"tracking.uri"}
_ENVIRONMENT = re.compile(r"\$\{oc\.env:[^${}]+\}")


def refusals(config: Any, key: str = "") -> Iterator[Problem]:
    """Every forbidden thing in a configuration, depth first."""
    if isinstance(config, Mapping):
        for name, value in config.items():
            inner = f"{key}.{name}" if key else str(name)
            if isinstance(name, str) and name.startswith("_") and name.endswith("_"):
                yield Problem(inner, f"{name} would run code", "a config is data only")
            else:
                yield from refusals(value, inner)
    elif isinstance(config, list | tuple):
        for index, item in enumerate(config):
            yield from refusals(item, f"{key}[{index}]")
    elif isinstance(config, str) and _is_interpolated(key, config):
        yield Problem(
            key, "an interpolation", "values must be written out; only tracking.uri may hold ${oc.env:NAME}"
        )
    elif isinstance(config, float) and not math.isfinite(config):
        yield Problem(key, str(config), "a finite number")


def _is_interpolated(key: str, text: str) -> bool:
    return "${" in (_ENVIRONMENT.sub("", text) if key in _MAY_NAME_ENVIRONMENT else text)
