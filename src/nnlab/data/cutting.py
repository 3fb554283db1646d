"""Some of these rows for one purpose, the rest for another: at random, from the end, or class by class."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.errors import DataError


@dataclass(frozen=True)
class Cut:
    """One cut, named by its key ("test_split" …).

    shuffle: draw by seed, else from the end. labels: of all rows of the source, where the classes keep their
    shares; else None.
    """

    purpose: str
    seed: int
    shuffle: bool
    labels: np.ndarray | None

    def divide(self, rows: np.ndarray, share: float | int) -> tuple[np.ndarray, np.ndarray]:
        """The rows that stay and those cut off, both in the source's order.

        share: a fraction, rounded as Keras's own validation_split rounds, or a count. Raises DataError.
        """
        whole = isinstance(share, int)
        count = share if whole else len(rows) - math.floor(len(rows) * (1 - share))
        if not 0 < count < len(rows):
            raise DataError(
                f"dataset.{self.purpose}: {share} of {len(rows)} samples leaves {max(0, len(rows) - count)}; "
                f"{'a count' if whole else 'a fraction'} that leaves some on both sides"
            )
        if self.labels is not None:
            self._check_classes(self.labels[rows], count)
        taken = self._choose(rows, count)
        return rows[~taken], rows[taken]

    def take(self, rows: np.ndarray, count: int) -> np.ndarray:
        """`count` of the rows, in the source's order. Raises DataError."""
        if count > len(rows):
            raise DataError(
                f"dataset.{self.purpose}: {count}, and the training set has {len(rows)}; at most {len(rows)}"
            )
        return rows if count == len(rows) else rows[self._choose(rows, count)]

    def _check_classes(self, labels: np.ndarray, count: int) -> None:
        key = f"dataset.{self.purpose}"
        classes, sizes = np.unique(labels, return_counts=True)
        if sizes.min() < 2:
            lonely = classes[sizes.argmin()]
            raise DataError(
                f"dataset.stratify: class {lonely} has a single sample to divide; at least 2, or false"
            )
        if min(count, len(labels) - count) < len(classes):
            raise DataError(
                f"{key}: {count} of {len(labels)} samples cannot hold {len(classes)} classes; "
                f"at least {len(classes)} on both sides, or dataset.stratify=false"
            )

    def _choose(self, rows: np.ndarray, count: int) -> np.ndarray:
        """True for each of the rows that is chosen."""
        chosen = np.zeros(len(rows), bool)
        random = np.random.default_rng([self.seed, *self.purpose.encode()])
        for group, part in self._groups(rows, count):
            chosen[random.permutation(group)[:part] if self.shuffle else group[len(group) - part :]] = True
        return chosen

    def _groups(self, rows: np.ndarray, count: int) -> list[tuple[np.ndarray, int]]:
        """Positions that belong together, and how many of them to choose; the parts add up to `count`."""
        if self.labels is None:
            return [(np.arange(len(rows)), count)]
        _, of_row, sizes = np.unique(self.labels[rows], return_inverse=True, return_counts=True)
        parts = _largest_remainders(sizes * (count / len(rows)), count)
        return [(np.flatnonzero(of_row == index), int(part)) for index, part in enumerate(parts)]


def _largest_remainders(exact: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers near `exact` that add up to `total`, by the largest remainders (Hamilton's method)."""
    parts = np.floor(exact).astype(int)
    missing = total - parts.sum()
    parts[np.argsort(parts - exact, kind="stable")[:missing]] += 1
    return parts
