"""Compiled steps: many of them in one call, over tensors that stay on the device.

Keras's own `train_step`, losses and metrics do the work; what is saved is the way through Python between them.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nnlab.training.feed import Feed
from nnlab.training.replicas import build_metrics, on_first, train_step, unscaled

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


class Steps:
    """The batches of a feed, each passed through one step, in pieces of any length that are compiled once.

    step: takes the samples' tensors and the indices of a batch, and leaves what it finds in variables.
    eager: whether nothing is compiled, and Python runs each step.
    """

    def __init__(
        self,
        feed: Feed,
        batch_size: int,
        step: "Callable[[tuple[Any, ...], tf.Tensor], object]",
        *,
        xla: bool,
        eager: bool,
    ):
        self.feed, self.batch_size, self._step, self._eager = feed, batch_size, step, eager
        self.per_epoch = math.ceil(feed.size / batch_size)
        self._compiled = self._compile(self._whole_batch, True) if xla else None
        self._plain = self._compile(self._any_batch, False)

    def run(self, order: "tf.Tensor", first: int, last: int) -> None:
        """Run the steps `first` up to, not including, `last` of an epoch; the last batch may be smaller."""
        for piece in self.feed.pieces(order, first, last, self.batch_size):
            self._run(*piece)

    def _run(self, tensors: tuple[Any, ...], order: "tf.Tensor", first: int, last: int) -> None:
        import tensorflow as tf

        middle = min(last, len(order) // self.batch_size if self._compiled else 0)
        if self._compiled and first < middle:
            self._compiled(tensors, order, tf.constant(first), tf.constant(middle))
        if (start := max(first, middle)) < last:
            self._plain(tensors, order, tf.constant(start), tf.constant(last))

    def _compile(self, cut: "Callable[[tf.Tensor, tf.Tensor], tf.Tensor]", xla: bool) -> Any:
        import tensorflow as tf

        def loop(tensors: tuple[Any, ...], order: tf.Tensor, first: tf.Tensor, last: tf.Tensor) -> None:
            def body(step: tf.Tensor) -> tuple[tf.Tensor]:
                self._step(tensors, cut(order, step))
                return (step + 1,)

            tf.while_loop(lambda step: step < last, body, (first,))

        # Without autograph, as Keras traces its own steps: rewriting them as source takes longer than an epoch.
        return loop if self._eager else tf.function(loop, autograph=False, jit_compile=xla)

    def _whole_batch(self, order: "tf.Tensor", step: "tf.Tensor") -> "tf.Tensor":
        """A slice whose length is a constant: XLA compiles anew for every other one."""
        import tensorflow as tf

        return tf.slice(order, [step * self.batch_size], [self.batch_size])

    def _any_batch(self, order: "tf.Tensor", step: "tf.Tensor | int") -> "tf.Tensor":
        return order[step * self.batch_size : (step + 1) * self.batch_size]


class TrainSteps(Steps):
    """The training steps of one epoch."""

    def __init__(self, network: "keras.Model", feed: Feed, batch_size: int, xla: bool):
        super().__init__(
            feed,
            batch_size,
            lambda tensors, indices: train_step(network, feed.batch(tensors, indices)),
            xla=xla,
            eager=network.run_eagerly,
        )
        build_metrics(network, feed)


class TestSteps(Steps):
    """Loss and metrics of a feed in one pass; with the outputs, where they are wanted."""

    def __init__(self, network: "keras.Model", feed: Feed, batch_size: int):
        import tensorflow as tf

        # Without XLA, which is no faster here and takes long to compile.
        super().__init__(feed, batch_size, self._judge, xla=False, eager=network.run_eagerly)
        self.network = network
        signature = [feed.signature(), tf.TensorSpec([None], tf.int32)]
        self._judge_one = self._judge
        if not network.run_eagerly:
            self._judge_one = tf.function(self._judge, autograph=False, input_signature=signature)

    def scores(self) -> dict[str, float]:
        """The loss and metrics over all samples."""
        import tensorflow as tf

        self.network.reset_metrics()
        self.run(tf.range(self.feed.size), 0, self.per_epoch)
        return self._logs()

    def outputs(self) -> tuple[dict[str, float], "tf.Tensor"]:
        """The loss and metrics over all samples, and the outputs, float32 (n, …), in the samples' order."""
        import tensorflow as tf

        self.network.reset_metrics()
        order = tf.range(self.feed.size)
        found = [
            self._judge_one(piece.tensors, self._any_batch(piece.order, step))
            for piece in self.feed.pieces(order, 0, self.per_epoch, self.batch_size)
            for step in range(piece.first, piece.last)
        ]
        return self._logs(), tf.concat(found, axis=0)

    def _logs(self) -> dict[str, float]:
        return {name: float(value) for name, value in self.network.get_metrics_result().items()}

    def _judge(self, tensors: tuple[Any, ...], indices: "tf.Tensor") -> "tf.Tensor":
        return on_first(self.network, self._judge_batch, self.feed.batch(tensors, indices))

    def _judge_batch(self, x: "tf.Tensor", y: "tf.Tensor", *weights: "tf.Tensor") -> "tf.Tensor":
        import tensorflow as tf

        outputs = self.network(x, training=False)
        weight = weights[0] if weights else None
        loss = self.network.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=weight, training=False)
        loss = unscaled(self.network, loss)
        self.network._loss_tracker.update_state(loss, sample_weight=tf.shape(x)[0])
        self.network.compute_metrics(x, y, outputs, sample_weight=weight)
        return tf.cast(outputs, tf.float32)
