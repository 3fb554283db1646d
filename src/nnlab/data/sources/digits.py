"""Digits: 1 797 handwritten digits, 8×8 grey, bundled with scikit-learn (Alpaydin, Kaynak 1998, UCI)."""

from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnlab.data.fingerprints import bytes_hash
from nnlab.data.published import Known
from nnlab.errors import DataError
from nnlab.spec import DataSpec, RawData, Samples

_SHA256 = {"x": "8f26b2bd9d135c25", "y": "8ba4f891220f5e4c"}


class Digits(Known):
    """Handwritten digits 0 to 9; x uint8 (8, 8), black 0 to white 16."""

    facts: ClassVar[DataSpec] = DataSpec(
        "digits", "classification", (8, 8), "uint8", classes=tuple("0123456789"), target="digit"
    )
    counts: ClassVar[tuple[int, int]] = (1797, 0)

    @classmethod
    def read(cls) -> RawData:
        """From scikit-learn's own file, without its import, which takes a second. Raises DataError."""
        found = find_spec("sklearn")
        path = (
            Path(found.origin if found and found.origin else "sklearn").parent / "datasets/data/digits.csv.gz"
        )
        try:
            rows = np.loadtxt(path, delimiter=",", dtype=np.uint8)
        except (OSError, ValueError, EOFError) as error:
            raise DataError(f"{path}: cannot be read ({error}); install scikit-learn again") from None
        x, y = np.ascontiguousarray(rows[:, :-1]), np.ascontiguousarray(rows[:, -1])
        if {"x": bytes_hash(x), "y": bytes_hash(y)} != _SHA256:
            raise DataError(f"{path}: the numbers are not the published ones; install scikit-learn again")
        return RawData(Samples(x.reshape(-1, 8, 8), y.astype(np.int64)))
