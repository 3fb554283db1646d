"""Axes below a header: where matplotlib's own tight layout with a `rect` puts them."""

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import TightLayoutEngine

from nnlab.evaluation.figures.arrangement import BelowHeader, lower_axes

HEADER = 0.2


def arranged(engine: TightLayoutEngine, rows: int, columns: int) -> list[tuple[float, ...]]:
    figure = Figure(figsize=(6, 5), layout=engine)
    FigureCanvasAgg(figure)
    for number, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        axes.plot([0, 10 ** (number + 2)])
        axes.set_xlabel("epoch")
        axes.set_title("loss")
    figure.suptitle("A title")
    engine.execute(figure)
    return [tuple(axes.get_position().extents) for axes in figure.axes]


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 2), (3, 2)])
def test_axes_stand_where_matplotlib_puts_them_below_a_header(rows, columns):
    own = BelowHeader()
    own.header = HEADER
    theirs = arranged(TightLayoutEngine(rect=(0, 0, 1, 1 - HEADER)), rows, columns)
    for found, expected in zip(arranged(own, rows, columns), theirs, strict=True):
        assert found == pytest.approx(expected, abs=0.01)


def test_a_header_that_leaves_no_room_changes_nothing():
    figure = Figure()
    figure.subplots(2, 1)
    before = [axes.get_position().extents.tolist() for axes in figure.axes]
    lower_axes(figure, 5.0)
    assert [axes.get_position().extents.tolist() for axes in figure.axes] == before


def test_labels_are_measured_once(monkeypatch):
    measured = []
    measure = matplotlib.axis.Axis.get_tightbbox
    monkeypatch.setattr(
        matplotlib.axis.Axis,
        "get_tightbbox",
        lambda *given, **more: measured.append(1) or measure(*given, **more),
    )
    arranged(BelowHeader(), 1, 1)
    once = len(measured)
    arranged(TightLayoutEngine(), 1, 1)
    assert len(measured) == 3 * once
