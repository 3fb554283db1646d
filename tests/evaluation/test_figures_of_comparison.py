"""What stands in the figures of many networks: which are named, where each lies, and what is said of the rest."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text
from PIL import Image

from nnlab.evaluation.figures.by_key import draw_by_key
from nnlab.evaluation.figures.canvas import CYCLE, INK, SILVER
from nnlab.evaluation.figures.importance import Share, draw_importance
from nnlab.evaluation.figures.learning import draw_learning
from nnlab.evaluation.figures.overlay import Curve, Measure
from nnlab.evaluation.figures.parallel import draw_parallel
from nnlab.evaluation.figures.pareto import Cost, draw_pareto, find_front
from nnlab.evaluation.figures.scoreboard import Scoreboard
from nnlab.evaluation.figures.varied import Varied


def board_of(count, std=1.0, grows=True, label="network {}", left_out=0):
    """Networks of which the last has most."""
    mean = np.linspace(50, 90, count)
    labels = tuple(label.replace("{}", str(number)) for number in range(count))
    return Scoreboard(labels, mean, np.full(count, std), "validation accuracy (%)", grows, left_out)


def words(figure):
    return [" ".join(text.get_text().split()) for text in figure.findobj(Text) if text.get_text().strip()]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.fixture
def drawn(figures, tmp_path):
    """Draw with one of these functions and give the figure; nothing of it may leave its picture."""

    def draw(function, *arguments):
        function(*arguments, "several: digits", tmp_path / "it.png")
        figure = figures["it.png"]
        with Image.open(tmp_path / "it.png") as image:
            ticks = {label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)
                     for label in axis.get_ticklabels(which="both")}  # fmt: skip
            for text in set(figure.findobj(Text)) - ticks:
                if text.get_text().strip() and text.get_visible():
                    box = text.get_window_extent()
                    assert box.x0 >= -1, text.get_text()
                    assert box.x1 <= image.width + 1, text.get_text()
                    assert -1 <= box.y0 < box.y1 <= image.height + 1, text.get_text()
        return figure

    return draw


def curves_of(board, repeats=3):
    return {place: Curve("", np.arange(1, 5), np.full((repeats, 4), score) + np.arange(repeats)[:, None])
            for place, score in enumerate(board.mean / 100)}  # fmt: skip


def test_the_leading_curves_have_a_colour_and_a_name_and_the_others_none(drawn):
    board = board_of(40)
    axes = drawn(draw_learning, board, curves_of(board), Measure("validation accuracy", percent=True)).axes[0]
    assert legend(axes)[:2] == ["1. network 39", "2. network 38"]
    assert legend(axes)[6:] == ["the 34 others"]
    colors = [to_hex(line.get_color()) for line in axes.lines]
    assert colors[:6] == [to_hex(color) for color in CYCLE[:6]]
    assert set(colors[6:]) == {SILVER}
    assert len(axes.collections) == 6
    assert axes.lines[0].get_ydata()[0] == pytest.approx(100 * (0.9 + 1))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "validation accuracy (%)")


def test_after_a_single_epoch_the_others_are_dots(drawn):
    board = board_of(8)
    once = {
        place: Curve("", np.arange(1, 2), np.full((3, 1), score)) for place, score in enumerate(board.mean)
    }
    axes = drawn(draw_learning, board, once, Measure("loss")).axes[0]
    dots = [line.get_ydata() for line in axes.lines if to_hex(line.get_color()) == SILVER]
    assert np.ravel(dots).tolist() == sorted(board.mean[:2], reverse=True)
    assert {line.get_marker() for line in axes.lines if to_hex(line.get_color()) == SILVER} == {"o"}


def test_the_names_of_curves_hide_no_data(drawn):
    board = board_of(
        8, label="optimizer=RMSprop optimizer.learning_rate=0.000{} model.neurons=[64,64,64] " * 3
    )
    axes = drawn(draw_learning, board, curves_of(board), Measure("loss")).axes[0]
    assert axes.get_legend().get_window_extent().x0 >= axes.get_window_extent().x1
    assert all(name.count("\n") == 2 for name in legend(axes)[:6])


def test_networks_without_a_curve_are_counted(drawn):
    board = board_of(40)
    curves = {place: curve for place, curve in curves_of(board).items() if place > 29}
    axes = drawn(draw_learning, board, curves, Measure("loss")).axes[0]
    assert legend(axes)[6:] == ["4 of the 34 others"]
    assert len(axes.lines) == 10


def test_two_single_runs_have_no_others_and_no_band(drawn):
    board = board_of(2, std=0.0)
    figure = drawn(draw_learning, board, curves_of(board, repeats=1), Measure("loss"))
    assert legend(figure.axes[0]) == ["1. network 1", "2. network 0"]
    assert not figure.axes[0].collections
    assert "2 networks; ranked by validation accuracy" in words(figure)


def test_it_is_said_how_many_have_no_score(drawn):
    figure = drawn(draw_parallel, board_of(3, left_out=2), [Varied("a", np.arange(3.0))])
    assert any("2 without a finite score left out" in text for text in words(figure))


def test_places_between_the_ends_of_an_axis():
    assert Varied("a", np.array([1.0, 3, 2, np.nan])).fractions(np.array([1.0, 2])).tolist() == [0, 0.5]
    rate = Varied("rate", np.array([1e-4, 1e-2]), log=True)
    assert rate.fractions(np.array([1e-4, 1e-3, 1e-2])) == pytest.approx([0, 0.5, 1])
    assert Varied("a", np.array([2.0, 2])).fractions(np.array([2.0, np.nan])).tolist()[0] == 0.5


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (Varied("neurons", np.array([8.0, 16, 32])), ["8", "16", "32"]),
        (Varied("rate", np.array([1e-4, 1e-1]), log=True), ["0.0001", "0.1"]),
        (Varied("rate", np.geomspace(2e-4, 0.3, 20), log=True), ["0.001", "0.01", "0.1"]),
        (Varied("rate", np.array([2e-4, 4e-4, 0.0017, 0.002, 0.05]), log=True), ["0.001", "0.01"]),
        (Varied("rate", np.linspace(0, 1, 30)), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (Varied("close", np.array([0.0, 0.01, 1])), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (Varied("word", np.arange(2.0), ("null", "a name that is long")), ["null", "a name that is…"]),
        (Varied("many", np.arange(30.0), tuple(map(str, range(30)))), [str(n) for n in range(0, 30, 3)]),
    ],
)  # fmt: skip
def test_what_is_written_along_an_axis(key, written):
    assert [word for _, word in key.ticks()] == written


def test_a_line_goes_through_its_values_to_its_score(drawn):
    board = Scoreboard(
        ("a", "b", "c"), np.array([50.0, 60, 90]), np.zeros(3), "accuracy", True, (2, 1, 0), "it"
    )
    keys = [
        Varied("rate", np.array([0.1, 0.001, 0.01]), log=True),
        Varied("kind", np.array([0.0, 1, np.nan]), ("x", "y")),
    ]
    axes = drawn(draw_parallel, board, keys).axes[0]
    lines = [
        np.asarray(line.get_ydata())
        for line in axes.lines
        if len(line.get_ydata()) == 3 and line.get_marker() == "None"
    ]
    assert [line.round(3).tolist() for line in lines] == [[1, 0, 0], [0, 1, 0.25], [0.5, -0.13, 1]]
    assert "no such key" in words(axes.figure)
    (best,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert np.asarray(best.get_ydata()).round(3).tolist() == [0.5, -0.13, 1]


def test_lines_through_one_value_lie_side_by_side_and_better_ones_are_darker(drawn):
    axes = drawn(draw_parallel, board_of(40), [Varied("neurons", np.repeat([8.0, 16], 20))]).axes[0]
    lines = [line for line in axes.lines if line.get_linewidth() == 1.1]
    heights = np.array([line.get_ydata()[0] for line in lines])
    assert len(set(heights.round(6))) == 40
    assert np.ptp(heights[heights > 0.5]) < 0.1
    light = {line.get_ydata()[-1]: sum(line.get_color()[:3]) for line in lines}
    assert light[1.0] < light[0.0]


def test_less_is_better_is_drawn_dark(drawn):
    axes = drawn(draw_parallel, board_of(3, grows=False), [Varied("a", np.arange(3.0))]).axes[0]
    light = {
        line.get_ydata()[-1]: sum(line.get_color()[:3])
        for line in axes.lines
        if line.get_marker() == "None" and len(line.get_color()) == 4
    }
    assert light[0.0] < light[1.0]
    assert any("dark: low, which is better" in text for text in words(axes.figure))


def test_of_too_many_keys_the_first_are_drawn(drawn):
    keys = [Varied(f"a_section.key_{number}", np.arange(4.0)) for number in range(12)]
    said = words(drawn(draw_parallel, board_of(4), keys))
    assert any("the first 7 of 12 keys" in text for text in said)
    assert "a_section. key_6" in said
    assert "a_section. key_7" not in said
    assert len(drawn(draw_by_key, board_of(4), keys).axes) == 9


def points(axes):
    (container,) = axes.containers
    return [np.asarray(values).tolist() for values in container.lines[0].get_data()]


def test_a_panel_shows_every_network_that_has_the_key(drawn):
    keys = [
        Varied("rate", np.array([0.1, 0.01, 0.1, np.nan]), log=True),
        Varied("kind", np.array([0.0, 0, 1, 1]), ("x", "y")),
    ]
    rate, kind = drawn(draw_by_key, board_of(4), keys).axes[:2]
    assert points(rate)[0] == [0.1, 0.01, 0.1]
    assert points(rate)[1] == pytest.approx([50, 50 + 40 / 3, 50 + 80 / 3])
    assert (rate.get_xscale(), kind.get_xscale()) == ("log", "linear")
    assert rate.get_title("left") == "1 without this key not shown"
    assert points(kind)[0] == pytest.approx([-0.04, 0.04, 0.96, 1.04])
    assert rate.get_ylabel() == "validation accuracy (%)"
    assert (rate.get_xlabel(), kind.get_xlabel()) == ("rate", "kind")


def test_a_dash_is_the_mean_of_a_value_that_several_have(drawn):
    axes = drawn(draw_by_key, board_of(5), [Varied("n", np.array([8.0, 8, 16, 16, 32]))]).axes[0]
    dashes = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "_"]
    assert dashes == [(8, 55), (16, 75)]
    (ring,) = [line for line in axes.lines if line.get_markerfacecolor() == "none"]
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (32, 90)


def test_a_front_is_what_no_other_beats():
    cost, score = np.array([1.0, 2, 2, 3, 3, 4]), np.array([5.0, 7, 6, 7, 8, 1])
    assert find_front(cost, score, grows=True).tolist() == [0, 1, 4]
    assert find_front(cost, score, grows=False).tolist() == [0, 5]
    assert find_front(cost[:1], score[:1], grows=True).tolist() == [0]
    assert find_front(np.ones(3), np.ones(3), grows=True).tolist() == [0]


def test_the_front_is_named_with_ranks_and_the_others_are_grey(drawn):
    board = board_of(4)
    cost = Cost("parameters", np.array([100.0, 50, 2000, 30000]))
    axes = drawn(draw_pareto, board, cost).axes[0]
    assert legend(axes) == ["3. network 1", "2. network 2", "1. network 3"]
    assert [text.get_text() for text in axes.texts] == ["3", "2", "1"]
    grey, *front = axes.containers
    assert to_hex(grey.lines[0].get_color()) == SILVER
    assert points_of(grey) == [(100, 50)]
    assert [points_of(one)[0][0] for one in front] == [50, 2000, 30000]
    assert [to_hex(one.lines[0].get_color()) for one in front] == [
        to_hex(color) for color in (CYCLE[2], CYCLE[1], CYCLE[0])
    ]
    assert (axes.get_xscale(), axes.get_xlabel()) == ("log", "parameters")
    line = axes.lines[0]
    assert (line.get_drawstyle(), np.asarray(line.get_xdata()).tolist()) == (
        "steps-post",
        [50, 2000, 30000, 30000],
    )


def points_of(container):
    return list(zip(*(np.asarray(values).tolist() for values in container.lines[0].get_data()), strict=True))


def test_of_a_long_front_the_best_are_listed(drawn):
    board = board_of(60)
    axes = drawn(draw_pareto, board, Cost("parameters", np.arange(1.0, 61))).axes[0]
    assert [text.get_text() for text in axes.texts] == [str(rank) for rank in range(10, 0, -1)]
    assert legend(axes)[0] == "10. network 50"
    assert legend(axes)[-1] == "1. network 59\n… and 50 cheaper on the line"
    assert {to_hex(one.lines[0].get_color()) for one in axes.containers} >= {to_hex(INK)}


def test_shares_are_bars_in_per_cent_the_keys_first(drawn):
    shares = [Share("small", 0.1), Share("seed", 0.3, of_key=False), Share("large", 0.6)]
    axes = drawn(draw_importance, shares, "how to read it").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["large", "small", "seed"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([60, 10, 30])
    assert [text.get_text() for text in axes.texts] == ["60 %", "10 %", "30 %"]
    assert to_hex(axes.patches[2].get_facecolor()) == SILVER
    assert "how to read it" in words(axes.figure)


NASTY = "$x_1^2$ _hidden <b> \\frac név 漢字 🐱 line\nbreak " + "long_word_" * 30 + "{}"


@pytest.mark.parametrize("count", [1, 2, 60])
def test_any_number_of_networks_under_any_name_is_drawn_without_complaint(count, drawn, recwarn):
    board = board_of(count, label=NASTY, std=0.0 if count == 1 else 2.0)
    keys = [
        Varied(NASTY, np.arange(count, dtype=float), tuple(f"{NASTY}{n}" for n in range(count))),
        Varied("rate", np.geomspace(1e-5, 1, count) if count > 1 else np.ones(1), log=True),
        Varied("one.value", np.ones(count)),
    ]
    drawn(draw_learning, board, curves_of(board), Measure(NASTY))
    drawn(draw_by_key, board, keys)
    drawn(draw_parallel, board, keys)
    drawn(draw_pareto, board, Cost("parameters", np.geomspace(10, 1e6, count)))
    assert not recwarn.list
