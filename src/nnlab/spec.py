"""What a network must know about its data, and the arrays themselves."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

Task = Literal["classification", "binary", "regression", "reconstruction"]
AskedTask = Literal["auto"] | Task
"""What a user may ask of data whose task is not known beforehand."""


@dataclass(frozen=True)
class DataSpec:
    """Shape and meaning of one dataset, known before any data is loaded.

    shape: of one raw sample, e.g. (28, 28). dtype: of the raw array ("uint8", "float32", "string").
    classes: their names in label order (two for binary, none for regression).
    features: column names of a table. target: what is predicted, with `unit` where it has one.
    outputs: how many numbers are predicted for a regression or given back by a reconstruction.
    """

    name: str
    task: Task
    shape: tuple[int, ...]
    dtype: str
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    target: str = "target"
    unit: str = ""
    outputs: int = 1

    @property
    def is_image(self) -> bool:
        """Whether samples are pictures: two axes or more of whole-number pixels."""
        return self.dtype == "uint8" and len(self.shape) >= 2

    @property
    def is_text(self) -> bool:
        """Whether a sample is a text."""
        return self.dtype == "string" and not self.shape

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes that are predicted; none where the inputs are to be given back."""
        return self.classes if self.task in ("classification", "binary") else ()

    def of_inputs(self) -> "DataSpec":
        """The same data where each sample is its own target. The classes stay, to cut the data by them."""
        return replace(self, task="reconstruction", target="input", unit="", outputs=math.prod(self.shape))


@dataclass(frozen=True)
class Samples:
    """Inputs x, shape (n, *spec.shape), and targets y, shape (n,) or (n, outputs).

    y: int64 labels for classification, 0/1 int64 for binary, float32 for regression, x for reconstruction.
    x is an array, or a StoredArray where it stays on the disk.
    """

    x: Any
    y: "np.ndarray"

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class RawData:
    """A dataset as its source gives it; what the source does not separate is None.

    groups: whom each training sample belongs to, (n,) labels of any kind, where the source says it.
    """

    train: Samples
    validation: Samples | None = None
    test: Samples | None = None
    groups: "np.ndarray | None" = None
