"""Drawings framed as MNIST's digits were."""

import io

import numpy as np
import pytest
from PIL import Image

from nnlab.errors import DataError
from nnlab.predicting.drawings import BOX, find_ink, frame_drawing, is_dark_on_light, otsu

SHAPE = (28, 28)


def framed(image, **options):
    return frame_drawing(image, SHAPE, BOX, options.pop("invert", "auto"), **options)


def extent(values):
    rows, columns = np.flatnonzero(values.max(axis=1) > 0.3), np.flatnonzero(values.max(axis=0) > 0.3)
    return rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_fills_the_box_and_is_centred_by_mass(draw, digit):
    values, _ = framed(draw(digit))
    assert values.shape == SHAPE
    assert max(extent(values)) in (19, 20)
    assert values.max() == 1
    y, x = np.mgrid[:28, :28]
    middle = np.array([(values * y).sum(), (values * x).sum()]) / values.sum()
    assert np.abs(middle - 13.5).max() <= 0.75
    assert values[0].max() == values[-1].max() == values[:, 0].max() == values[:, -1].max() == 0


@pytest.mark.parametrize("digit", range(10))
def test_polarity_is_detected_and_dark_and_light_give_the_same(draw, digit):
    dark, was_dark = framed(draw(digit, ink=20, paper=240))
    light, was_light_dark = framed(draw(digit, ink=235, paper=15))
    assert was_dark
    assert not was_light_dark
    assert np.abs(dark - light).mean() < 0.01


def test_inverting_can_be_forced_and_forbidden(draw):
    image = draw(8)
    assert framed(image, invert="yes")[1]
    values, inverted = framed(image, invert="no")
    assert not inverted
    assert np.abs(values - framed(image)[0]).mean() > 0.05


@pytest.mark.parametrize("digit", range(10))
def test_a_shadow_is_not_taken_for_ink(draw, lit, digit):
    plain, _ = framed(draw(digit, paper=230, ink=30))
    shaded, dark = framed(lit(draw(digit, paper=230, ink=30)))
    assert dark
    assert np.corrcoef(plain.ravel(), shaded.ravel())[0, 1] > 0.95


def test_size_place_colour_and_compression_do_not_matter(draw):
    plain, _ = framed(draw(3))
    buffer = io.BytesIO()
    draw(3).save(buffer, "JPEG", quality=15)
    others = {
        "off the centre": draw(3, size=(640, 480), box=(30, 280, 130, 430)),
        "in colour": draw(3, ink=(200, 30, 40), paper=(250, 240, 200)),
        "as a poor JPEG": Image.open(buffer),
        "three times as large": draw(3, size=(900, 600), box=(300, 75, 600, 525), pen=48),
    }
    for what, image in others.items():
        assert np.corrcoef(plain.ravel(), framed(image)[0].ravel())[0, 1] > 0.97, what


def test_thin_pens_are_widened_to_mnists(draw):
    thin, _ = framed(draw(1, size=(900, 700), box=(300, 100, 600, 600), pen=3))
    usual, _ = framed(draw(1))
    assert 0.5 < thin.sum() / usual.sum() < 1.5


def test_specks_and_the_edge_of_the_table_are_left_out(draw):
    image = draw(7)
    plain, _ = framed(image)
    dirty = np.array(image)
    dirty[5:8, 5:8] = 0
    dirty[60:, :12] = 30
    assert np.corrcoef(plain.ravel(), framed(Image.fromarray(dirty))[0].ravel())[0, 1] > 0.98


def test_an_empty_page_is_told():
    for tone in (0, 128, 255):
        with pytest.raises(DataError, match=r"^nothing is drawn: one tone all over; "):
            find_ink(Image.new("L", (300, 200), tone), "auto")


def test_one_pixel_and_thin_pictures_do_not_break():
    for size in ((1, 1), (2, 300), (300, 1)):
        with pytest.raises(DataError, match="nothing is drawn"):
            find_ink(Image.new("L", size, 255), "auto")


def test_otsu_separates_two_groups():
    values = np.concatenate([np.full(500, 0.1), np.full(50, 0.9)])
    assert 0.1 < otsu(values) < 0.9


def test_a_gradient_in_the_paper_is_no_drawing(draw):
    ramp = np.tile(np.linspace(0.2, 0.9, 100), (100, 1))
    ramp[40:60, 40:60] += 0.1
    assert not is_dark_on_light(ramp)
    ramp[40:60, 40:60] -= 0.2
    assert is_dark_on_light(ramp)


def test_other_sizes_are_framed_in_proportion_and_never_cut(draw):
    values, _ = frame_drawing(draw(9), (56, 56), BOX, "auto")
    assert max(extent(values)) in (39, 40)
    full, _ = frame_drawing(draw(7), (8, 8), 1.0, "auto")
    assert extent(full)[0] == 8
