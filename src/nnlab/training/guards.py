"""Divergence is noticed at once: a loss or a weight that is no finite number ends the run."""

import math
from typing import TYPE_CHECKING

from nnlab.errors import DivergenceError

if TYPE_CHECKING:
    import keras

_ADVICE = "the training has diverged; try a lower optimizer.learning_rate or optimizer.clipnorm=1"


def guard_loss(loss: float, epoch: int, step: int) -> None:
    """Raise DivergenceError where the running loss of an epoch is not finite."""
    if not math.isfinite(loss):
        raise DivergenceError(f"loss: {loss} in epoch {epoch}, by step {step}; {_ADVICE}")


def guard_weights(network: "keras.Model", epoch: int) -> None:
    """Raise DivergenceError naming the first weight that is not finite: behind ReLU a loss can hide it."""
    import tensorflow as tf

    for variable in network.trainable_variables:
        if not bool(tf.reduce_all(tf.math.is_finite(variable.value))):
            raise DivergenceError(f"{variable.path}: not finite after epoch {epoch}; {_ADVICE}")
