"""Files into samples, in two steps: opened first, which needs no network, and brought into its shape then."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from nnlab.data.images import open_image
from nnlab.data.tables import read_header
from nnlab.errors import DataError
from nnlab.evaluation.figures.quotes import quote
from nnlab.names import suggest
from nnlab.predicting.arrays import batch, open_array
from nnlab.predicting.drawings import Invert
from nnlab.predicting.model_input import ModelInput
from nnlab.predicting.pictures import prepare_picture
from nnlab.predicting.rows import read_rows
from nnlab.predicting.texts import TYPED, read_text, read_texts
from nnlab.spec import DataSpec

QUOTED = 50
"""So many letters of a text stand beside its answer."""


@dataclass(frozen=True)
class Opened:
    """A file that can be read: a decoded picture, an array still on disk, the columns of a table, or a text."""

    path: Path
    kind: Literal["picture", "array", "table", "text"]
    content: Any


@dataclass(frozen=True)
class Sample:
    """One raw sample, where it comes from (`three.png`, `rows.csv[2]`), and what was done to it."""

    name: str
    values: np.ndarray
    note: str = ""
    inverted: bool = False


def open_file(path: Path) -> Opened:
    """Open a picture, a .npy, .csv or .txt file, or `-`, what is typed. Raises DataError."""
    if path == TYPED:
        return Opened(path, "text", read_text(path))
    if not path.exists():
        near = (
            suggest(path.name, [item.name for item in path.parent.iterdir()])
            if path.parent.is_dir()
            else None
        )
        raise DataError(f"{path}: no such file" + (f"; did you mean {near!r}?" if near else ""))
    if path.is_dir():
        raise DataError(f"{path}: is a folder; pictures, .npy, .csv or .txt files")
    if not path.stat().st_size:
        raise DataError(f"{path}: the file is empty (0 bytes); a picture, a .npy, .csv or .txt file")
    if path.suffix == ".npy":
        return Opened(path, "array", open_array(path))
    if path.suffix == ".csv":
        return Opened(path, "table", read_header(path, ","))
    if path.suffix == ".txt":
        return Opened(path, "text", read_text(path))
    return Opened(path, "picture", open_image(path))


def to_samples(opened: Opened, wanted: ModelInput, spec: DataSpec, invert: Invert) -> list[Sample]:
    """The samples of an opened file as the network takes them. Raises DataError where they do not fit it.

    spec: the dataset that the network was trained on.
    """
    path = opened.path
    if opened.kind == "picture":
        if not wanted.is_picture:
            raise DataError(f"{path}: a picture; the network takes {_takes(wanted, spec)}")
        return [_picture_sample(opened, wanted, spec, invert)]
    if wanted.is_text or opened.kind == "text":
        return _texts(opened, wanted, spec)
    if opened.kind == "array":
        values = batch(opened.content, wanted, path)
    else:
        values = read_rows(path, wanted, spec.features, spec.target)
    single = len(values) == 1
    return [Sample(path.name if single else f"{path.name}[{index}]", row) for index, row in enumerate(values)]


def _texts(opened: Opened, wanted: ModelInput, spec: DataSpec) -> list[Sample]:
    path = opened.path
    if not wanted.is_text or opened.kind == "array":
        given = "a text" if opened.kind == "text" else "an array"
        raise DataError(f"{path}: {given}; the network takes {_takes(wanted, spec)}")
    found = [opened.content] if opened.kind == "text" else read_texts(path, spec.features)
    names = [path.name if len(found) == 1 else f"{path.name}[{row}]" for row in range(len(found))]
    return [
        Sample(name, np.array(text, object), f"“{quote(text, QUOTED)}”")
        for name, text in zip(names, found, strict=True)
    ]


def _picture_sample(opened: Opened, wanted: ModelInput, spec: DataSpec, invert: Invert) -> Sample:
    try:
        prepared = prepare_picture(opened.content, wanted, is_drawing(wanted, spec), invert)
    except DataError as error:
        raise DataError(f"{opened.path}: {error}") from None
    return Sample(opened.path.name, prepared.values, prepared.note, prepared.inverted)


def is_drawing(wanted: ModelInput, spec: DataSpec) -> bool:
    """Whether grey samples are drawn signs: the classes to predict have names of one character."""
    return wanted.is_grey and bool(spec.labels) and all(len(name) == 1 for name in spec.labels)


def _takes(wanted: ModelInput, spec: DataSpec) -> str:
    if wanted.is_text:
        return ".txt files, .csv files of texts, or - for what is typed"
    if spec.features:
        return f".csv rows with {', '.join(spec.features)}"
    return f".npy or .csv samples of shape {wanted.shape}"
