"""The feed: arrays on the device, and batches cut from them inside the compiled step."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.data.preprocessing import apply
from nnlab.spec import Samples
from nnlab.stored import StoredArray
from nnlab.training.augmentation import Augmentation
from nnlab.training.pieces import Piece, Reader

if TYPE_CHECKING:
    import tensorflow as tf


TEXT = "OUST"
"""The kinds of arrays that hold texts."""


class Feed:
    """Samples as tensors, preprocessed once where that saves memory, in each batch where it would cost memory.

    Pictures stay uint8 until a batch of them is needed: preprocessing that would make the array larger runs in
    the step, anything else once, here. Texts become ids of words here, which are padded or counted in the step.
    Augmentation changes raw samples, so with it all preprocessing runs in the step. Samples that stay on the
    disk come to the device in pieces of an epoch, in the same order.
    """

    def __init__(
        self,
        samples: Samples,
        preprocessing: Sequence[Any],
        encode: Callable[["tf.Tensor"], "tf.Tensor"],
        weights: np.ndarray | None = None,
        augmentation: Augmentation | None = None,
    ):
        import tensorflow as tf

        self.augmentation = augmentation
        if samples.x.dtype.kind in TEXT and preprocessing and hasattr(preprocessing[0], "tokenize"):
            words, *rest = preprocessing
            self.x, self.in_batch = words.tokenize_all(samples.x), [words.encode, *rest]
        elif augmentation:
            self.x, self.in_batch = _on_device(samples.x), [augmentation, *preprocessing]
        else:
            once, self.in_batch = split_preprocessing(preprocessing, samples.x)
            with tf.device("CPU" if samples.x.dtype.kind in TEXT else None):
                self.x = _on_device(apply(once, samples.x))
        same = samples.y is samples.x
        self.y = self.x if same else tf.constant(samples.y)
        self.weights = None if weights is None else tf.constant(weights, tf.float32)
        self.encode = encode
        self.size = len(samples)
        self._reader: Reader | None = None

    def tensors(self) -> tuple[Any, ...]:
        """What a compiled function takes: x, y and, where there are any, weights."""
        return (self.x, self.y) if self.weights is None else (self.x, self.y, self.weights)

    def signature(self) -> tuple[Any, ...]:
        """The types of the tensors of every piece, of any number of samples."""
        return tuple(_type_of(tensor) for tensor in self.tensors())

    def pieces(self, order: "tf.Tensor", first: int, last: int, batch_size: int) -> Iterator[Piece]:
        """The steps `first` up to, not including, `last` of an epoch in that order: one piece, or several."""
        x, *rest = self.tensors()
        if not isinstance(x, StoredArray):
            yield Piece((x, *rest), order, first, last)
            return
        if self._reader is None or self._reader.batch_size != batch_size:
            self._reader = Reader(x, rest, batch_size)
        yield from self._reader.pieces(order, first, last)

    def batch(self, tensors: tuple[Any, ...], indices: "tf.Tensor") -> tuple[Any, ...]:
        """The samples at `indices`, preprocessed and with targets encoded; called while tracing."""
        import tensorflow as tf

        x, y, *weights = (tf.gather(tensor, indices) for tensor in tensors)
        for layer in self.in_batch:
            x = layer(x)
        return (x, self.encode(y), *weights)

    def order(self, seed: int, epoch: int, shuffle: bool) -> "tf.Tensor":
        """The order of the samples in an epoch, int32 (size,): a pure function of seed and epoch."""
        import tensorflow as tf

        indices = tf.range(self.size)
        if not shuffle:
            return indices
        return tf.random.experimental.stateless_shuffle(  # pyright: ignore[reportAttributeAccessIssue]
            indices, seed=[seed, epoch]
        )


class InputFeed(Feed):
    """Samples that are their own targets: preprocessed inputs to give back, and shown spoilt where they are.

    spoilt: float32 (n, *preprocessed shape), kept whole, since noise drawn in each batch would be other noise
    in each epoch; None for inputs as they are.
    """

    def __init__(
        self,
        samples: Samples,
        preprocessing: Sequence[Any],
        encode: Callable[["tf.Tensor"], "tf.Tensor"],
        spoilt: np.ndarray | None,
    ):
        import tensorflow as tf

        super().__init__(Samples(samples.x, samples.x), preprocessing, encode)
        self.spoilt = None if spoilt is None else tf.constant(spoilt)

    def tensors(self) -> tuple[Any, ...]:
        """What a compiled function takes: x and, where there are any, the spoilt inputs."""
        return (self.x,) if self.spoilt is None else (self.x, self.spoilt)

    def batch(self, tensors: tuple[Any, ...], indices: "tf.Tensor") -> tuple[Any, ...]:
        """What the network is shown of the samples at `indices`, and what it is to give back."""
        import tensorflow as tf

        clean, *spoilt = (tf.gather(tensor, indices) for tensor in tensors)
        for layer in self.in_batch:
            clean = layer(clean)
        return (spoilt[0] if spoilt else clean, self.encode(clean))


def _on_device(x: Any) -> Any:
    """A tensor; an array on the disk stays there."""
    import tensorflow as tf

    return x if isinstance(x, StoredArray) else tf.constant(x)


def _type_of(tensor: Any) -> Any:
    import tensorflow as tf

    shape = [None, *tensor.shape[1:]]
    if isinstance(tensor, tf.RaggedTensor):
        return tf.RaggedTensorSpec(shape, tensor.dtype, tensor.ragged_rank, tensor.row_splits.dtype)
    return tf.TensorSpec(shape, tensor.dtype)


def split_preprocessing(layers: Sequence[Any], x: np.ndarray) -> tuple[list[Any], list[Any]]:
    """The layers to run once over the whole array, and the rest, to run on each batch.

    Everything up to the last layer that ends with no more bytes than the raw array has, is run once.
    """
    if not len(layers):
        return [], []
    raw, sample = x[:1].nbytes, x[:1]
    keep = 0
    for index, layer in enumerate(layers):
        sample = np.asarray(layer(sample))
        if x.dtype.kind in TEXT or sample.nbytes <= raw:
            keep = index + 1
    return list(layers[:keep]), list(layers[keep:])
