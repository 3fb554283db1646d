"""Texts to ids and counts, against the same by hand."""

import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest

keras = pytest.importorskip("keras")
import tensorflow as tf  # noqa: E402

from nnlab.data.preprocessing import adapt  # noqa: E402
from nnlab.data.text_layers import WordVectorization  # noqa: E402
from nnlab.data.words import add_ngrams, word_keys  # noqa: E402
from nnlab.objects import keras_object  # noqa: E402
from nnlab.saving.models import save_models  # noqa: E402
from nnlab.spec import Samples  # noqa: E402
from nnlab.training.feed import Feed  # noqa: E402

TEXTS = np.array(["The cat, the CAT & the dog.", "a dog's life", "the <br /> end\tof\nit", ""], object)
"""the: 4, cat: 2, all other words once."""


def vectorized(texts: Any = TEXTS, **arguments: Any) -> np.ndarray:
    layer = WordVectorization(**{"max_tokens": 4, **arguments})
    layer.adapt(TEXTS)
    return np.asarray(layer(np.array(texts, object)))


def split(text: str) -> list[bytes]:
    """Keras's text_to_word_sequence, on bytes as Python 2 had them."""
    for mark in string.punctuation.replace("'", "") + "\t\n":
        text = text.replace(mark, " ")
    return [word for word in text.encode().lower().split(b" ") if word]


def test_words_are_those_of_keras():
    strange = ["", " ", "...", "don't", "É é x", "a\x85b", "a\rb", "CAP cap", "\t\n", "x" * 300, "tail "]
    texts = [*TEXTS, *strange, "".join(map(chr, range(256)))]
    keys = word_keys(tf.constant(texts))
    words = [split(text) for text in texts]
    assert keys.row_lengths().numpy().tolist() == list(map(len, words))
    flat = [word for text in words for word in text]
    assert len(set(flat)) == len(set(keys.values.numpy().tolist()))
    pairs = {(word, key) for word, key in zip(flat, keys.values.numpy().tolist(), strict=True)}
    assert len(pairs) == len(set(flat)), "equal words have equal keys"


def test_no_text_and_no_words():
    assert word_keys(tf.constant([], tf.string)).shape[0] == 0
    assert word_keys(tf.constant(["", "."])).row_lengths().numpy().tolist() == [0, 0]


def test_ids_count_down_from_the_most_frequent_word():
    found = vectorized(["the cat", "cat bird the the"], output_sequence_length=4)
    assert found.dtype == np.int32
    assert found.tolist() == [[2, 3, 0, 0], [3, 1, 2, 2]]


@pytest.mark.parametrize(
    ("keep", "rows"), [("start", [[2, 3], [2, 0], [0, 0]]), ("end", [[3, 1], [0, 2], [0, 0]])]
)
def test_long_texts_are_cut_and_short_ones_padded(keep: str, rows: list[list[int]]):
    assert vectorized(["the cat bird", "the", ""], output_sequence_length=2, keep=keep).tolist() == rows


def test_more_room_than_words_leaves_ids_unused():
    found = vectorized(max_tokens=50, output_mode="count")
    assert found.shape == (4, 50)
    assert found.sum(axis=1).tolist() == [6, 3, 5, 0]
    assert found.max(axis=0).nonzero()[0].max() == 11, "ten words, from 2 on"


def test_counts_and_their_like():
    texts = ["the cat the bird", "cat"]
    assert vectorized(texts, output_mode="count").tolist() == [[0, 1, 2, 1], [0, 0, 0, 1]]
    assert vectorized(texts, output_mode="multi_hot").tolist() == [[0, 1, 1, 1], [0, 0, 0, 1]]
    # 4 texts: "the" is in 2 of them, "cat" in 1, unknown words in 3.
    idf = np.log(1 + 4 / (1 + np.array([0, 3, 2, 1])))
    wanted = np.array([[0, 1, 2, 1], [0, 0, 0, 1]]) * idf
    np.testing.assert_allclose(vectorized(texts, output_mode="tf_idf"), wanted, rtol=1e-6)


def test_pairs_of_words_are_words():
    keys = add_ngrams(word_keys(tf.constant(["a b c", "b c", "c", ""])), 2)
    first, second, third, fourth = keys.to_list()
    assert (len(first), len(second), len(third), len(fourth)) == (5, 3, 1, 0)
    assert first[4] == second[2], "b c"
    assert len({*first, *second, *third}) == 5
    back = add_ngrams(word_keys(tf.constant(["c b"])), 2).to_list()[0]
    assert back[2] not in first
    assert vectorized(["the cat"], max_tokens=40, output_mode="count", ngrams=2).sum() == 3


def test_the_vocabulary_is_that_of_the_training_texts_alone():
    layers = adapt(
        [keras_object("layer", "WordVectorization", max_tokens=3, output_sequence_length=1)], TEXTS
    )
    assert np.asarray(layers[0](np.array(["the", "zebra"], object))).tolist() == [[2], [1]]


@pytest.mark.parametrize("mode", ["int", "tf_idf"])
def test_every_format_holds_the_vocabulary(tmp_path: Path, mode: str):
    def build() -> Any:
        words = WordVectorization(20, mode, 5, keep="end", ngrams=2)
        ids = [keras.layers.Embedding(20, 3), keras.layers.Flatten()] if mode == "int" else []
        return keras.Sequential([keras.Input((), dtype="string"), words, *ids, keras.layers.Dense(1)])

    model = build()
    model.layers[0].adapt(TEXTS)
    verdicts = save_models(model, tmp_path, TEXTS, build)
    assert verdicts == dict.fromkeys(("model.keras", "model.h5", "weights.h5"), "verified")


def test_a_compiled_prediction_is_the_same():
    layer = WordVectorization(20, "count")
    layer.adapt(TEXTS)
    model = keras.Sequential([keras.Input((), dtype="string"), layer])
    np.testing.assert_array_equal(model.predict(tf.constant(TEXTS), verbose=0), np.asarray(layer(TEXTS)))


@pytest.mark.parametrize("mode", ["int", "count", "tf_idf"])
def test_a_feed_cuts_texts_once_and_counts_in_the_batch(mode: str):
    layer = WordVectorization(20, mode, 4, keep="end")
    layer.adapt(TEXTS)
    feed = Feed(Samples(TEXTS, np.arange(4)), [layer], lambda y: y)
    assert isinstance(feed.x, tf.RaggedTensor)
    assert feed.x.dtype == tf.int32
    x, y = tf.function(feed.batch)(feed.tensors(), tf.constant([3, 0, 2]))
    np.testing.assert_array_equal(np.asarray(x), np.asarray(layer(TEXTS[[3, 0, 2]])))
    assert y.numpy().tolist() == [3, 0, 2]
