"""nnlab's Keras layer that turns raw text into numbers. It is saved inside the model."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnlab.data.words import add_ngrams, word_keys

PADDING, UNKNOWN, FIRST = 0, 1, 2
BATCH = 1024
MODES = ("int", "count", "multi_hot", "tf_idf")
_NO_KEY = np.iinfo(np.int64).max


@keras.saving.register_keras_serializable("nnlab")
class WordVectorization(keras.layers.Layer):
    """Raw texts to word ids, or to one number for each known word.

    Input (batch,), strings. Output "int": ids, int32 (batch, output_sequence_length); "count", "multi_hot" and
    "tf_idf": float32 (batch, max_tokens), column by id. Id 0 pads, 1 is any unknown word, 2 the most frequent
    word of the training texts, and so on up to max_tokens - 1; equally frequent words come in any fixed order.

    keep: of a text that is too long, the "start" or the "end"; a short one is padded on the other side, as
    Keras's pad_sequences does with "post" and "pre". ngrams: runs of up to so many words count as words too.
    tf_idf is count · log(1 + texts / (1 + texts with the word)), as in Keras's TextVectorization.

    The vocabulary is kept as the words' keys (nnlab.data.words) in weights of a fixed shape, because weights
    are what every format of a Keras model holds.
    """

    def __init__(
        self,
        max_tokens: int,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        keep: str = "start",
        ngrams: int = 1,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.max_tokens, self.output_mode = int(max_tokens), output_mode
        self.output_sequence_length, self.keep = output_sequence_length, keep
        self.ngrams = int(ngrams)
        self.supports_jit = False
        # Keras would turn texts into numbers before `call` sees them.
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    def build(self, input_shape: Any = None) -> None:
        """Make an empty vocabulary."""
        size = (self.max_tokens,)
        self.keys = self._fixed("keys", "int64")
        self.keys.assign(np.full(size, _NO_KEY))
        self.ids = self._fixed("ids", "int32")
        self.ids.assign(np.full(size, UNKNOWN, np.int32))
        self.idf = self._fixed("idf", "float32") if self.output_mode == "tf_idf" else None

    def _fixed(self, name: str, dtype: str) -> Any:
        return self.add_weight(
            name=name, shape=(self.max_tokens,), dtype=dtype, initializer="zeros", trainable=False
        )

    def adapt(self, data: np.ndarray) -> None:
        """Learn the most frequent words of the texts (n,)."""
        if not self.built:
            self.build()
            self.built = True
        parts = [self._keys(part) for part in _parts(data)]
        keys, counts = np.unique(np.concatenate([part.values.numpy() for part in parts]), return_counts=True)
        chosen = np.argsort(-counts, kind="stable")[: max(0, self.max_tokens - FIRST)]
        order = np.argsort(keys[chosen])
        self.keys.assign(_filled(keys[chosen][order], _NO_KEY, self.max_tokens))
        self.ids.assign(_filled(order.astype(np.int32) + FIRST, UNKNOWN, self.max_tokens))
        if self.idf is not None:
            self.idf.assign(self._inverse_frequencies(parts, len(data)))

    def _inverse_frequencies(self, parts: list[tf.RaggedTensor], texts: int) -> np.ndarray:
        texts_with = np.zeros(self.max_tokens)
        for part in parts:
            found = self._known(part)
            pairs = found.value_rowids().numpy() * self.max_tokens + found.values.numpy()
            texts_with += np.bincount(np.unique(pairs) % self.max_tokens, minlength=self.max_tokens)
        return np.log(1 + texts / (1 + texts_with)).astype(np.float32)

    def call(self, inputs: Any) -> Any:
        """Texts to ids or counts."""
        return self.encode(self.tokenize(inputs))

    def tokenize(self, inputs: Any) -> tf.RaggedTensor:
        """The first half of `call`, to be done once: texts (n,) to the ids of their words, int32 (n, words)."""
        ids = self._known(self._keys(inputs))
        if self.output_mode != "int":
            return ids
        length = int(self.output_sequence_length or 0)
        return ids[:, :length] if self.keep == "start" else ids[:, -length:]

    def _known(self, keys: tf.RaggedTensor) -> tf.RaggedTensor:
        place = tf.minimum(tf.searchsorted(self.keys, keys.values), self.max_tokens - 1)
        known = tf.gather(self.keys, place) == keys.values
        return keys.with_values(tf.where(known, tf.gather(self.ids, place), UNKNOWN))

    def tokenize_all(self, texts: np.ndarray) -> tf.RaggedTensor:
        """`tokenize` for any number of texts, part by part."""
        with tf.device("CPU"):
            return tf.concat([self.tokenize(part) for part in _parts(texts)], axis=0)

    def _keys(self, inputs: Any) -> tf.RaggedTensor:
        texts = tf.reshape(tf.convert_to_tensor(inputs, tf.string), [-1])
        return add_ngrams(word_keys(texts), self.ngrams)

    def encode(self, ids: tf.RaggedTensor) -> tf.Tensor:
        """The second half of `call`, to be done batch by batch: it takes far more memory than the ids."""
        rows, values = ids.value_rowids(), ids.values
        if self.output_mode == "int":
            return self._padded(ids, rows, values)
        places = tf.stack([rows, tf.cast(values, rows.dtype)], axis=1)
        counts = tf.scatter_nd(places, tf.ones_like(values, tf.float32), [ids.nrows(), self.max_tokens])
        if self.output_mode == "multi_hot":
            return tf.minimum(counts, 1.0)
        return counts if self.idf is None else counts * self.idf

    def _padded(self, ids: tf.RaggedTensor, rows: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        columns = tf.range(tf.size(values, rows.dtype)) - tf.gather(ids.row_starts(), rows)
        if self.keep == "end":
            columns += self.output_sequence_length - tf.gather(ids.row_lengths(), rows)
        places = tf.stack([rows, columns], axis=1)
        return tf.scatter_nd(places, values, [ids.nrows(), self.output_sequence_length])

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """One row a text."""
        ids = self.output_mode == "int"
        return input_shape[0], self.output_sequence_length if ids else self.max_tokens

    def compute_output_spec(self, inputs: Any) -> keras.KerasTensor:
        """Shape and dtype, without a trace through TensorFlow."""
        dtype = "int32" if self.output_mode == "int" else "float32"
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = ("max_tokens", "output_mode", "output_sequence_length", "keep", "ngrams")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}


def _parts(data: np.ndarray) -> list[np.ndarray]:
    return [data[start : start + BATCH] for start in range(0, len(data), BATCH)]


def _filled(values: np.ndarray, rest: int, size: int) -> np.ndarray:
    return np.concatenate([values, np.full(size - len(values), rest, values.dtype)])
