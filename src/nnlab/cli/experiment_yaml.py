"""Overrides as a file of conf/experiments/ that means the same."""

import shlex
from collections.abc import Sequence
from typing import Any

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser

from nnlab.cli.folders import groups
from nnlab.tracking.address import redact


def as_experiment(words: Sequence[str]) -> str:
    """The text of the file; its head is the command. What a word takes away (`~key`) stands in the head alone."""
    overrides = OverridesParser.create().parse_overrides([word.lstrip("+") for word in words])
    known = groups()
    kept = [override for override in overrides if not override.is_delete()]
    options = [
        (override.key_or_group, override.value()) for override in kept if override.key_or_group in known
    ]
    bases = [
        f"/experiments/{name}" for key, chosen in options if key == "experiments" for name in _listed(chosen)
    ]
    chosen = [{f"override /{key}": choice} for key, choice in options if key != "experiments"]
    values: dict[str, Any] = {}
    for override in kept:
        if override.key_or_group not in known:
            _put(values, override.key_or_group.split("."), override.value())
    body = {"defaults": [*bases, *chosen, "_self_"], **values}
    text = yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    return redact(f"# @package _global_\n#   nnlab {shlex.join(words)}\n{text}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _put(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value
