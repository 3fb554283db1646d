"""Many texts as two arrays of numbers, which are stored, hashed and loaded as fast as pictures are."""

from collections.abc import Sequence

import numpy as np


def join_texts(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """All texts in UTF-8 one after the other, uint8, and where each one ends, int32 (n,)."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([len(text) for text in encoded]).astype(np.int32)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def cut_texts(joined: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The texts that `join_texts` joined, objects (n,)."""
    content, texts = joined.tobytes(), np.empty(len(ends), object)
    starts = [0, *ends[:-1].tolist()]
    texts[:] = [content[start:end].decode() for start, end in zip(starts, ends.tolist(), strict=True)]
    return texts
