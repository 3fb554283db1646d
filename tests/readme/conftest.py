import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    """A reader's folder: a picture, a table, arrays, photographs, and the environment of `make setup`."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / ".venv").symlink_to(sys.prefix)
    random = np.random.default_rng(0)
    draw_three(folder / "three.png")
    write_houses(folder / "houses.csv", random)
    write_arrays(folder / "arrays.npz", random)
    write_photos(folder / "photos", random)
    return folder


def draw_three(path: Path) -> None:
    """A three in dark ink on light paper."""
    paper = Image.new("L", (120, 160), 235)
    pen = ImageDraw.Draw(paper)
    for top in (20, 72):
        pen.arc((30, top, 86, top + 62), start=-150, end=110, fill=30, width=13)
    paper.save(path)


def write_houses(path: Path, random: np.random.Generator) -> None:
    rooms, area = random.integers(2, 8, 200), random.uniform(40, 200, 200)
    price = 0.025 * area + 0.1 * rooms + random.normal(0, 0.1, 200)
    rows = zip(rooms, area, price, strict=True)
    lines = [f"{count},{size:.1f},{value:.3f}" for count, size, value in rows]
    path.write_text("\n".join(["rooms,area,price", *lines]), encoding="utf-8")


def write_arrays(path: Path, random: np.random.Generator) -> None:
    x = random.normal(size=(300, 6)).astype(np.float32)
    np.savez(path, x_train=x, y_train=(x[:, 0] + x[:, 1] > 0).astype(np.int64))


def write_photos(folder: Path, random: np.random.Generator) -> None:
    for name, level in (("cats", 60), ("dogs", 190)):
        (folder / name).mkdir(parents=True)
        for number in range(30):
            pixels = random.integers(level - 50, level + 50, (40, 40, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:02}.png")
