"""Preprocessing layers: built from descriptions, fitted on the training split alone, then applied."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from nnlab.construct import construct
from nnlab.data.streaming import scratch
from nnlab.errors import DataError
from nnlab.objects import KerasObject
from nnlab.stored import StoredArray

if TYPE_CHECKING:
    import keras

T = TypeVar("T")
BATCH = 1024
WHOLE_BYTES = 64_000_000
"""Up to this size (as float32) the training data is given to `adapt` in one piece, above it in batches."""
_TOLD = ("mean", "variance", "bin_boundaries", "vocabulary")


def adapt(descriptions: Sequence[KerasObject], x_train: np.ndarray) -> "list[keras.layers.Layer]":
    """Construct the layers; fit each that can be on the training inputs as they leave the layers before it.

    x_train: (n, *shape), raw. All layers compute in float32, whatever precision the network is trained in.
    Raises DataError where a layer cannot take the data.
    """
    layers: list[Any] = []
    with in_float32():
        for index, description in enumerate(descriptions):
            key = f"dataset.preprocessing[{index}]"
            layer = attempt(key, description, lambda description=description: construct(description))
            if _learns(description, layer):
                attempt(key, description, lambda layer=layer: layer.adapt(_as_seen(layers, x_train)))
            layers.append(layer)
            attempt(key, description, lambda: apply(layers, x_train[:1]))
    return layers


def apply(layers: "Sequence[keras.layers.Layer]", x: Any, batch_size: int = BATCH) -> Any:
    """What leaves the layers for inputs x (n, *shape), batch by batch; x itself where there are no layers.

    Of inputs on the disk what leaves is on the disk too.
    """
    if not layers:
        return x
    if isinstance(x, StoredArray):
        return scratch((batch for _, batch in _passed(layers, x, batch_size)), len(x))
    result: np.ndarray | None = None
    for start, batch in _passed(layers, x, batch_size):
        if result is None:
            result = np.empty((len(x), *batch.shape[1:]), batch.dtype)
        result[start : start + len(batch)] = batch
    return x if result is None else result


def _passed(layers: Sequence[Any], x: Any, batch_size: int) -> Iterator[tuple[int, np.ndarray]]:
    from keras import ops

    for start in range(0, len(x), batch_size):
        batch: Any = x[start : start + batch_size]
        for layer in layers:
            batch = layer(batch)
        yield start, np.asarray(ops.convert_to_numpy(batch))


def _learns(description: KerasObject, layer: Any) -> bool:
    """Whether the layer learns from data and has not been told its numbers in the configuration."""
    told = any(description.arguments.get(name) is not None for name in _TOLD)
    return hasattr(layer, "adapt") and not told


def _as_seen(layers: Sequence[Any], x: np.ndarray) -> Any:
    """The training data as the next layer sees it: one array, or batches where that would be large."""
    if not layers and x.dtype.kind not in "buif":
        return x
    first = apply(layers, x[:1])
    if len(x) * first.size * 4 <= WHOLE_BYTES:
        return np.asarray(apply(layers, x))
    import tensorflow as tf

    signature = tf.TensorSpec((None, *first.shape[1:]), first.dtype)
    return tf.data.Dataset.from_generator(
        lambda: (batch for _, batch in _passed(layers, x, BATCH)), output_signature=signature
    )


def attempt(key: str, description: KerasObject, action: Callable[[], T]) -> T:
    """What `action` gives; what Keras refuses becomes a DataError that names key and layer."""
    try:
        return action()
    except (ValueError, TypeError, NotImplementedError) as error:
        line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataError(f"{key}: {description.name} cannot take the data: {line}") from None


@contextmanager
def in_float32() -> Iterator[None]:
    """Layers made inside compute in float32, whatever precision the network is trained in."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
