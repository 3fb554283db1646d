"""Published file formats → arrays: idx (MNIST), CIFAR's pickles, reviews in JSON. Every byte is untrusted."""

import gzip
import io
import json
import pickle
import zlib
from typing import Any

import numpy as np

from nnlab.errors import DataError

IDX_LIMIT = 64_000_000
_SAFE = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}


def decode_idx(content: bytes, name: str) -> np.ndarray:
    """The uint8 array of an idx file, gzipped or not. Raises DataError.

    Format: two zero bytes, the type (8 is uint8), the number of axes, each size as 4 bytes, then the values.
    """
    content = _gunzip(content, name) if content[:2] == b"\x1f\x8b" else content
    axes = content[3] if len(content) > 4 and content[:3] == b"\0\0\x08" else 0
    if not axes or len(content) < 4 + 4 * axes:
        raise DataError(f"{name}: is no idx file of bytes; one that starts with 0, 0, 8")
    shape = tuple(int.from_bytes(content[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(axes))
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
    if values.size != int(np.prod(shape, dtype=object)):
        raise DataError(f"{name}: holds {values.size} bytes and announces {shape}; a whole file")
    return values.reshape(shape)


def _gunzip(content: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            unpacked = file.read(IDX_LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name}: cannot be unpacked ({error}); a whole gzip file") from None
    if len(unpacked) > IDX_LIMIT:
        raise DataError(f"{name}: unpacks to more than {IDX_LIMIT // 10**6} MB; a file of the published size")
    return unpacked


class _Unpickler(pickle.Unpickler):
    """Builds arrays, numbers, texts, lists and dicts, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:
        """Only what a numpy array of numbers is made of. Raises UnpicklingError."""
        if (module, name) in _SAFE:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not data")


def decode_cifar(content: bytes, name: str, labels: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 32, 32, 3) and labels (n,), both uint8, from one of CIFAR's pickled batches.

    labels: the key of the labels, b"labels" or b"fine_labels". Raises DataError.
    """
    try:
        batch = _Unpickler(io.BytesIO(content), encoding="bytes").load()
        images, found = np.asarray(batch[b"data"]), np.asarray(batch[labels])
    # Damaged pickles fail in every way there is (TypeError, KeyError, struct.error, MemoryError …).
    except Exception as error:
        raise DataError(f"{name}: is no batch of CIFAR ({error}); the published file") from None
    if images.dtype != np.uint8 or images.shape != (len(found), 3072):
        raise DataError(f"{name}: holds {images.dtype} {images.shape}; uint8 pixels, 3072 a picture")
    return images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), found.astype(np.uint8)


def decode_reviews(content: bytes, name: str) -> tuple[list[str], np.ndarray]:
    """Texts, and 0/1 labels uint8, from a JSON list of {"t": text, "s": 0 or 1}. Raises DataError."""
    try:
        rows = json.loads(content)
        texts = [str(row["t"].encode(), "utf-8") for row in rows]
        labels = [(0, 1).index(row["s"]) for row in rows]
    # What is no list, no mapping, no text or no JSON fails in as many ways; half a surrogate pair is no text.
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(f"{name}: is no list of reviews ({error}); the published file") from None
    return texts, np.array(labels, np.uint8)
