"""Curves of several runs on one pair of axes: what is drawn of which numbers."""

import numpy as np
import pytest
from PIL import Image

from nnlab.evaluation.figures.overlay import Curve, Measure, draw_overlay, summarise

STEPS = np.array([1, 2, 3])


@pytest.fixture
def overlay(figures, tmp_path):
    """Draw curves and give the axes."""

    def draw(*curves, **options):
        draw_overlay(curves, Measure("loss", **options), "several", tmp_path / "it.png")
        return figures["it.png"].axes[0]

    return draw


def lines(axes):
    return [np.asarray(line.get_ydata()).tolist() for line in axes.lines]


def test_several_repeats_are_their_mean_and_a_band_of_one_deviation(overlay):
    axes = overlay(Curve("net", STEPS, np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 5.0]])))
    assert lines(axes) == [[2, 2, 4]]
    (band,) = axes.collections
    edges = band.get_paths()[0].vertices
    at_first = sorted(set(edges[edges[:, 0] == 1, 1].round(6)))
    assert at_first == pytest.approx([2 - 2**0.5, 2 + 2**0.5], abs=1e-5)
    assert axes.get_title("left") == "mean of 2 repeats, band ± 1 standard deviation"


def test_one_repeat_has_no_band(overlay):
    axes = overlay(Curve("net", STEPS, np.array([3.0, 2.0, 1.0])))
    assert lines(axes) == [[3, 2, 1]]
    assert not axes.collections
    assert axes.get_title("left") == ""


def test_validation_is_dashed_in_the_colour_of_its_curve(overlay):
    axes = overlay(Curve("a", STEPS, np.ones(3), np.zeros(3)), Curve("b", STEPS, np.ones(3)))
    solid, dashed, other = axes.lines
    assert solid.get_color() == dashed.get_color() != other.get_color()
    assert (solid.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    assert axes.get_title("left") == "solid: training, dashed: validation"


def test_a_normalised_curve_is_divided_by_its_own_largest_value(overlay):
    axes = overlay(
        Curve("a", STEPS, np.array([4.0, 2.0, np.nan]), np.array([8.0, 2.0, 4.0])),
        Curve("b", STEPS, np.array([0.1, 0.05, 0.1])),
        normalised=True,
    )
    drawn = lines(axes)
    assert drawn[0][:2] == [0.5, 0.25]
    assert drawn[1:] == [[1, 0.25, 0.5], [1, 0.5, 1]]
    assert axes.get_ylabel() == "loss / its maximum"


def test_per_cent_and_logarithm(overlay):
    axes = overlay(Curve("a", STEPS, np.array([0.5, 0.75, 1.0])), percent=True, log=True)
    assert lines(axes) == [[50, 75, 100]]
    assert axes.get_ylabel() == "loss (%)"
    assert axes.get_yscale() == "log"
    axes.figure.canvas.draw()
    assert "50" in [label.get_text() for label in axes.get_yticklabels()]


def test_every_one_of_twenty_curves_can_be_told_from_the_others(overlay, tmp_path):
    axes = overlay(*(Curve(f"network {number}", STEPS, np.full(3, number)) for number in range(20)))
    looks = {(line.get_color(), line.get_marker()) for line in axes.lines}
    assert len(looks) == 20
    axes.figure.canvas.draw()
    assert axes.get_legend().get_window_extent().x0 >= axes.get_window_extent().x1
    with Image.open(tmp_path / "it.png") as image:
        assert axes.get_legend().get_window_extent().x1 <= image.width


def test_a_single_epoch_is_a_point_with_an_error_bar(overlay):
    axes = overlay(Curve("net", np.array([1]), np.array([[1.0], [3.0]])))
    (bar,) = axes.containers
    assert bar.lines[0].get_marker() == "o"
    assert bar.has_yerr


@pytest.mark.parametrize("values", [np.zeros((2, 3)), np.full((2, 3), np.nan)])
@pytest.mark.parametrize("options", [{"normalised": True}, {"log": True}, {"percent": True}])
def test_zeros_and_numbers_that_never_were_are_drawn_without_complaint(overlay, values, options, recwarn):
    overlay(Curve("net", STEPS, values), **options)
    assert not recwarn.list


def test_a_repeat_that_stopped_early_counts_as_long_as_it_ran():
    mean, deviation = summarise(np.array([[1.0, 2.0, np.nan], [3.0, 2.0, 5.0], [5.0, np.nan, np.nan]]))
    assert mean.tolist() == [3, 2, 5]
    assert deviation == pytest.approx([2, 0, 0])
