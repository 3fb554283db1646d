"""Boston housing: 506 districts, 13 measures, the median price (Harrison, Rubinfeld 1978, public domain)."""

from typing import ClassVar

import numpy as np

from nnlab.data.published import Known
from nnlab.data.shipped import read_shipped
from nnlab.spec import DataSpec, RawData, Samples

_FEATURES = ("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT")


class Boston(Known):
    """Median home prices in 1000 $; x float32 (13,), y float32."""

    facts: ClassVar[DataSpec] = DataSpec(
        "boston", "regression", (13,), "float32", features=_FEATURES, target="MEDV", unit="1000 $"
    )
    counts: ClassVar[tuple[int, int]] = (506, 0)

    @classmethod
    def read(cls) -> RawData:
        """The shipped table. Raises DataError."""
        rows = read_shipped("boston.csv", "832e894115c56dd2").astype(np.float32)
        return RawData(Samples(np.ascontiguousarray(rows[:, :-1]), np.ascontiguousarray(rows[:, -1])))
