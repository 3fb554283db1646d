"""User text and numbers as figures write them, and pixels as they draw them."""

import numpy as np
import pytest

from nnlab.evaluation.figures.canvas import count_of, shorten
from nnlab.evaluation.figures.sheet import as_pictures, fit_words
from nnlab.evaluation.probabilities import percent


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("ankle boot", "ankle boot"),
        ("a rather long name", "a rather l…"),
        ("two\nlines\tand tab", "two lines…"),
        ("$x_1$ \\frac{", "$x_1$ \\fra…"),
        ("right\u202eleft\x00\x07", "rightleft"),
        ("broken \ud800", "broken ?"),
        ("", ""),
    ],
)
def test_names_are_one_short_clean_line(text, drawn):
    assert shorten(text, 11) == drawn


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.5, "50.0 %"),
        (0.99996, "> 99.9 %"),
        (0.0001, "< 0.1 %"),
        (0.99949, "99.9 %"),
    ],
)
def test_hundred_per_cent_is_said_only_when_true(share, written):
    assert percent(share) == written


def test_counts_have_plurals():
    assert [count_of(n, "mistake") for n in (0, 1, 12345)] == ["0 mistakes", "1 mistake", "12 345 mistakes"]


def test_a_short_word_leaves_its_room_to_the_other():
    assert fit_words(("cat", "hippopotamus amphibius"), " → ", 22) == (3, 16)
    assert fit_words(("aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb"), " → ", 22) == (9, 10)
    assert fit_words(("7", "9"), " → ") == (1, 1)


@pytest.mark.parametrize("shape", [(2, 4, 5), (2, 4, 5, 1), (2, 1, 4, 5), (2, 4, 5, 3), (2, 3, 4, 5)])
def test_every_layout_of_channels_becomes_a_colour_picture(shape):
    pictures = as_pictures(np.full(shape, 16), 0, 16)
    assert pictures.shape == (2, 4, 5, 3)
    assert pictures.dtype == np.uint8
    assert pictures.min() == 255


def test_of_an_odd_number_of_channels_the_first_is_drawn_grey():
    picture = as_pictures(np.stack([np.ones((1, 5, 6)), np.zeros((1, 5, 6))], axis=-1), 0, 1)
    assert picture.shape == (1, 5, 6, 3)
    assert picture.min() == 255


def test_transparency_is_kept():
    assert as_pictures(np.zeros((1, 4, 5, 4)), 0, 255).shape == (1, 4, 5, 4)


def test_values_outside_the_range_are_black_and_white():
    row = as_pictures(np.array([[[-9.0, 0.0, 0.5, 1.0, 9.0]]]), 0, 1)[0, 0, :, 0]
    assert row.tolist() == [0, 0, 127, 255, 255]


def test_a_black_picture_stays_black():
    assert as_pictures(np.zeros((1, 2, 2)), 0, 0).max() == 0
