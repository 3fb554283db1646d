"""Rows of a table, by the names of their columns."""

from pathlib import Path

import numpy as np

from nnlab.data.tables import read_header, read_numbers
from nnlab.errors import DataError
from nnlab.predicting.model_input import ModelInput


def read_rows(path: Path, wanted: ModelInput, features: tuple[str, ...], target: str = "") -> np.ndarray:
    """The rows of a CSV file, shape (n, columns), in the network's order of columns whatever the file's.

    features: the column names that the network was trained on; without them columns are taken as they come.
    A column called `target` is left out. Raises DataError naming missing and extra columns, rows with gaps.
    """
    header = read_header(path, ",")
    given = [name for name in header if name != target or name in features]
    columns = list(features) or given
    _compare(path, columns, given, wanted)
    values = read_numbers(path, ",", columns)
    if not len(values):
        raise DataError(f"{path}: no rows below the header; at least one")
    gaps = np.argwhere(~np.isfinite(values))
    if len(gaps):
        row, column = gaps[0]
        raise DataError(
            f"{path}: row {row} has no {columns[column]!r}, {len(gaps)} such in all; a number in every cell"
        )
    return values.astype(wanted.dtype)


def _compare(path: Path, columns: list[str], given: list[str], wanted: ModelInput) -> None:
    if missing := [name for name in columns if name not in given]:
        raise DataError(f"{path}: {_named('column', missing)} missing; {', '.join(columns)}")
    if extra := [name for name in given if name not in columns]:
        raise DataError(f"{path}: {_named('unknown column', extra)}; {', '.join(columns)}")
    if wanted.shape != (len(columns),):
        needed = wanted.shape[0] if len(wanted.shape) == 1 else f"shape {wanted.shape}, not rows"
        raise DataError(f"{path}: {len(columns)} columns; the network takes {needed}")


def _named(what: str, names: list[str]) -> str:
    return f"{what}{'s' * (len(names) > 1)} {', '.join(map(repr, names))}"
