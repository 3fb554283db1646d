"""Texts written onto pixels: where they stand, in which colour, and with which font."""

import numpy as np
import pytest
from matplotlib import rcParams
from PIL import Image

from nnlab.evaluation.figures import lettering
from nnlab.evaluation.figures.canvas import DPI, drawing
from nnlab.evaluation.figures.lettering import Lettering, width_of, write_all


def written(*texts, size=(300, 200)):
    """Rows and columns of what is not white."""
    paper = Image.new("RGB", size, "white")
    with drawing():
        write_all(paper, texts)
    found = np.asarray(paper)
    return np.nonzero((found != 255).any(axis=-1)), found


def test_a_text_begins_at_its_place():
    (rows, columns), _ = written(Lettering(40, 30, "Hx"))
    assert 40 <= columns.min() <= 42
    assert 30 <= rows.min() <= 36
    assert columns.max() - 40 == pytest.approx(DPI * width_of("Hx"), abs=3)


def test_a_centred_text_stands_around_its_place():
    (rows, columns), _ = written(Lettering(150, 100, "HHH", anchor="mm"))
    assert (columns.min() + columns.max()) / 2 == pytest.approx(150, abs=1)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(100, abs=2)


def test_lines_stand_below_each_other_around_the_middle():
    (rows, columns), _ = written(Lettering(20, 100, "Hx\nHx", anchor="lm"))
    assert columns.min() >= 20
    assert (rows.min() + rows.max()) / 2 == pytest.approx(100, abs=2)
    assert len(set(range(rows.min(), rows.max())) - set(rows)) > 0


def test_an_anchor_says_which_side_stands_at_the_place():
    (rows, columns), _ = written(Lettering(150, 100, "HHH", anchor="rd"))
    assert columns.max() == pytest.approx(149, abs=2)
    assert 95 <= rows.max() <= 100


@pytest.mark.parametrize(("anchor", "place"), [("la", 0.0), ("mm", 0.5), ("rd", 1.0)])
def test_a_turned_text_is_read_from_below(anchor, place):
    (rows, columns), _ = written(Lettering(150, 100, "H.....", anchor=anchor, turned=True))
    across, along = np.ptp(columns), np.ptp(rows)
    assert along > 2 * across
    assert rows.min() == pytest.approx(100 - place * along, abs=4)
    assert columns.min() == pytest.approx(150 - place * across, abs=6)
    # The H, which is first, stands lowest.
    assert (rows > rows.mean()).mean() > 0.6


def test_size_weight_and_colour_are_those_asked_for():
    (low, _), small = written(Lettering(10, 10, "H", size=8, color="#D55E00"))
    (high, _), _ = written(Lettering(10, 10, "H", size=16, color="#D55E00"))
    assert np.ptp(high) == pytest.approx(2 * np.ptp(low), abs=2)
    assert (small == (0xD5, 0x5E, 0x00)).all(axis=-1).any()
    assert (written(Lettering(10, 10, "H", bold=True))[1] != written(Lettering(10, 10, "H"))[1]).any()


def test_a_letter_comes_from_the_first_family_that_has_it(monkeypatch):
    with drawing():
        assert "→" in lettering._letters("DejaVu Sans", False)
        assert "→" not in lettering._letters("cmr10", False)
        monkeypatch.setitem(rcParams, "font.family", ["cmr10", "DejaVu Sans"])
        parts = [(font.getname()[0], part) for font, part in lettering._divide("7 → 2", False, 9.0)]
    assert [part for family, part in parts if family == "DejaVu Sans"] == ["→"]
    assert "".join(part for _, part in parts) == "7 → 2"


def test_letters_that_no_font_has_and_no_letters_at_all_are_no_error():
    written(Lettering(10, 10, "\U000e0fff"), Lettering(10, 10, ""), Lettering(-50, -50, "off"))
    with drawing():
        assert width_of("") == 0
