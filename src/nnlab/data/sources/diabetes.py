"""Pima diabetes: 768 women, 8 measures, diabetes within five years (Smith et al. 1988, public domain)."""

from typing import ClassVar

import numpy as np

from nnlab.data.published import Known
from nnlab.data.shipped import read_shipped
from nnlab.spec import DataSpec, RawData, Samples

_FEATURES = (
    "pregnancies",
    "glucose",
    "blood_pressure",
    "skin_thickness",
    "insulin",
    "bmi",
    "pedigree",
    "age",
)


class Diabetes(Known):
    """Diabetes or not; x float32 (8,). A 0 in columns 1 to 5 means: not measured (see MeanImputation)."""

    facts: ClassVar[DataSpec] = DataSpec(
        "diabetes",
        "binary",
        (8,),
        "float32",
        classes=("healthy", "diabetes"),
        features=_FEATURES,
        target="diabetes",
    )
    counts: ClassVar[tuple[int, int]] = (768, 0)

    @classmethod
    def read(cls) -> RawData:
        """The shipped table. Raises DataError."""
        rows = read_shipped("diabetes.csv", "3e5bd23b2c24c831")
        return RawData(Samples(rows[:, :-1].astype(np.float32), rows[:, -1].astype(np.int64)))
