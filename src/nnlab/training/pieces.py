"""Pieces of an epoch: samples that stay on the disk, brought to the device some steps at a time."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlab.stored import BLOCK_BYTES, StoredArray

if TYPE_CHECKING:
    import tensorflow as tf


class Piece(NamedTuple):
    """Tensors, an order of their samples, int32 (n,), and the steps of that order to take: first to last - 1."""

    tensors: tuple[Any, ...]
    order: "tf.Tensor"
    first: int
    last: int


class Reader:
    """Reads the next piece while one is trained on: two of about BLOCK_BYTES are in memory, however large x is.

    x: (n, …) on the disk. rest: tensors (n, …) that go with it.
    """

    def __init__(self, x: StoredArray, rest: Sequence[Any], batch_size: int):
        self.batch_size = batch_size
        self._x, self._rest = x, list(rest)
        batch = max(1, batch_size * x.nbytes // max(1, len(x)))
        self._steps = max(1, BLOCK_BYTES // batch)
        self._ahead = ThreadPoolExecutor(1, "nnlab-reader")
        self._order: Any = None
        self._rows = np.empty(0, np.int64)
        self._read: dict[int, Future[np.ndarray]] = {}
        self._held: tuple[int, tuple[Any, ...]] = (-1, ())

    def pieces(self, order: "tf.Tensor", first: int, last: int) -> Iterator[Piece]:
        """The steps `first` up to, not including, `last` of an epoch. Raises DataError where the file ends."""
        import tensorflow as tf

        if order is not self._order:
            self._begin(order)
        for number in range(first // self._steps, math.ceil(last / self._steps)):
            tensors, start = self._tensors(number), number * self._steps
            ordered = tf.range(len(tensors[0]))
            yield Piece(tensors, ordered, max(first - start, 0), min(last - start, self._steps))

    def _begin(self, order: "tf.Tensor") -> None:
        """Another epoch: nothing that was read holds any more."""
        self._order, self._rows = order, np.asarray(order)
        self._read, self._held = {}, (-1, ())

    def _tensors(self, number: int) -> tuple[Any, ...]:
        import tensorflow as tf

        if self._held[0] != number:
            x = self._begin_reading(number).result()
            rows = self._rows_of(number)
            self._held = (number, (tf.constant(x), *(tf.gather(one, rows) for one in self._rest)))
            self._read = {}
            if len(self._rows_of(number + 1)):
                self._read[number + 1] = self._begin_reading(number + 1)
        return self._held[1]

    def _begin_reading(self, number: int) -> "Future[np.ndarray]":
        return self._read.get(number) or self._ahead.submit(self._x.__getitem__, self._rows_of(number))

    def _rows_of(self, number: int) -> np.ndarray:
        size = self._steps * self.batch_size
        return self._rows[number * size : (number + 1) * size]
