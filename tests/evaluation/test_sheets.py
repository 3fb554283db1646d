"""Pictures pasted into a sheet, as they stand in its file."""

import numpy as np
from PIL import Image

from nnlab.evaluation.figures.canvas import drawing
from nnlab.evaluation.figures.sheet import Sheet


def pixels(picture, path):
    """The file of a sheet with one picture, uint8 (h, w, 3)."""
    with drawing():
        sheet = Sheet(1, 1, picture.shape)
        sheet.put(0, 0, picture, (("above it", "black"),))
        sheet.save(path)
    with Image.open(path) as image:
        return np.asarray(image)


def box(found, color):
    """Top, left, height and width of all pixels of a colour, which fill their box."""
    rows, columns = np.nonzero((found == color).all(axis=-1))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert len(rows) == height * width
    return rows.min(), columns.min(), height, width


def test_each_pixel_becomes_a_rectangle_in_its_place(tmp_path):
    red, blue = (255, 0, 0), (0, 0, 255)
    found = pixels(np.array([[red, red, red, blue]] * 2, np.uint8), tmp_path / "it.png")
    top, left, height, width = box(found, red)
    assert width == 3 * box(found, blue)[3]
    assert box(found, blue) == (top, left + width, height, width // 3)
    assert abs(3 * height - 2 * width) <= 3


def test_what_shows_through_is_white(tmp_path):
    clear, half = (255, 0, 255, 0), (0, 0, 255, 51)
    found = pixels(np.array([[clear, half]], np.uint8), tmp_path / "it.png")
    assert box(found, (204, 204, 255))[2] > 50
    assert not (found == (255, 0, 255)).all(axis=-1).any()


def test_a_picture_of_very_many_pixels_is_made_smaller(tmp_path):
    found = pixels(np.full((900, 900, 3), (0, 255, 0), np.uint8), tmp_path / "it.png")
    assert 100 < box(found, (0, 255, 0))[2] < 300
