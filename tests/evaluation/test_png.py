"""PNG files of our own, as Pillow reads them."""

import io

import numpy as np
import pytest
from PIL import Image

from nnlab.evaluation.figures.png import encode_png


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (40, 30)])
def test_every_pixel_comes_back(shape):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    with Image.open(io.BytesIO(encode_png(pixels, 110))) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert picture.info["dpi"] == pytest.approx((110, 110), abs=0.02)
        np.testing.assert_array_equal(np.asarray(picture), pixels)


def test_checksums_are_right():
    data = bytearray(encode_png(np.zeros((3, 3, 3), np.uint8), 110))
    Image.open(io.BytesIO(data)).verify()
    data[20] ^= 1
    with pytest.raises((SyntaxError, OSError)):
        Image.open(io.BytesIO(data)).verify()


def test_a_picture_of_one_colour_is_small():
    assert len(encode_png(np.full((500, 500, 3), 255, np.uint8), 110)) < 8000
