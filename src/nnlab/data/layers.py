"""nnlab's own Keras layers. They are saved inside the model and answer to the grammar of Keras's own."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable("nnlab")
class MeanImputation(keras.layers.Layer):
    """Puts a column's mean over the known values where a value equals `missing`.

    Input and output (batch, columns), float. columns: indices of the columns it looks at, null for all.
    A column in which nothing is known stays as it is.
    """

    def __init__(self, missing: float = 0.0, columns: Sequence[int] | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.missing = float(missing)
        self.columns = None if columns is None else [int(column) for column in columns]

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make the means and the mask of chosen columns. Raises ValueError for columns that are not there."""
        width = input_shape[-1]
        if len(input_shape) != 2 or width is None:
            raise ValueError(f"MeanImputation: samples of shape {tuple(input_shape[1:])}; rows of a table")
        if foreign := [column for column in self.columns or () if not 0 <= column < width]:
            raise ValueError(f"MeanImputation: column {foreign[0]}; 0 to {width - 1}")
        self.means = self.add_weight(name="means", shape=(width,), initializer="zeros", trainable=False)
        self.means.assign(np.full(width, self.missing, np.float32))
        chosen = np.isin(np.arange(width), range(width) if self.columns is None else self.columns)
        self.chosen = keras.ops.convert_to_tensor(chosen)

    def adapt(self, data: np.ndarray | Iterable[Any]) -> None:
        """Learn the means from an array (n, columns) or from an iterable of such batches."""
        total, count = 0.0, 0
        for batch in [data] if isinstance(data, np.ndarray) else data:
            values = np.asarray(batch, np.float64)
            if not self.built:
                self.build((None, *values.shape[1:]))
                self.built = True
            known = values != self.missing
            total, count = total + np.where(known, values, 0).sum(axis=0), count + known.sum(axis=0)
        means = np.where(count == 0, self.missing, total / np.maximum(count, 1))
        self.means.assign(means.astype(np.float32))

    def call(self, inputs: Any) -> Any:
        """The inputs with the gaps filled."""
        gaps = keras.ops.logical_and(keras.ops.equal(inputs, self.missing), self.chosen)
        return keras.ops.where(gaps, keras.ops.cast(self.means, inputs.dtype), inputs)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """The shape is kept."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "missing": self.missing, "columns": self.columns}


@keras.saving.register_keras_serializable("nnlab")
class PixelPermutation(keras.layers.Layer):
    """Moves the pixels of every picture by one permutation, drawn once from `seed`.

    Input and output (batch, height, width), (batch, height, width, channels) or (batch, columns); the
    channels of a pixel stay together. The permutation is saved with the model, so that no other numpy can
    draw another one.
    """

    def __init__(self, seed: int = 0, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = int(seed)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Draw the permutation of the pixels. Raises ValueError where their number is not known."""
        pixels = input_shape[1:3]
        if not pixels or len(input_shape) > 4 or None in pixels:
            raise ValueError(
                f"PixelPermutation: samples of shape {tuple(input_shape[1:])}; pictures of one size"
            )
        count = int(np.prod([size for size in pixels if size is not None]))
        self.order = self.add_weight(
            name="order", shape=(count,), dtype="int32", initializer="zeros", trainable=False
        )
        self.order.assign(np.random.default_rng(self.seed).permutation(count).astype(np.int32))

    def call(self, inputs: Any) -> Any:
        """The same pixels at other places."""
        shape, channels = keras.ops.shape(inputs), inputs.shape[3:]
        flat = keras.ops.reshape(inputs, (-1, self.order.shape[0], *channels))
        return keras.ops.reshape(keras.ops.take(flat, self.order, axis=1), shape)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """The shape is kept."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "seed": self.seed}
