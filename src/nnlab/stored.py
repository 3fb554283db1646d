"""Arrays whose rows stay on the disk and are read when they are asked for: data larger than memory."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from nnlab.errors import DataError

BLOCK_BYTES = 16_000_000
"""How much is read at once where a whole array passes by."""


class StoredArray:
    """The rows of a file as an array (n, …), in `dtype`; indexing reads a copy, `pick` reads nothing.

    file: open for reading; rows of type `stored`, in C order, begin at byte `offset`. rows: which of them
    are this array's, int64, None for all. dtype: what values become when they are read; None for as they are.
    """

    def __init__(
        self,
        file: IO[bytes],
        offset: int,
        stored: np.dtype,
        shape: tuple[int, ...],
        rows: np.ndarray | None = None,
        dtype: np.dtype | None = None,
    ):
        self._file, self._offset, self._stored, self._rows = file, offset, stored, rows
        self.dtype = dtype or stored
        self.shape = shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return int(np.prod(self.shape, dtype=object))

    @property
    def nbytes(self) -> int:
        """What the whole array would take in memory."""
        return self.size * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> Any:
        """The rows at a number, a slice, an array of numbers or of truths; a tuple looks inside one row."""
        if isinstance(index, tuple):
            return self[index[0]][index[1:]]
        if isinstance(index, int | np.integer):
            return self[np.array([range(len(self))[index]])][0]
        return self._read(self._positions(index)).astype(self.dtype, copy=False)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        kept = (self._offset, self._stored, self.shape, self._rows, self.dtype)
        return _reopen, (self._file.name, *kept)

    def pick(self, index: slice | np.ndarray) -> "StoredArray":
        """These rows as another array, which reads nothing yet."""
        rows = self._positions(index)
        return StoredArray(
            self._file, self._offset, self._stored, (len(rows), *self.shape[1:]), rows, self.dtype
        )

    def cast(self, dtype: np.dtype) -> "StoredArray":
        """The same rows, their values becoming `dtype` when they are read."""
        return StoredArray(self._file, self._offset, self._stored, self.shape, self._rows, dtype)

    def blocks(self) -> Iterator[np.ndarray]:
        """All rows in order, some BLOCK_BYTES at a time."""
        rows = max(1, BLOCK_BYTES * len(self) // max(1, self.nbytes))
        for start in range(0, len(self), rows):
            yield self[start : start + rows]

    def min(self) -> Any:
        """The smallest value."""
        return min(block.min() for block in self.blocks())

    def max(self) -> Any:
        """The largest value."""
        return max(block.max() for block in self.blocks())

    def _positions(self, index: Any) -> np.ndarray:
        """Where the rows at `index` stand in the file, int64."""
        if self._rows is not None:
            return self._rows[index]
        if isinstance(index, slice):
            return np.arange(*index.indices(len(self)))
        positions = np.asarray(index)
        return np.flatnonzero(positions) if positions.dtype == bool else positions

    def _read(self, positions: np.ndarray) -> np.ndarray:
        """The stored rows; the disk is read upwards, and once for each run of neighbours."""
        found = np.empty((len(positions), *self.shape[1:]), self._stored)
        size = found.itemsize * int(np.prod(found.shape[1:], dtype=object))
        if not found.size:
            return found
        slots = np.argsort(positions, kind="stable")
        upwards = positions[slots]
        breaks = np.flatnonzero((np.diff(upwards) != 1) | (np.diff(slots) != 1)) + 1
        target = found.reshape(-1).view(np.uint8).data
        for first, last in zip([0, *breaks.tolist()], [*breaks.tolist(), len(slots)], strict=True):
            slot, row, count = int(slots[first]), int(upwards[first]), last - first
            self._fill(target[slot * size : (slot + count) * size], self._offset + row * size)
        return found

    def _fill(self, target: memoryview, offset: int) -> None:
        done = 0
        while done < len(target):
            read = os.preadv(self._file.fileno(), [target[done:]], offset + done)
            if not read:
                raise DataError(f"{self._file.name}: ends early; a file that stays whole while it is read")
            done += read


def open_stored(
    path: Path, offset: int, stored: np.dtype, shape: tuple[int, ...], dtype: np.dtype | None = None
) -> StoredArray:
    """The rows of a file by its name."""
    return StoredArray(path.open("rb", buffering=0), offset, stored, shape, dtype=dtype)


def pick(x: "np.ndarray | StoredArray", rows: slice | np.ndarray) -> Any:
    """These rows: in memory where the array is, on the disk where it is there."""
    if isinstance(x, StoredArray):
        return x.pick(rows)
    return x[rows] if isinstance(rows, slice) else x.take(rows, axis=0)


def _reopen(name: str, offset: int, stored: np.dtype, shape: tuple[int, ...], *kept: Any) -> StoredArray:
    return StoredArray(Path(name).open("rb", buffering=0), offset, stored, shape, *kept)
