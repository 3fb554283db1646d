import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from making import MakeDataset
from PIL import Image

from nnlab.data.images import read_image
from nnlab.data.splits import load_splits
from nnlab.errors import DataError


def picture(path: Path, color: tuple[int, int, int] = (200, 100, 50), size: tuple[int, int] = (6, 4)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index in range(4):
        picture(tmp_path / "pets" / "dog" / f"{index}.png", (index, 0, 0))
        picture(tmp_path / "pets" / "cat" / f"{index}.jpg", (0, 0, 255))
    (tmp_path / "pets" / "cat" / "notes.txt").write_text("no picture")
    return tmp_path / "pets"


def test_folders_are_classes_in_order(dataset: MakeDataset, folder: Path):
    made = dataset("image_folder", path=str(folder), image_size=[4, 6])
    spec, train = made.spec(), made.load().train
    assert (spec.task, spec.shape, spec.dtype, spec.classes) == ("binary", (4, 6, 3), "uint8", ("cat", "dog"))
    assert train.y.tolist() == [0] * 4 + [1] * 4
    assert train.x[4:, 0, 0, 0].tolist() == [0, 1, 2, 3]


def test_size_and_colour_are_made_alike(dataset: MakeDataset, folder: Path):
    picture(folder / "cat" / "large.png", size=(60, 40))
    grey = dataset("image_folder", path=str(folder), image_size=[3, 5], color="grayscale")
    assert grey.spec().shape == grey.load().train.x.shape[1:] == (3, 5)


def test_parts_below_the_folder(dataset: MakeDataset, tmp_path: Path):
    for part, count in (("train", 4), ("validation", 2), ("test", 1)):
        for name in ("a", "b", "c"):
            for index in range(count):
                picture(tmp_path / part / name / f"{index}.png")
    made = dataset("image_folder", path=str(tmp_path), test_split="given", validation_split="given")
    splits = load_splits(made, 0)
    assert splits.validation is not None
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (12, 6, 3)
    assert splits.spec.task == "classification"
    picture(tmp_path / "test" / "d" / "0.png")
    with pytest.raises(DataError, match=r"test/d has no training pictures; one of a, b, c"):
        made.spec()


def test_transparent_parts_are_white_and_16_bits_become_8(tmp_path: Path):
    Image.new("RGBA", (2, 2), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read_image(tmp_path / "clear.png", (2, 2), "grayscale").tolist() == [[255, 255], [255, 255]]
    Image.fromarray(np.full((2, 2), 257 * 77, np.uint16)).save(tmp_path / "deep.png")
    assert read_image(tmp_path / "deep.png", (2, 2), "grayscale").tolist() == [[77, 77], [77, 77]]


def test_pictures_are_turned_upright(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    image = Image.new("L", (2, 2), 0)
    image.putpixel((0, 0), 255)
    image.save(tmp_path / "turned.png", exif=exif)
    assert read_image(tmp_path / "turned.png", (2, 2), "grayscale").tolist() == [[0, 0], [0, 255]]


def bomb() -> bytes:
    """A PNG of 40 000 × 40 000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = (40_000).to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + bytes([8, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "cannot be read (no picture); one of PNG"),
        (b"text", "cannot be read (no picture); one of PNG"),
        (b"\x80\x04\x95pickle", "cannot be read (no picture); one of PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read (no picture); one of PNG"),
        (None, "cannot be read (image file is truncated"),
        (bomb(), "unpacks to more than"),
    ],
)
def test_bad_pictures_are_named(dataset: MakeDataset, folder: Path, content: bytes | None, text: str):
    bad = folder / "dog" / "bad.png"
    if content is None:
        noise = np.random.default_rng(0).integers(0, 255, (60, 60), np.uint8)
        Image.fromarray(noise).save(bad)
        content = bad.read_bytes()[:2000]
    bad.write_bytes(content)
    with pytest.raises(DataError, match=re.escape(f"{bad}: {text}")):
        dataset("image_folder", path=str(folder)).load()


def test_folders_that_will_not_do(dataset: MakeDataset, folder: Path, tmp_path: Path):
    made = dataset("image_folder", path=str(tmp_path))
    with pytest.raises(DataError, match=r"dataset.path: .* holds 1 folders; a folder a class, at least 2"):
        made.spec()
    (folder / "bird").mkdir()
    with pytest.raises(DataError, match=r"pets/bird: no pictures; files ending in \.png, \.jpg"):
        dataset("image_folder", path=str(folder)).load()
    with pytest.raises(DataError, match=r"^dataset.path: 'absent' does not exist; a folder$"):
        dataset("image_folder", path="absent").spec()
    file = str(folder / "cat" / "notes.txt")
    with pytest.raises(DataError, match=r"notes.txt' is no folder; a folder$"):
        dataset("image_folder", path=file).spec()
