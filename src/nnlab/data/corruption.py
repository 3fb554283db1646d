"""Corruption: layers that spoil preprocessed inputs, each sample of a split always in the same way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnlab.construct import construct
from nnlab.data.preprocessing import apply, attempt, in_float32
from nnlab.errors import DataError
from nnlab.objects import KerasObject
from nnlab.seeds import reseed

BLOCK = 1024
Part = Literal["train", "validation", "test"]
_PARTS: dict[Part, int] = {"train": 0, "validation": 1, "test": 2}


@dataclass(frozen=True)
class Corruption:
    """Layers that work as in training, and the run's seed."""

    layers: Sequence[Any]
    seed: int

    def spoil(self, preprocessing: Sequence[Any], x: np.ndarray, part: Part) -> np.ndarray:
        """What the network is shown of the raw samples x (n, *shape): float32, preprocessed and spoilt.

        A pure function of the seed, the part, and each sample's value and index in its part: noise is drawn
        for blocks of BLOCK samples, whole ones at the end of a part too.
        """
        spoilt: np.ndarray | None = None
        for number, start in enumerate(range(0, len(x), BLOCK)):
            clean = apply(preprocessing, x[start : start + BLOCK])
            if spoilt is None:
                spoilt = np.empty((len(x), *clean.shape[1:]), np.float32)
            spoilt[start : start + BLOCK] = self._block(clean, part, number)
        return x if spoilt is None else spoilt

    def _block(self, clean: np.ndarray, part: Part, number: int) -> np.ndarray:
        batch: Any = np.zeros((BLOCK, *clean.shape[1:]), np.float32)
        batch[: len(clean)] = clean
        for index, layer in enumerate(self.layers):
            reseed(layer, self.seed, _PARTS[part], number, index)
            batch = layer(batch, training=True)
        return np.asarray(batch)[: len(clean)]


def build_corruption(
    descriptions: Sequence[KerasObject] | None, preprocessing: Sequence[Any], x_train: np.ndarray, seed: int
) -> Corruption | None:
    """The corruption that a dataset asks for, each layer tried on the first sample; None for none.

    Raises DataError where inputs are no fractions after the preprocessing, or a layer cannot take them.
    """
    if descriptions is None:
        return None
    seen = apply(preprocessing, x_train[:1])
    if seen.dtype.kind != "f":
        raise DataError(
            f"dataset.corruption: inputs of type {seen.dtype}; fractions, as Rescaling makes them"
        )
    layers: list[Any] = []
    for index, description in enumerate(descriptions):
        key = f"dataset.corruption[{index}]"
        with in_float32():
            layers.append(attempt(key, description, lambda description=description: construct(description)))
        attempt(key, description, lambda: Corruption(layers, seed).spoil(preprocessing, x_train[:1], "train"))
    return Corruption(layers, seed)
