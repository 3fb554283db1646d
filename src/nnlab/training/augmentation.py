"""Augmentation: samples that are changed at random each time the training sees them, and at no other time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.construct import construct
from nnlab.data.preprocessing import in_float32
from nnlab.errors import ConfigError, Problem
from nnlab.models.shapes import format_shape
from nnlab.objects import KerasObject
from nnlab.seeds import reseed
from nnlab.spec import DataSpec

if TYPE_CHECKING:
    import tensorflow as tf

_KEY = "trainer.augmentation"


class Augmentation:
    """Keras's random layers, for batches of raw samples: they come before all preprocessing."""

    def __init__(self, descriptions: Sequence[KerasObject], spec: DataSpec):
        with in_float32():
            self.layers: list[Any] = [construct(description) for description in descriptions]
        self.grey = spec.is_image and len(spec.shape) == 2

    def reseed(self, seed: int, epoch: int) -> None:
        """Make what is drawn from here on a pure function of seed and epoch, and not what the network draws."""
        for index, layer in enumerate(self.layers, 1):
            reseed(layer, seed, epoch, index)

    def __call__(self, x: "tf.Tensor") -> "tf.Tensor":
        """A batch (n, *spec.shape) of any dtype, changed: float32 of the same shape."""
        import tensorflow as tf

        changed: Any = tf.expand_dims(x, -1) if self.grey else x
        for layer in self.layers:
            changed = layer(changed, training=True)
        return changed[..., 0] if self.grey else changed


def build_augmentation(
    descriptions: Sequence[KerasObject] | None, spec: DataSpec, sample: np.ndarray
) -> Augmentation | None:
    """The augmentation that the plan names, or None. sample: raw, (1, *spec.shape). Raises ConfigError."""
    if not descriptions:
        return None
    import tensorflow as tf

    try:
        built = Augmentation(descriptions, spec)
        shape = np.shape(built(tf.constant(sample)))[1:]
    except (ValueError, TypeError) as error:
        raise ConfigError([Problem(_KEY, str(error).strip().splitlines()[0])]) from None
    if shape != spec.shape:
        raise ConfigError(
            [
                Problem(
                    _KEY,
                    f"{format_shape(shape)} leaves it",
                    f"the shape of a sample, {format_shape(spec.shape)}",
                )
            ]
        )
    return built
