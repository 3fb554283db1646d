"""XOR: the four points that no single layer can separate (Minsky, Papert 1969)."""

from typing import ClassVar

import numpy as np

from nnlab.data.published import Known
from nnlab.spec import DataSpec, RawData, Samples


class Xor(Known):
    """All there is of exclusive or; x float32 (2,), y 0 or 1. The test set is the same four points."""

    facts: ClassVar[DataSpec] = DataSpec(
        "xor", "binary", (2,), "float32", classes=("0", "1"), features=("a", "b"), target="a xor b"
    )
    counts: ClassVar[tuple[int, int]] = (4, 4)

    @classmethod
    def read(cls) -> RawData:
        """The truth table."""
        x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
        points = Samples(x, np.array([0, 1, 1, 0], np.int64))
        return RawData(train=points, test=points)
