"""The reviews: from the published JSON, and the real ones against the arrays of Keras."""

import hashlib
import json

import numpy as np
import pytest
from making import MakeDataset

from nnlab.data.decoding import decode_reviews
from nnlab.data.texts import cut_texts, join_texts
from nnlab.errors import DataError


def test_reviews_and_labels():
    content = json.dumps([{"t": "fine", "s": 1}, {"t": "naïve \u2713", "s": 0}]).encode()
    texts, labels = decode_reviews(content, "x")
    assert texts == ["fine", "naïve \u2713"]
    assert labels.tolist() == [1, 0]
    assert labels.dtype == np.uint8


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"3",
        b"[3]",
        b'{"t": "a"}',
        b'[{"t": "a"}]',
        b'[{"t": 3, "s": 1}]',
        b'[{"t": "a", "s": 2}]',
        b'[{"t": "\\ud800", "s": 1}]',
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_of_reviews(content: bytes):
    with pytest.raises(DataError, match=r"x: is no list of reviews \(.*\); the published file"):
        decode_reviews(content, "x")


def test_texts_come_back_from_their_bytes():
    texts = ["one", "", "naïve \u2713", "end"]
    joined, ends = join_texts(texts)
    assert (joined.dtype, ends.dtype) == (np.uint8, np.int32)
    assert cut_texts(joined, ends).tolist() == texts


def digest(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()[:16]


@pytest.mark.long
@pytest.mark.slow
def test_the_words_of_every_review_are_those_of_keras(dataset: MakeDataset):
    """The published hashes of the lengths of Keras's id lists; its test reviews lack words that are new."""
    from nnlab.data.text_layers import WordVectorization

    raw = dataset("imdb").load()
    assert raw.test is not None
    words = WordVectorization(88_586, "count")
    words.adapt(raw.train.x)
    train, test = words.tokenize_all(raw.train.x), words.tokenize_all(raw.test.x)
    assert train.values.numpy().max() == 88_585
    assert train.values.numpy().min() == 2
    assert digest(train.row_lengths().numpy().astype(np.int32)) == "87136a21e7fad3eb"
    known = np.add.reduceat(test.values.numpy() > 1, test.row_starts().numpy(), dtype=np.int32)
    assert digest(known) == "cf21e05a29659f00"

    counts = np.bincount(train.values.numpy(), minlength=88_586)[2:]
    assert (np.diff(counts) <= 0).all(), "ids are ranks"
    assert words.tokenize(np.array(["the and a of to br 'ponyo'"], object)).to_list()[0][:6] == [
        2,
        3,
        4,
        5,
        6,
        8,
    ]
