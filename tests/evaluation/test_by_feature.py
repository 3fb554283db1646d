"""Predicted and true over the features, read from the figure before it becomes pixels."""

import numpy as np
import pytest

from nnlab.evaluation.figures.by_feature import draw_by_feature, rank_features
from nnlab.evaluation.figures.canvas import drawing
from nnlab.evaluation.figures.chart import Panel
from nnlab.spec import DataSpec, Samples

HOUSES = DataSpec(
    "houses", "regression", (3,), "float32", features=("age", "noise", "poverty"), target="price"
)


@pytest.fixture
def draw(figures, tmp_path):
    def draw(spec, x, truth, predicted):
        with drawing():
            draw_by_feature(spec, Samples(x, truth), predicted, tmp_path / "it.png")
        return figures["it.png"]

    return draw


def houses(count=30):
    x = np.random.default_rng(0).normal(size=(count, 3)).astype(np.float32)
    return x, 0.5 * x[:, 0] - 2 * x[:, 2]


def test_the_feature_that_goes_with_the_target_most_comes_first(draw):
    x, truth = houses()
    chart = draw(HOUSES, x, truth, truth[:, None] + 1)
    first, second, third = chart.panels
    assert [panel.x.name for panel in (first, third)] == ["poverty", "noise"]
    assert [panel.y.name for panel in (first, second)] == ["price", ""]
    true, predicted = first.points
    along = np.argsort(x[:, 2])
    np.testing.assert_allclose(true, first.place(x[along, 2], truth[along]))
    np.testing.assert_allclose(predicted, first.place(x[along, 2], truth[along] + 1))


def test_over_a_single_feature_the_prediction_is_a_curve_from_left_to_right(draw, words, monkeypatch):
    looks = []
    line = Panel.line
    monkeypatch.setattr(Panel, "line", lambda *given, **more: looks.append(given[3]) or line(*given, **more))
    x = np.array([[0.9], [0.1], [0.5]], np.float32)
    spec = DataSpec("logistic_map", "regression", (1,), "float32", features=("x(0)",), target="x(1)")
    chart = draw(spec, x, np.array([9.0, 1, 5]), np.array([[8.0], [2], [4]]))
    (panel,) = chart.panels
    np.testing.assert_allclose(
        panel.points, [panel.place(x[[1, 2, 0], 0], y) for y in ([1, 5, 9], [2, 4, 8])]
    )
    assert [(look.width > 0, look.mark) for look in looks] == [(False, "o"), (True, "")]
    assert words(chart)[-2:] == ["true", "predicted"]


def test_unnamed_features_are_numbered_and_only_the_first_are_drawn(draw):
    x = np.random.default_rng(0).normal(size=(40, 9))
    chart = draw(DataSpec("own", "regression", (9,), "float32"), x, x[:, 7], x[:, 7:8])
    assert chart.panels[0].x.name == "feature 7"
    assert len(chart.panels) == 6


def test_a_feature_that_never_changes_is_ranked_last():
    x, truth = houses()
    assert list(rank_features(np.c_[np.ones(30), x[:, 2]], truth)) == [1, 0]
    assert list(rank_features(x, np.ones(30))) == [0, 1, 2]
