"""The user's own table: a CSV file with a header, columns by name."""

from collections import deque
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from nnlab.data.own_files import own_file
from nnlab.data.streaming import Streamable, cached, identify_file, key_of
from nnlab.data.tables import Column, column_index, number_blocks, read_header, read_numbers
from nnlab.data.targets import Target, decide, labels_of
from nnlab.errors import DataError
from nnlab.spec import AskedTask, DataSpec, RawData, Samples


class Csv(Streamable):
    """Rows of numbers x float32 (features,), and a target column.

    features: columns to learn from, null for all but the target. target: null only for a reconstruction.
    task: "auto" decides by the target's values (nnlab.data.targets). test_path, validation_path: files with
    the same columns, for `test_split: given` and `validation_split: given`. groups: a column that says what
    belongs together, for a cross-validation; never an input.
    """

    path: str
    target: str | None
    features: tuple[str, ...] | None
    task: AskedTask  # pyright: ignore[reportIncompatibleVariableOverride] (a frozen field)
    delimiter: Annotated[str, Field(min_length=1, max_length=1)]
    test_path: str | None
    validation_path: str | None
    groups: str | None

    def spec(self) -> DataSpec:
        """From the header and one pass over the target column. Raises DataError."""
        features, found = self._features(), self._target()
        self.check_streaming(found.task)
        return DataSpec(
            self.name,
            found.task,
            (len(features),),
            "float32",
            classes=found.classes,
            features=features,
            target=self.target or "input",
            outputs=len(features) if found.task == "reconstruction" else 1,
        )

    def load(self) -> RawData:
        """Each file whole. Raises DataError naming file, row and column."""
        features, found = self._features(), self._target()
        return RawData(
            train=self._read(self.path, "dataset.path", features, found),
            validation=self._optional(self.validation_path, "dataset.validation_path", features, found),
            test=self._optional(self.test_path, "dataset.test_path", features, found),
            groups=self._groups(),
        )

    def _groups(self) -> np.ndarray | None:
        if self.groups is None:
            return None
        path = own_file(self.path)
        index = column_index(path, read_header(path, self.delimiter), self.groups, "dataset.groups")
        return np.array(list(Column(path, self.delimiter, index)))

    def _features(self) -> tuple[str, ...]:
        path = own_file(self.path)
        names = read_header(path, self.delimiter)
        wanted = (
            self.features
            if self.features is not None
            else tuple(name for name in names if name not in (self.target, self.groups))
        )
        for name in wanted:
            column_index(path, names, name, "dataset.features")
        if not wanted or self.target in wanted:
            given = f"{self.target!r} is the target" if wanted else "no column"
            raise DataError(f"dataset.features: {given}; columns other than the target")
        if self.groups is not None:
            column_index(path, names, self.groups, "dataset.groups")
        if self.groups is not None and self.groups in (self.target, *wanted):
            raise DataError(f"dataset.groups: {self.groups!r} is learned from or predicted; another column")
        return wanted

    def _target(self) -> Target:
        path = own_file(self.path)
        names = read_header(path, self.delimiter)
        if self.target is None or self.task == "reconstruction":
            if self.target is not None or self.task != "reconstruction":
                raise DataError(
                    f"dataset.target: {self.target!r} with task {self.task!r}; one of {', '.join(names)}, "
                    "or null for a reconstruction"
                )
            return Target("reconstruction", ())
        index = column_index(path, names, self.target, "dataset.target")
        values = Column(path, self.delimiter, index)
        if self.task == "regression":
            deque(values, maxlen=0)  # for what is wrong with the rows
        return decide(values, self.task)

    def _optional(
        self, name: str | None, key: str, features: tuple[str, ...], found: Target
    ) -> Samples | None:
        return None if name is None else self._read(name, key, features, found)

    def _read(self, name: str, key: str, features: tuple[str, ...], found: Target) -> Samples:
        path = own_file(name, key)
        names = read_header(path, self.delimiter)
        for feature in features:
            column_index(path, names, feature, key)
        if found.task == "reconstruction" or self.target is None:
            x = read_numbers(path, self.delimiter, features)
            return Samples(x, x)
        y = self._labels(path, self.target, column_index(path, names, self.target, key), found)
        if not self.streams(len(y) * len(features) * np.dtype(np.float32).itemsize, found.task):
            return Samples(read_numbers(path, self.delimiter, features), y)
        array = key_of([path.resolve(), identify_file(path), self.delimiter, features])
        blocks = number_blocks(path, self.delimiter, features)
        shape = (len(y), len(features))
        return Samples(cached(array, shape, np.dtype(np.float32), blocks, f"{len(y)} rows"), y)

    def _labels(self, path: Path, target: str, index: int, found: Target) -> np.ndarray:
        if found.task == "regression":
            return np.concatenate([block[:, 0] for block in number_blocks(path, self.delimiter, [target])])
        values = Column(path, self.delimiter, index)
        labels, foreign = labels_of(values, found.classes)
        if foreign is not None:
            text, allowed = next(islice(values, foreign, None)), f"one of {', '.join(found.classes)}"
            raise DataError(f"{path}: row {foreign} of {target!r} is {text!r}; {allowed}")
        return labels
