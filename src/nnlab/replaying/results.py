"""What a training resulted in: every point of every metric, and every weight."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.errors import StorageError, TrackingError
from nnlab.tracking.address import KEY, redact
from nnlab.tracking.client import connect
from nnlab.tracking.journal import NAME, read_events
from nnlab.tracking.limits import clean_key, split_finite
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact

if TYPE_CHECKING:
    import h5py

WEIGHTS = "model/weights.h5"
_OF_THE_MACHINE = ("time/", "memory/")

Series = dict[str, dict[int, float]]
"""Metric → step → value."""


@dataclass(frozen=True)
class Results:
    """series: without times and memory, which are never the same. weights: by name."""

    series: Series
    weights: dict[str, np.ndarray]


def recorded_results(row: RunRow) -> Results:
    """What the store holds of a run. Raises TrackingError, and StorageError for weights that cannot be read."""
    client = connect(row.tracking)
    from mlflow.exceptions import MlflowException

    try:
        histories = {
            key: client.get_metric_history(row.id, key) for key in client.get_run(row.id).data.metrics
        }
    except MlflowException as error:
        raise TrackingError(redact(f"{KEY}: {error.message.splitlines()[0]}")) from None
    series = {key: {point.step: point.value for point in points} for key, points in histories.items()}
    return Results(_lasting(series.items()), _weights(artifact(row, WEIGHTS)))


def own_results(folder: Path) -> Results:
    """What a run's own folder holds, whether or not the store has it. Raises StorageError."""
    series: Series = {}
    for event in read_events(folder / NAME):
        if event.kind == "metrics":
            finite, _ = split_finite(event.body["values"])
            for key, value in finite.items():
                series.setdefault(clean_key(key), {})[int(event.body["step"])] = value
    return Results(_lasting(series.items()), _weights(folder / WEIGHTS))


def _lasting(series: Iterable[tuple[str, dict[int, float]]]) -> Series:
    return {key: points for key, points in series if not key.startswith(_OF_THE_MACHINE)}


def _weights(file: Path) -> dict[str, np.ndarray]:
    import h5py

    found: dict[str, np.ndarray] = {}

    def note(name: str, item: "h5py.Group | h5py.Dataset") -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    try:
        with h5py.File(file) as content:
            content.visititems(note)
    except OSError as error:
        raise StorageError(f"{file}: {error}; the weights of a run") from None
    return found
