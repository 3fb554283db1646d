"""The identities of many plans; each dataset is loaded once, however many plans use it."""

import json
from collections.abc import Sequence

from nnlab.data.fingerprints import fingerprint_data
from nnlab.identity import identify
from nnlab.plan import Dataset, Plan
from nnlab.training.runtime import available_threads

_AFTER_LOADING = {"preprocessing", "validation_split", "test_split", "stratify", "shuffle", "samples"}
"""Keys of a dataset that decide what becomes of its arrays, not which arrays they are."""


def identities(plans: Sequence[Plan], hashes: dict[str, str] | None = None) -> list[str]:
    """The identity of each plan, as its run will have it. Raises DataError and FetchError.

    hashes: of the sources that are known, and then of these too. Nothing is remembered between sweeps: reading
    arrays again costs a fraction of a second and cannot go stale.
    """
    hashes = {} if hashes is None else hashes
    found = []
    for plan in plans:
        key = _source(plan.dataset)
        if key not in hashes:
            hashes[key] = fingerprint_data(plan.dataset.load())
        found.append(identify(plan, hashes[key], plan.trainer.threads or available_threads()))
    return found


def _source(dataset: Dataset) -> str:
    plain = {key: value for key, value in dataset.plain().items() if key not in _AFTER_LOADING}
    return json.dumps(plain, sort_keys=True)
