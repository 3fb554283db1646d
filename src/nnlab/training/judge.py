"""The judge of a network's batches, traced once for validation and test."""

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.training.feed import Feed
from nnlab.training.replicas import on_first, unscaled

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


class Judge:
    """Adds a batch to the network's loss and metrics, and gives its outputs; for all feeds of one signature."""

    def __init__(self, network: "keras.Model", feed: Feed):
        import tensorflow as tf

        self.network = network
        self._cut = feed.batch
        self.step: Any = self._judge
        """Takes a feed's tensors and the indices of a batch; gives the outputs, float32 (batch, …)."""
        if not network.run_eagerly:
            signature = [feed.signature(), tf.TensorSpec([None], tf.int32)]
            self.step = tf.function(self._judge, autograph=False, input_signature=signature)

    def found(self) -> dict[str, float]:
        """The loss and metrics of what has been judged since they were reset."""
        return {name: float(value) for name, value in self.network.get_metrics_result().items()}

    def _judge(self, tensors: tuple[Any, ...], indices: "tf.Tensor") -> "tf.Tensor":
        return on_first(self.network, self._judge_batch, self._cut(tensors, indices))

    def _judge_batch(self, x: "tf.Tensor", y: "tf.Tensor", *weights: "tf.Tensor") -> "tf.Tensor":
        import tensorflow as tf

        outputs = self.network(x, training=False)
        weight = weights[0] if weights else None
        loss = self.network.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=weight, training=False)
        loss = unscaled(self.network, loss)
        self.network._loss_tracker.update_state(loss, sample_weight=tf.shape(x)[0])
        self.network.compute_metrics(x, y, outputs, sample_weight=weight)
        return tf.cast(outputs, tf.float32)


def hash_weights(network: "keras.Model") -> str:
    """A digest of everything that decides what the network gives: trained weights and moving means."""
    digest = hashlib.blake2b(digest_size=16)
    for weight in network.weights:
        digest.update(np.asarray(weight).tobytes())
    return digest.hexdigest()
