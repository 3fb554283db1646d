"""Identity: which runs must give the same bits, as one short hash."""

import hashlib
import json
from typing import Any

from nnlab.plan import Plan

RESULT_VERSION = 1
"""Raised whenever nnlab itself changes what the same plan results in."""

WITHOUT_RESULT = ("name", "experiment_name", "tracking", "debug", "rerun", "trusted_packages")
"""The keys of a plan that cannot change what it results in."""
_WITHOUT_RESULT_INSIDE = {"trainer": "progress", "dataset": "streaming"}

SAME_BITS = ("auto", "stepwise")
"""The values of `trainer.execution` that only say how many steps are run at once."""


def identify(plan: Plan, data_hash: str, threads: int) -> str:
    """Sixteen hex digits from all that can change the result: plan, data, threads, nnlab's result version.

    A key that is null does nothing and takes no part, so a new key leaves the old identities as they are.
    """
    relevant: dict[str, Any] = {
        key: value for key, value in plan.plain().items() if key not in WITHOUT_RESULT
    }
    for section, without in _WITHOUT_RESULT_INSIDE.items():
        relevant[section] = {key: value for key, value in relevant[section].items() if key != without}
    if plan.trainer.execution in SAME_BITS:
        del relevant["trainer"]["execution"]
    relevant["trainer"]["threads"] = threads
    text = json.dumps([RESULT_VERSION, data_hash, _without_null(relevant)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return [_without_null(item) for item in value] if isinstance(value, list | tuple) else value
