"""CSV files: the header and one column cheaply, all numbers by pandas. Errors name file, line and column."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import DataError
from nnlab.names import suggest

if TYPE_CHECKING:
    import pandas as pd

_GAPS = ("", "nan", "na")
BLOCK_ROWS = 65_536
"""Rows that are turned into numbers at once."""


def read_header(path: Path, delimiter: str) -> list[str]:
    """The column names. Raises DataError where they are missing, empty or doubled."""
    with _rows(path, delimiter) as rows:
        names = next(rows, [])
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None or not all(names) or not names:
        what = f"column {doubled!r} twice" if doubled else "a column without a name"
        raise DataError(f"{path}: {what} in the first line; a header with one name a column")
    return names


def column_index(path: Path, names: Sequence[str], name: str, key: str) -> int:
    """Where a column is. Raises DataError naming the key, with the columns there are."""
    if name in names:
        return names.index(name)
    meant = suggest(name, names)
    hint = f"did you mean {meant!r}?" if meant else f"one of {', '.join(names)}"
    raise DataError(f"{key}: {name!r} is no column of {path}; {hint}")


@dataclass(frozen=True)
class Column:
    """One column as texts, read from the file each time they are gone through.

    Raises DataError for gaps and surplus values, naming the row, when all have been seen.
    """

    path: Path
    delimiter: str
    index: int

    def __iter__(self) -> Iterator[str]:
        gaps, long = _Faults(), _Faults()
        with _rows(self.path, self.delimiter) as rows:
            header = next(rows)
            for number, row in enumerate(filter(None, rows)):
                value = row[self.index] if self.index < len(row) else ""
                if any(row[len(header) :]):
                    long.note(number, len(row))
                if value.lower() in _GAPS:
                    gaps.note(number)
                yield value
        if long.count:
            allowed = f"{len(header)}, as the first line has names"
            what = f"row {long.row} has {long.first} values, {long.count} such in all"
            raise DataError(f"{self.path}: {what}; {allowed}")
        if gaps.count:
            what = f"row {gaps.row} has no {header[self.index]!r}, {gaps.count} such in all"
            raise DataError(f"{self.path}: {what}; a value in every row")


@dataclass
class _Faults:
    """What is wrong in some rows: the first of them, what stands there, and how many there are."""

    row: int = 0
    first: Any = None
    count: int = 0

    def note(self, row: int, what: Any = None, count: int = 1) -> None:
        if not self.count:
            self.row, self.first = row, what
        self.count += count


def read_numbers(path: Path, delimiter: str, columns: Sequence[str]) -> np.ndarray:
    """The columns as float32 (rows, columns). Raises DataError for text, naming row and column."""
    return np.concatenate(list(number_blocks(path, delimiter, columns)))


def number_blocks(path: Path, delimiter: str, columns: Sequence[str]) -> Iterator[np.ndarray]:
    """The same, BLOCK_ROWS rows at a time; text is refused at the end, when it has been counted."""
    import pandas as pd

    bad = {column: _Faults() for column in columns}
    try:
        frames: Any = pd.read_csv(
            path,
            sep=delimiter,
            usecols=list(columns),
            chunksize=BLOCK_ROWS,
            low_memory=False,
            index_col=False,
            skipinitialspace=True,
            encoding="utf-8-sig",
        )
        with frames, np.errstate(over="ignore"):
            for frame in frames:
                numbers = [_numeric(frame[column], bad[column]) for column in columns]
                yield np.stack(numbers, axis=1).astype(np.float32, copy=False)
    except (ValueError, OSError, pd.errors.ParserError) as error:
        raise DataError(
            f"{path}: cannot be read ({str(error).splitlines()[0]}); comma-separated values"
        ) from None
    for column, faults in bad.items():
        if faults.count:
            what = f"row {faults.row} of {column!r} is {faults.first!r}, {faults.count} such in all"
            raise DataError(f"{path}: {what}; numbers, or leave the column out (dataset.features)")


def _numeric(column: "pd.Series", texts: _Faults) -> np.ndarray:
    """The column's numbers; what is none is noted in `texts`."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(np.float64)
    numbers: Any = pd.to_numeric(column, errors="coerce")
    rows = np.flatnonzero(numbers.isna() & column.notna())
    if len(rows):
        texts.note(int(column.index[rows[0]]), str(column.iloc[rows[0]])[:40], len(rows))
    return numbers.to_numpy(np.float64)


@contextmanager
def _rows(path: Path, delimiter: str) -> Iterator[Iterator[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield (
                [cell.strip() for cell in row]
                for row in csv.reader(file, delimiter=delimiter, skipinitialspace=True)
            )
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise DataError(f"{path}: cannot be read ({error}); comma-separated values in UTF-8") from None
