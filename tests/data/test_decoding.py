import gzip
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from nnlab.data.cifar import decoder
from nnlab.data.decoding import decode_cifar, decode_idx
from nnlab.errors import DataError

IDX = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes(range(6))


@pytest.mark.parametrize("content", [IDX, gzip.compress(IDX, mtime=0)])
def test_idx_plain_and_gzipped(content: bytes):
    np.testing.assert_array_equal(decode_idx(content, "x"), np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "x: is no idx file"),
        (b"<html>", "x: is no idx file"),
        (IDX[:-1], r"x: holds 5 bytes and announces \(2, 3\); a whole file"),
        (bytes([0, 0, 8, 3]) + b"\xff" * 12, "x: holds 0 bytes and announces"),
        (gzip.compress(IDX, mtime=0)[:-9], r"x: cannot be unpacked \(.*\); a whole gzip file"),
    ],
)
def test_what_is_no_idx_file(content: bytes, text: str):
    with pytest.raises(DataError, match=text):
        decode_idx(content, "x")


def test_a_gzip_bomb(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.data.decoding.IDX_LIMIT", 1_000_000)
    with pytest.raises(DataError, match="x: unpacks to more than 1 MB"):
        decode_idx(gzip.compress(bytes(2_000_000)), "x")


def batch(value: int, labels: list[int]) -> bytes:
    data = np.arange(3072, dtype=np.uint16).astype(np.uint8)
    return pickle.dumps(
        {b"data": np.stack([data + value] * len(labels)), b"labels": labels, b"names": [b"a"]}, 3
    )


def test_cifar_pictures_get_their_channels_last():
    images, labels = decode_cifar(batch(0, [3, 9]), "x", b"labels")
    assert images.shape == (2, 32, 32, 3)
    assert labels.tolist() == [3, 9]
    # In the file the 1024 red values come first, then green, then blue; the second row starts at 32.
    assert images[0, 1, 0].tolist() == [32, (1024 + 32) % 256, (2048 + 32) % 256]


def test_cifar_batches_are_joined_in_order():
    arrays = decoder(b"labels")(
        {"train_1": batch(0, [1]), "train_2": batch(1, [2, 3]), "test": batch(2, [4])}
    )
    assert arrays["y_train"].tolist() == [1, 2, 3]
    assert arrays["x_train"][:, 0, 0, 0].tolist() == [0, 1, 1]
    assert arrays["y_test"].tolist() == [4]


class Canary:
    """Would make a folder if it were unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickle_that_would_run_code_runs_nothing(tmp_path: Path):
    canary = tmp_path / "canary"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(DataError, match=r"x: is no batch of CIFAR \(.*mkdir is not data\)"):
            decode_cifar(pickle.dumps(Canary(canary), protocol), "x", b"labels")
    assert not canary.exists()


@pytest.mark.parametrize(
    "content", [b"", b"text", batch(0, [1])[:100], pickle.dumps([1]), pickle.dumps({b"data": 1})]
)
def test_what_is_no_batch(content: bytes):
    with pytest.raises(DataError, match="x: is no batch of CIFAR"):
        decode_cifar(content, "x", b"labels")


def test_a_batch_of_another_shape():
    content = pickle.dumps({b"data": np.zeros((2, 5), np.uint8), b"labels": [1, 2]})
    with pytest.raises(DataError, match=r"x: holds uint8 \(2, 5\); uint8 pixels, 3072 a picture"):
        decode_cifar(content, "x", b"labels")
