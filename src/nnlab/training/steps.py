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
        # Without autograph, as Keras traces its own steps: rewriting them as source takes longer than an epoch.
        self._compiled = tf.function(self._loop, autograph=False, jit_compile=True) if xla else None
        self._plain = tf.function(self._loop_any, autograph=False)

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

        def train(step: "tf.Tensor") -> tuple["tf.Tensor"]:
            # Slices whose length is a constant: XLA compiles anew for every other one.
            indices = tf.slice(order, [step * self.batch_size], [self.batch_size])
            self.network.train_step(self.feed.batch(tensors, indices))
            return (step + 1,)

        tf.while_loop(lambda step: step < last, train, (first,))

    def _loop_any(
        self, tensors: tuple[Any, ...], order: "tf.Tensor", first: "tf.Tensor", last: "tf.Tensor"
    ) -> None:
        import tensorflow as tf

        def train(step: "tf.Tensor") -> tuple["tf.Tensor"]:
            indices = order[step * self.batch_size : (step + 1) * self.batch_size]
            self.network.train_step(self.feed.batch(tensors, indices))
            return (step + 1,)

        tf.while_loop(lambda step: step < last, train, (first,))


class TestSteps:
    """Loss, metrics and outputs of a feed in one pass."""

    def __init__(self, network: "keras.Model", feed: Feed, batch_size: int):
        import tensorflow as tf

        self.network, self.feed, self.batch_size = network, feed, batch_size
        signature = [tf.TensorSpec([None], tf.int32)]
        self._compiled = tf.function(self._step, autograph=False, input_signature=signature)

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
