"""What stands in the figures of two networks' answers."""

import numpy as np
import pytest

from nnlab.evaluation.figures.answers import Answered, Group, draw_pictures, draw_texts
from nnlab.evaluation.figures.canvas import BLUE, INK, RED
from nnlab.evaluation.figures.changes import Change, draw_changes, draw_closeness


@pytest.fixture
def drawn(figures, tmp_path):
    """Draw with one of these functions and give the figure."""

    def draw(function, *arguments):
        function(*arguments, tmp_path / "it.png")
        return figures["it.png"]

    return draw


FIXED = Answered(3, "cat", (("dog", 0.5), ("cat", 0.99999)))
BROKEN = Answered(1, "dog", (("dog", 0.75), ("a very long name of a class", 0.25)))
GROUPS = [Group("fixed", 12, [FIXED] * 7), Group("broken", 1, [BROKEN]), Group("both wrong", 0, [])]


def test_each_group_is_a_row_of_pictures_with_what_was_said_of_each(drawn, words):
    images = np.arange(4, dtype=np.uint8)[:, None, None] * np.ones((4, 3, 3), np.uint8)
    figure = drawn(draw_pictures, GROUPS, images, "two networks", "A: mlp; B: cnn")
    said = words(figure)
    assert {"two networks", "A: mlp; B: cnn", "fixed\n(12)", "broken\n(1)"} <= set(said)
    assert said.count("true: cat") == 5
    assert {"A: dog  50.0 %", "B: cat  > 99.9 %", "true: dog", "A: dog  75.0 %"} <= set(said)
    assert any(text.startswith("B: a very") and text.endswith("…  25.0 %") for text in said)
    assert not any("both wrong" in text for text in said)
    shown = [picture[0, 0, 0] for picture in figure.pasted]
    assert shown == [255] * 5 + [85]


def test_right_answers_are_blue_and_wrong_ones_red(drawn):
    assert [color for _, color in FIXED.caption] == [INK, RED, BLUE]
    assert [color for _, color in BROKEN.caption] == [INK, BLUE, RED]


def test_texts_are_quoted_below_what_was_said_of_them(drawn, words):
    texts = np.array(["zero", "It was<br />fine, " * 40, "two", "three"], object)
    said = words(drawn(draw_texts, GROUPS, texts, "two networks", "A: mlp; B: cnn"))
    assert {"fixed (12)", "broken (1)", "A: dog  50.0 %", "test sample 3", "three"} <= set(said)
    assert said.count("three") == 4
    (long,) = [text for text in said if text.startswith("It was fine, It was")]
    assert long.count("\n") == 1
    assert long.endswith("…")


def test_each_class_has_what_is_broken_to_the_left_and_fixed_to_the_right(drawn):
    figure = drawn(draw_changes, [Change("cat", 9, 4, 1), Change("dog", 8, 0, 2)], "changes", "A and B")
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [-1, -2, 4, 0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat (9)", "dog (8)"]
    assert [text.get_text() for text in axes.texts] == ["1", "2", "4", "0"]
    low, high = axes.get_xlim()
    assert low == -high
    axes.figure.canvas.draw()
    assert not any("−" in label.get_text() for label in axes.get_xticklabels())
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "A right, B wrong",
        "A wrong, B right",
    ]


def test_of_very_many_classes_those_that_change_most_are_shown_in_their_order(drawn, words):
    classes = [Change(f"class {number}", 10, number, 0) for number in range(100)]
    figure = drawn(draw_changes, classes, "changes", "A and B")
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == [f"class {number} (10)" for number in range(60, 100)]
    assert any("the 40 classes of 100 that change most" in text for text in words(figure))


def test_nothing_that_changes_is_drawn_too(drawn):
    assert [
        bar.get_width() for bar in drawn(draw_changes, [Change("a", 1, 0, 0)], "t", "e").axes[0].patches
    ] == [0, 0]


def test_each_sample_is_a_point_by_both_errors_on_axes_that_are_alike(drawn, recwarn):
    first, second = np.array([0.0, 0.1, 10]), np.array([1.0, 0.0, 2])
    axes = drawn(draw_closeness, first, second, "absolute error ($)", "errors", "A and B").axes[0]
    line, points = axes.lines
    assert (np.asarray(points.get_xdata()).tolist(), np.asarray(points.get_ydata()).tolist()) == (
        [0.1, 0.1, 10], [1, 0.1, 2],
    )  # fmt: skip
    assert axes.get_xlim() == axes.get_ylim()
    assert np.array_equal(line.get_xdata(), line.get_ydata())
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("A: absolute error ($)", "B: absolute error ($)")
    assert not recwarn.list


def test_two_networks_without_any_error_are_drawn(drawn, recwarn):
    drawn(draw_closeness, np.zeros(3), np.zeros(3), "mean squared error", "errors", "A and B")
    assert not recwarn.list
