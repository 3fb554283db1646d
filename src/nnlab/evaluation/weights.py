"""How large a network's weights are: what a regularizer has made of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

NEAR_ZERO = 1e-3
"""A weight below this size is counted as zero: no method of training but a proximal one makes it exactly 0."""


def tabulate_weights(kernels: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    """Of each kernel by name: count, share below NEAR_ZERO, mean and largest size; the last row is of all."""
    return [{"kernel": name, **_measure(values)} for name, values in _with_all(kernels).items()]


def zero_share(kernels: Mapping[str, np.ndarray]) -> float:
    """The share of all weights that are below NEAR_ZERO in size; 0 for a network without kernels."""
    return _measure(_with_all(kernels)["all"])["near_zero"]


def _with_all(kernels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    flat = [np.zeros(0), *(values.ravel() for values in kernels.values())]
    return {**kernels, "all": np.concatenate(flat)}


def _measure(values: np.ndarray) -> dict[str, Any]:
    sizes = np.abs(values, dtype=np.float64)
    if not sizes.size:
        return {"weights": 0, "near_zero": 0.0, "mean_size": 0.0, "largest": 0.0}
    return {
        "weights": sizes.size,
        "near_zero": float((sizes < NEAR_ZERO).mean()),
        "mean_size": float(sizes.mean()),
        "largest": float(sizes.max()),
    }
