"""What the epochs of recorded runs were like: series by Keras's names."""

import json
from collections.abc import Sequence

import numpy as np

from nnlab.errors import StorageError
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact

HISTORY = "tables/history.json"
History = dict[str, list[float]]
"""`loss`, `val_accuracy` …: one value an epoch."""


def read_history(run: RunRow) -> History:
    """A run's series; none where it kept none."""
    try:
        return json.loads(artifact(run, HISTORY).read_text(encoding="utf-8"))
    except (StorageError, OSError, ValueError):
        return {}


def pad(lines: Sequence[Sequence[float]]) -> np.ndarray:
    """Repeats of different lengths as one array, (repeats, epochs), NaN where one stopped early."""
    made = np.full((len(lines), max(map(len, lines))), np.nan)
    for row, values in zip(made, lines, strict=True):
        row[: len(values)] = values
    return made
