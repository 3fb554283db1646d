"""The user's own pictures: a folder a class, below train/, validation/ and test/ where there are such."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from nnlab.data.images import SUFFIXES, Color, read_image
from nnlab.data.own_files import own_folder
from nnlab.data.streaming import Streamable, cached, identify_file, key_of
from nnlab.errors import DataError
from nnlab.plan import Count
from nnlab.spec import DataSpec, RawData, Samples
from nnlab.stored import BLOCK_BYTES

_PARTS = ("train", "validation", "test")


class ImageFolder(Streamable):
    """Pictures x uint8, all brought to image_size = [height, width]; classes are the folders' names, sorted.

    color: "grayscale" gives (height, width), "rgb" (height, width, 3).
    """

    path: str
    image_size: tuple[Count, Count]
    color: Color

    def spec(self) -> DataSpec:
        """From the names of the folders. Raises DataError."""
        classes = self._classes()
        task = "binary" if len(classes) == 2 else "classification"
        spec = DataSpec(self.name, task, self._shape(), "uint8", classes=classes, target="class")
        spec = spec.of_inputs() if self.task else spec
        self.check_streaming(spec.task)
        return spec

    def load(self) -> RawData:
        """Every picture. Raises DataError naming the file."""
        classes = self._classes()
        found = {name: _found(name, folder, classes) for name, folder in self._parts().items()}
        size = sum(len(pictures) for part in found.values() for pictures in part.values())
        streams = self.streams(size * int(np.prod(self._shape())), self.spec().task)
        samples = {name: self._samples(part, streams) for name, part in found.items()}
        return RawData(samples["train"], samples.get("validation"), samples.get("test"))

    def _parts(self) -> dict[str, Path]:
        folder = own_folder(self.path)
        if not (folder / "train").is_dir():
            return {"train": folder}
        return {name: folder / name for name in _PARTS if (folder / name).is_dir()}

    def _classes(self) -> tuple[str, ...]:
        parts = self._parts()
        classes = _folders(parts["train"])
        if len(classes) < 2:
            raise DataError(
                f"dataset.path: {parts['train']} holds {len(classes)} folders; a folder a class, at least 2"
            )
        for folder in parts.values():
            if foreign := sorted(set(_folders(folder)) - set(classes)):
                known = ", ".join(classes)
                raise DataError(
                    f"dataset.path: {folder / foreign[0]} has no training pictures; one of {known}"
                )
        return classes

    def _shape(self) -> tuple[int, ...]:
        return (*self.image_size, *((3,) if self.color == "rgb" else ()))

    def _samples(self, found: dict[Path, list[str]], streams: bool) -> Samples:
        counts = [len(names) for names in found.values()]
        y = np.repeat(np.arange(len(counts)), counts)
        shape = (len(y), *self._shape())
        if streams:
            key = key_of(self._facts(found))
            return Samples(
                cached(key, shape, np.dtype(np.uint8), self._blocks(found), f"{len(y)} pictures"), y
            )
        x, start = np.empty(shape, np.uint8), 0
        for block in self._blocks(found):
            x[start : start + len(block)] = block
            start += len(block)
        return Samples(x, y)

    def _facts(self, found: dict[Path, list[str]]) -> Iterator[object]:
        """All that decides what is in the array of these pictures."""
        yield self.image_size, self.color
        for folder, names in found.items():
            yield folder.resolve(), len(names)
            yield from (identify_file(folder / name) for name in names)

    def _blocks(self, found: dict[Path, list[str]]) -> Iterator[np.ndarray]:
        """The pictures, decoded, some at a time. Raises DataError naming the file."""
        paths = (folder / name for folder, names in found.items() for name in names)
        count = max(1, BLOCK_BYTES // int(np.prod(self._shape())))
        while block := [read_image(path, self.image_size, self.color) for path in islice(paths, count)]:
            yield np.stack(block)


def _found(part: str, folder: Path, classes: tuple[str, ...]) -> dict[Path, list[str]]:
    """The names of the pictures of each class, by its folder. Raises DataError where there are none."""
    found = {folder / name: _pictures(folder / name) for name in classes}
    empty = next((place for place, names in found.items() if not names), None)
    if empty is not None and (part == "train" or not any(found.values())):
        raise DataError(f"{empty}: no pictures; files ending in {', '.join(SUFFIXES)}")
    return found


def _folders(folder: Path) -> tuple[str, ...]:
    return tuple(
        sorted(item.name for item in folder.iterdir() if item.is_dir() and not item.name.startswith("."))
    )


def _pictures(folder: Path) -> list[str]:
    """The names of the pictures in a folder, sorted."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as items:
        names = (item.name for item in items if not item.name.startswith("."))
        return sorted(name for name in names if name.lower().endswith(SUFFIXES))
