"""Compiled steps: many training steps in one call, over tensors that stay on the device.

Keras's own `train_step` and `test_step` do the work; what is saved is the way through Python between them.
"""

import math
from typing import TYPE_CHECKING, Any

from nnlab.training.feed import Feed

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


class TrainSteps:
    """The training steps of one epoch, run in pieces of any length without being compiled again."""

    def __init__(self, network: "keras.Model", feed: Feed, batch_size: int, xla: bool):
        import tensorflow as tf

        self.network, self.feed, self.batch_size = network, feed, batch_size
        self.per_epoch = math.ceil(feed.size / batch_size)
        self._full = feed.size // batch_size if xla else 0
        self._compiled = tf.function(self._loop, jit_compile=True) if xla else None
        self._plain = tf.function(self._loop_any)

    def run(self, order: "tf.Tensor", first: int, last: int) -> None:
        """Run the steps `first` up to, not including, `last` of an epoch; the last batch may be smaller."""
        import tensorflow as tf

        middle = min(last, self._full)
        if self._compiled and first < middle:
            self._compiled(self.feed.tensors(), order, tf.constant(first), tf.constant(middle))
        if (start := max(first, middle)) < last:
            self._plain(self.feed.tensors(), order, tf.constant(start), tf.constant(last))

    def _loop(
        self, tensors: tuple[Any, ...], order: "tf.Tensor", first: "tf.Tensor", last: "tf.Tensor"
    ) -> None:
        import tensorflow as tf

        # tf.range would make XLA compile anew for every pair of bounds; a plain loop takes any.
        step = first
        while step < last:
            indices = tf.slice(order, [step * self.batch_size], [self.batch_size])
            self.network.train_step(self.feed.batch(tensors, indices))
            step += 1

    def _loop_any(
        self, tensors: tuple[Any, ...], order: "tf.Tensor", first: "tf.Tensor", last: "tf.Tensor"
    ) -> None:
        import tensorflow as tf

        for step in tf.range(first, last):
            indices = order[step * self.batch_size : (step + 1) * self.batch_size]
            self.network.train_step(self.feed.batch(tensors, indices))


class TestSteps:
    """Loss, metrics and outputs of a feed in one pass."""

    def __init__(self, network: "keras.Model", feed: Feed, batch_size: int):
        import tensorflow as tf

        self.network, self.feed, self.batch_size = network, feed, batch_size
        self._compiled = tf.function(self._step, input_signature=[tf.TensorSpec([None], tf.int32)])

    def run(self) -> tuple[dict[str, float], "tf.Tensor"]:
        """The loss and metrics over all samples, and the outputs, float32 (n, …), in the samples' order."""
        import tensorflow as tf

        self.network.reset_metrics()
        starts = range(0, self.feed.size, self.batch_size)
        outputs = [
            self._compiled(tf.range(start, min(start + self.batch_size, self.feed.size))) for start in starts
        ]
        logs = {name: float(value) for name, value in self.network.get_metrics_result().items()}
        return logs, tf.concat(outputs, axis=0)

    def _step(self, indices: "tf.Tensor") -> "tf.Tensor":
        import tensorflow as tf

        x, y, *weights = self.feed.batch(self.feed.tensors(), indices)
        outputs = self.network(x, training=False)
        weight = weights[0] if weights else None
        loss = self.network.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=weight, training=False)
        self.network._loss_tracker.update_state(loss, sample_weight=tf.shape(indices)[0])
        self.network.compute_metrics(x, y, outputs, sample_weight=weight)
        return tf.cast(outputs, tf.float32)
