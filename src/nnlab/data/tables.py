"""CSV files: the header and one column cheaply, all numbers by pandas. Errors name file, line and column."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import DataError
from nnlab.names import suggest

if TYPE_CHECKING:
    import pandas as pd

_GAPS = ("", "nan", "na")


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


def read_column(path: Path, delimiter: str, index: int) -> list[str]:
    """One column as text, in one pass. Raises DataError for gaps and surplus values, naming the row."""
    with _rows(path, delimiter) as rows:
        header = next(rows)
        found, long = [], []
        for row in filter(None, rows):
            found.append(row[index] if index < len(row) else "")
            if any(row[len(header) :]):
                long.append((len(found) - 1, len(row)))
    if long:
        row, count = long[0]
        allowed = f"{len(header)}, as the first line has names"
        raise DataError(f"{path}: row {row} has {count} values, {len(long)} such in all; {allowed}")
    if gaps := [row for row, value in enumerate(found) if value.lower() in _GAPS]:
        what = f"row {gaps[0]} has no {header[index]!r}, {len(gaps)} such in all"
        raise DataError(f"{path}: {what}; a value in every row")
    return found


def read_numbers(path: Path, delimiter: str, columns: Sequence[str]) -> np.ndarray:
    """The columns as float32 (rows, columns). Raises DataError for text, naming row and column."""
    import pandas as pd

    try:
        frame: Any = pd.read_csv(
            path,
            sep=delimiter,
            usecols=list(columns),
            low_memory=False,
            index_col=False,
            skipinitialspace=True,
            encoding="utf-8-sig",
        )
    except (ValueError, OSError, pd.errors.ParserError) as error:
        raise DataError(
            f"{path}: cannot be read ({str(error).splitlines()[0]}); comma-separated values"
        ) from None
    numbers = [_numeric(frame[column], path, column) for column in columns]
    with np.errstate(over="ignore"):
        return np.stack(numbers, axis=1).astype(np.float32, copy=False)


def _numeric(column: "pd.Series", path: Path, name: str) -> np.ndarray:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(np.float64)
    numbers: Any = pd.to_numeric(column, errors="coerce")
    bad = np.flatnonzero(numbers.isna() & column.notna())
    if len(bad):
        text, count = str(column.iloc[bad[0]])[:40], len(bad)
        allowed = "numbers, or leave the column out (dataset.features)"
        raise DataError(f"{path}: row {bad[0]} of {name!r} is {text!r}, {count} such in all; {allowed}")
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
