"""Compiled steps: many of them in one call, over tensors that stay on the device.

Keras's own `train_step`, losses and metrics do the work; what is saved is the way through Python between them.
"""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from nnlab.training.feed import Feed
from nnlab.training.judge import Judge, hash_weights
from nnlab.training.replicas import build_metrics, train_step

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

LOOP_WORTH_BATCHES = 130
"""Batches below which a compiled loop costs more than it saves: 0.06 s against 0.45 ms a batch."""


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
    """Loss and metrics of a feed in one pass; with the outputs, where they are wanted.

    watched: these samples are judged after each epoch and again in the end; what was found with the same weights
    is not computed anew. rounds: how often they are judged, which decides whether a loop is compiled for it.
    """

    def __init__(self, judge: Judge, feed: Feed, batch_size: int, *, watched: bool = False, rounds: int = 1):
        # Without XLA, which is no faster here and takes long to compile.
        super().__init__(feed, batch_size, judge.step, xla=False, eager=judge.network.run_eagerly)
        self._judge, self._watched = judge, watched
        self._loops = rounds * self.per_epoch > LOOP_WORTH_BATCHES
        self._known: tuple[str, dict[str, float], tf.Tensor] | None = None

    def scores(self) -> dict[str, float]:
        """The loss and metrics over all samples."""
        import tensorflow as tf

        if self._watched:
            return self.outputs()[0]
        self._judge.network.reset_metrics()
        if self._loops:
            self.run(tf.range(self.feed.size), 0, self.per_epoch)
        else:
            for _ in self._judged():
                pass
        return self._judge.found()

    def outputs(self) -> tuple[dict[str, float], "tf.Tensor"]:
        """The loss and metrics over all samples, and the outputs, float32 (n, …), in the samples' order."""
        if not self._watched:
            return self._infer()
        weights = hash_weights(self._judge.network)
        if self._known is None or self._known[0] != weights:
            self._known = (weights, *self._infer())
        _, scores, outputs = self._known
        return dict(scores), outputs

    def _infer(self) -> "tuple[dict[str, float], tf.Tensor]":
        import tensorflow as tf

        self._judge.network.reset_metrics()
        outputs = tf.concat(list(self._judged()), axis=0)
        return self._judge.found(), outputs

    def _judged(self) -> "Iterator[tf.Tensor]":
        """The outputs of each batch, once it is in the metrics."""
        import tensorflow as tf

        order = tf.range(self.feed.size)
        for piece in self.feed.pieces(order, 0, self.per_epoch, self.batch_size):
            for step in range(piece.first, piece.last):
                yield self._judge.step(piece.tensors, self._any_batch(piece.order, step))
