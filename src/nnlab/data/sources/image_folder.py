"""The user's own pictures: a folder a class, below train/, validation/ and test/ where there are such."""

from pathlib import Path

import numpy as np

from nnlab.data.images import SUFFIXES, Color, read_image
from nnlab.data.own_files import own_folder
from nnlab.errors import DataError
from nnlab.plan import Count, Dataset
from nnlab.spec import DataSpec, RawData, Samples

_PARTS = ("train", "validation", "test")


class ImageFolder(Dataset):
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
        shape = (*self.image_size, *((3,) if self.color == "rgb" else ()))
        spec = DataSpec(self.name, task, shape, "uint8", classes=classes, target="class")
        return spec.of_inputs() if self.task else spec

    def load(self) -> RawData:
        """Every picture. Raises DataError naming the file."""
        parts = self._parts()
        classes = self._classes()
        samples = {name: self._samples(name, folder, classes) for name, folder in parts.items()}
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

    def _samples(self, part: str, folder: Path, classes: tuple[str, ...]) -> Samples:
        by_class = [_pictures(folder / name) for name in classes]
        empty = next((name for name, paths in zip(classes, by_class, strict=True) if not paths), None)
        if empty is not None and (part == "train" or not any(by_class)):
            raise DataError(f"{folder / empty}: no pictures; files ending in {', '.join(SUFFIXES)}")
        found = [(path, label) for label, paths in enumerate(by_class) for path in paths]
        channels = (3,) if self.color == "rgb" else ()
        x = np.empty((len(found), *self.image_size, *channels), np.uint8)
        for index, (path, _) in enumerate(found):
            x[index] = read_image(path, self.image_size, self.color)
        return Samples(x, np.array([label for _, label in found], np.int64))


def _folders(folder: Path) -> tuple[str, ...]:
    return tuple(
        sorted(item.name for item in folder.iterdir() if item.is_dir() and not item.name.startswith("."))
    )


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        item for item in folder.iterdir() if item.suffix.lower() in SUFFIXES and not item.name.startswith(".")
    )
