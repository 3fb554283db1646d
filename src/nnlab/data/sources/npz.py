"""The user's own arrays: an .npz file, arrays by name."""

import math
import sys
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import model_validator

from nnlab.data.own_files import own_file
from nnlab.data.streaming import Streamable
from nnlab.data.targets import Target, decide, labels_of
from nnlab.data.zipped_arrays import Header, check_size, find_header, read_array, read_headers, read_stored
from nnlab.errors import DataError
from nnlab.objects import keras_object
from nnlab.spec import AskedTask, DataSpec, RawData, Samples

_TO_CHANNELS_LAST = [2, 3, 1]
_PARTS = ("train", "validation", "test")


class Npz(Streamable):
    """Arrays x (n, …) of numbers and y (n,) of labels, class names or numbers; y null is a reconstruction.

    task: "auto" decides by the values of y (nnlab.data.targets). data_format: "channels_first" for pictures
    (n, channels, height, width): a Permute is put in front of the preprocessing, so that the saved model
    takes channels-first pictures as well. groups: the array (n,) that says which training samples belong
    together, for a cross-validation.
    """

    path: str
    x_train: str
    y_train: str | None
    x_validation: str | None
    y_validation: str | None
    x_test: str | None
    y_test: str | None
    groups: str | None
    task: AskedTask  # pyright: ignore[reportIncompatibleVariableOverride] (a frozen field)
    data_format: Literal["channels_last", "channels_first"]

    @model_validator(mode="after")
    def _put_channels_last(self) -> Self:
        if self.data_format == "channels_first" and not self._permutes():
            permute = keras_object("layer", "Permute", dims=_TO_CHANNELS_LAST)
            # The way to set a field of a frozen model while it is being made.
            object.__setattr__(self, "preprocessing", (permute, *self.preprocessing))
        return self

    def _permutes(self) -> bool:
        first = self.preprocessing[0] if self.preprocessing else None
        return (
            first is not None
            and first.name == "Permute"
            and list(first.arguments["dims"]) == _TO_CHANNELS_LAST
        )

    def spec(self) -> DataSpec:
        """From the headers, and the labels for the names of classes. Raises DataError."""
        path = own_file(self.path)
        x = find_header(read_headers(path), self.x_train, "dataset.x_train", path)
        if self.data_format == "channels_first" and len(x.shape) != 4:
            raise DataError(
                f"dataset.data_format: 'channels_first', and {self.x_train} is {x.shape}; "
                "'channels_last', or pictures (n, channels, height, width)"
            )
        dtype = "uint8" if x.dtype == np.uint8 else "float32"
        found = self._target(path)
        self.check_streaming(found.task)
        if not self._streams(path, found):
            check_size(x, self.x_train, path)
        return DataSpec(
            self.name,
            found.task,
            x.shape[1:],
            dtype,
            classes=found.classes,
            outputs=self._outputs(path, found),
        )

    def load(self) -> RawData:
        """Every array that is named; uint8 stays, other numbers become float32. Raises DataError."""
        path = own_file(self.path)
        found = self._target(path)
        train = self._samples(path, "train", found)
        if train is None:
            raise DataError("dataset.x_train: null; the name of an array")
        return RawData(
            train,
            self._samples(path, "validation", found),
            self._samples(path, "test", found),
            self._groups(path, len(train)),
        )

    def _groups(self, path: Path, samples: int) -> np.ndarray | None:
        if self.groups is None:
            return None
        header = find_header(read_headers(path), self.groups, "dataset.groups", path)
        if header.shape not in ((samples,), (samples, 1)):
            raise DataError(
                f"dataset.groups: {self.groups} is {header.shape}; one group a sample, ({samples},)"
            )
        return read_array(path, self.groups).reshape(-1)

    def _target(self, path: Path) -> Target:
        if self.y_train is None:
            if self.task not in ("auto", "reconstruction"):
                raise DataError(f"dataset.y_train: null with task {self.task!r}; the name of an array")
            return Target("reconstruction", ())
        header = find_header(read_headers(path), self.y_train, "dataset.y_train", path)
        if header.dtype.kind == "f" and self.task == "auto":
            return Target("regression", ())
        if self.task == "regression" or (
            self.task == "auto" and len(header.shape) > 1 and header.shape[1:] != (1,)
        ):
            return Target("regression", ())
        return decide(_as_texts(read_array(path, self.y_train), self.y_train, path), self.task)

    def _outputs(self, path: Path, found: Target) -> int:
        if found.task == "reconstruction":
            return math.prod(find_header(read_headers(path), self.x_train, "dataset.x_train", path).shape[1:])
        if self.y_train is None or found.task != "regression":
            return 1
        header: Header = read_headers(path)[self.y_train]
        return int(np.prod(header.shape[1:], dtype=object))

    def _samples(self, path: Path, part: str, found: Target) -> Samples | None:
        x_name, y_name = getattr(self, f"x_{part}"), getattr(self, f"y_{part}")
        if x_name is None:
            return None
        headers = read_headers(path)
        find_header(headers, x_name, f"dataset.x_{part}", path)
        x = self._inputs(path, x_name, found)
        if found.task == "reconstruction":
            return Samples(x, x)
        if y_name is None:
            raise DataError(f"dataset.y_{part}: null beside dataset.x_{part}; the name of an array")
        find_header(headers, y_name, f"dataset.y_{part}", path)
        return Samples(x, _labels(read_array(path, y_name), found, y_name, path))

    def _inputs(self, path: Path, name: str, found: Target) -> Any:
        dtype = _input_type(read_headers(path)[name].dtype)
        if self._streams(path, found):
            return read_stored(path, name, dtype)
        return read_array(path, name).astype(dtype, copy=False)

    def _streams(self, path: Path, found: Target) -> bool:
        headers = read_headers(path)
        named = [getattr(self, f"x_{part}") for part in _PARTS]
        return self.streams(sum(headers[name].size for name in named if name in headers), found.task)


def _input_type(dtype: np.dtype) -> np.dtype:
    return dtype if dtype == np.uint8 or dtype.kind not in "buif" else np.dtype(np.float32)


def _labels(array: np.ndarray, found: Target, name: str, path: Path) -> np.ndarray:
    if found.task == "regression":
        y = array.astype(np.float32) if array.dtype.kind in "buif" else array
        return y[:, 0] if y.shape[1:] == (1,) else y
    texts = _as_texts(array, name, path)
    labels, foreign = labels_of(texts, found.classes)
    if foreign is not None:
        raise DataError(f"{path}: {name}[{foreign}] is {texts[foreign]!r}; one of {', '.join(found.classes)}")
    return labels


def _as_texts(array: np.ndarray, name: str, path: Path) -> list[str]:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(f"{path}: {name} is {array.shape}; one label a sample")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = np.flatnonzero(~np.isfinite(array))
        raise DataError(f"{path}: {name}[{bad[0]}] is {array[bad[0]]}, {len(bad)} such in all; finite labels")
    # One text for each class, not for each sample.
    return [sys.intern(str(value)) for value in array.tolist()]
