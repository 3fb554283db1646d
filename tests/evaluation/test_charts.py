"""Charts: where values, ticks and legends stand, and what is seen on the pixels."""

import numpy as np
import pytest
from PIL import Image

from nnlab.evaluation.figures.canvas import DPI, drawing
from nnlab.evaluation.figures.chart import Chart, Look, divide
from nnlab.evaluation.figures.legend import line_up, list_inside
from nnlab.evaluation.figures.scale import Scale, decade_ticks, limits_of, number_ticks

RED, WHITE = (255, 0, 0), (255, 255, 255)


@pytest.fixture
def panel():
    """A panel of 200 by 100 pixels whose left bottom corner is 100 from the left and 50 from below."""
    chart = Chart(400 / DPI, 200 / DPI, "A title")
    return chart.panel((100 / DPI, 50 / DPI, 200 / DPI, 100 / DPI), Scale(0, 10), Scale(0, 1), framed=False)


def saved(panel, tmp_path):
    with drawing():
        path = panel.chart.save(tmp_path / "new" / "chart.png")
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def reds(panel, tmp_path):
    """Rows and columns of the red pixels."""
    return np.nonzero((saved(panel, tmp_path) == RED).all(axis=-1))


def test_values_become_pixels(panel):
    assert panel.place(0, 0) == pytest.approx([100, 50])
    assert panel.place([10, 5], [1, 0.5]) == pytest.approx(np.array([[300, 150], [200, 100]]))


def test_a_scale_may_run_backwards():
    assert Scale(9.5, -0.5).share([9.5, -0.5, 4.5]).tolist() == [0, 1, 0.5]


def test_bars_fill_their_boxes(panel, tmp_path):
    panel.bars(([2, 6], [4, 8]), (np.zeros(2), [0.5, 1.0]), "red")
    rows, columns = reds(panel, tmp_path)
    assert (columns.min(), columns.max()) == pytest.approx((140, 259), abs=2)
    assert not ((columns > 182) & (columns < 218)).any()
    assert 200 - rows.max() == pytest.approx(50, abs=2)
    assert 200 - rows[columns > 200].min() == pytest.approx(150, abs=2)
    assert 200 - rows[columns < 200].min() == pytest.approx(100, abs=2)


@pytest.mark.parametrize(("clipped", "last"), [(True, 300), (False, 380)])
def test_a_line_ends_with_the_panel_unless_it_may_leave_it(panel, tmp_path, clipped, last):
    panel.line([5, 14], [0.5, 0.5], Look("red", width=4), clipped=clipped)
    _, columns = reds(panel, tmp_path)
    assert columns.min() == pytest.approx(200, abs=2)
    assert columns.max() == pytest.approx(last, abs=2)


def test_a_gap_in_a_line_is_not_bridged(panel, tmp_path):
    panel.line([0, 2, 5, 8, 10], [0.5, 0.5, np.nan, 0.5, 0.5], Look("red", width=4))
    _, columns = reds(panel, tmp_path)
    assert not ((columns > 145) & (columns < 255)).any()


def test_marks_are_filled_or_hollow(panel, tmp_path):
    panel.line([5], [0.5], Look("red", width=0, mark="s", size=20))
    assert (saved(panel, tmp_path)[100, 200] == RED).all()
    other = Chart(400 / DPI, 200 / DPI, "")
    hollow = other.panel((100 / DPI, 50 / DPI, 200 / DPI, 100 / DPI), Scale(0, 10), Scale(0, 1), framed=False)
    hollow.line([5], [0.5], Look("red", width=0, mark="s", size=20, hollow=True))
    assert (saved(hollow, tmp_path)[100, 200] == WHITE).all()
    assert saved(hollow, tmp_path)[80:120, 180:220, 1].min() < 128


def test_a_picture_fills_the_panel(panel, tmp_path):
    panel.picture(np.array([[RED, WHITE]], np.uint8))
    rows, columns = reds(panel, tmp_path)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (50, 149, 100, 199)


def test_ticks_are_named_where_they_stand():
    chart = Chart(4, 3, "")
    chart.panel((1, 1, 2, 1), Scale(0, 2, "x", ((0, "a"), (2, "b"))), Scale(0, 1, "y", ((0.5, "half"),)))
    found = {one.text: one for one in chart.letterings}
    assert (found["a"].x, found["b"].x) == pytest.approx((DPI, 3 * DPI))
    assert found["half"].y == pytest.approx(1.5 * DPI)
    assert found["half"].anchor == "rm"
    assert found["x"].y > found["a"].y > 2 * DPI
    assert found["y"].turned
    assert found["y"].x < found["half"].x


@pytest.mark.parametrize(
    ("low", "high", "whole", "texts"),
    [
        (0, 1, False, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.9, 1, False, ["0.90", "0.92", "0.94", "0.96", "0.98", "1.00"]),
        (0.8, 5.2, True, ["1", "2", "3", "4", "5"]),
        (0.5, 1.5, True, ["1"]),
        (-2, 2, False, ["−2", "−1", "0", "1", "2"]),
        (0, 2.1e-5, False, ["0", "5e−06", "1e−05", "1.5e−05", "2e−05"]),
        (0, 60000, False, ["0", "10000", "20000", "30000", "40000", "50000", "60000"]),
    ],
)
def test_ticks_are_round_numbers_told_apart(low, high, whole, texts):
    assert [text for _, text in number_ticks(low, high, 6, whole)] == texts


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (1, 100, ["1", "2", "5", "10", "20", "50", "100"]),
        (0.02, 0.3, ["0.02", "0.05", "0.1", "0.2"]),
        (1e-6, 1, ["1e−06", "1e−05", "0.0001", "0.001", "0.01", "0.1", "1"]),
    ],
)
def test_decades_are_divided_where_there_are_few(low, high, texts):
    ticks = decade_ticks(low, high)
    assert [text for _, text in ticks] == texts
    assert [10**place for place, _ in ticks] == pytest.approx(
        [float(text.replace("−", "-")) for text in texts]
    )


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([0, 10], (-0.5, 10.5)),
        ([2, 2], (1.9, 2.1)),
        ([0], (-0.05, 0.05)),
        ([1e-5, 1e-5 + 1e-20], (9.5e-6, 1.05e-5)),
        ([np.nan], (-0.05, 1.05)),
    ],
)
def test_limits_leave_a_margin(values, limits):
    assert limits_of(np.array([*values, np.nan, np.inf], np.float64)) == pytest.approx(limits)


def test_a_legend_goes_where_no_line_is(panel):
    panel.line(np.linspace(0, 10, 20), np.linspace(1, 0.6, 20), Look("red"))
    list_inside(panel, [(Look("red"), "falling")])
    (words,) = [one for one in panel.chart.letterings if one.text == "falling"]
    assert panel.chart.height - words.y < panel.place(0, 0.5)[1]


def test_a_row_of_entries_ends_at_its_place(panel):
    line_up(panel.chart, [(Look("red"), "first"), (Look("red", width=0, mark="o"), "second")], (300, 170))
    first, second = panel.chart.letterings[-2:]
    assert first.x < second.x < 300
    assert (first.text, second.text, first.y) == ("first", "second", second.y)


def test_panels_are_divided_from_the_top():
    upper, lower = divide(5, 4, (2, 1), (1, 0.5, 0.5, 0.5), between=0.4)
    assert upper == pytest.approx((1, 2.2, 3.5, 1.3))
    assert lower == pytest.approx((1, 0.5, 3.5, 1.3))
    left, right = divide(5, 2, (1, 2), (1, 0.5, 0.5, 0.5))
    assert left == pytest.approx((1, 0.5, 1.25, 1))
    assert right == pytest.approx((3.25, 0.5, 1.25, 1))
