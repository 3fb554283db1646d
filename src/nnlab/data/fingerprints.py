"""The content of arrays as a short hash: two datasets with the same fingerprint hold the same numbers."""

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from nnlab.spec import RawData, Samples
from nnlab.stored import StoredArray

if TYPE_CHECKING:
    from hashlib import _Hash


def bytes_hash(array: np.ndarray) -> str:
    """The first 16 digits of the SHA-256 of the array's C-ordered bytes (47 MB take 0.03 s)."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()[:16]


def fingerprint(*arrays: np.ndarray) -> str:
    """16 hex digits over the dtype, shape and C-ordered bytes of every array, in order."""
    digest = hashlib.sha256()
    for array in arrays:
        _add(digest, array)
    return digest.hexdigest()[:16]


def fingerprint_data(raw: RawData) -> str:
    """The fingerprint of a whole dataset; which part a sample belongs to counts."""
    digest = hashlib.sha256()
    for name in ("train", "validation", "test"):
        part: Samples | None = getattr(raw, name)
        if part is not None:
            digest.update(name.encode())
            _add(digest, part.x)
            _add(digest, part.y)
    if raw.groups is not None:
        _add(digest, raw.groups)
    return digest.hexdigest()[:16]


def _add(digest: "_Hash", array: "np.ndarray | StoredArray") -> None:
    digest.update(f"{array.dtype.str}{array.shape}".encode())
    for block in array.blocks() if isinstance(array, StoredArray) else [array]:
        _add_values(digest, block)


def _add_values(digest: "_Hash", array: np.ndarray) -> None:
    if array.dtype.hasobject:
        for text in array.ravel():
            encoded = str(text).encode()
            digest.update(len(encoded).to_bytes(8, "little") + encoded)
    else:
        # view() because hashlib takes no buffer of texts or dates.
        digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
