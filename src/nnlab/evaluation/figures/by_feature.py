"""What was predicted and what was true over each measure that it was predicted from."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import GREY, RED, new_figure, put_legend, save_figure, shorten
from nnlab.evaluation.regression import name_outputs, pair_numbers
from nnlab.spec import DataSpec, Samples

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN_FEATURES = 6
MOST_POINTS = 20_000
"""So many test samples are drawn at the most: more only hide each other."""


def draw_by_feature(spec: DataSpec, test: Samples, predictions: np.ndarray, path: Path) -> Path:
    """The first output of the test samples, true and predicted, over the features that go with it most.

    Of a single feature what was predicted is drawn as the curve that was learned. Of more than MOST_POINTS
    samples as many are drawn, evenly chosen.
    """
    if len(test) > MOST_POINTS:
        rows = np.linspace(0, len(test) - 1, MOST_POINTS).astype(int)
        test, predictions = Samples(test.x[rows], test.y[rows]), predictions[rows]
    truth, predicted = pair_numbers(test, predictions)
    target = shorten(name_outputs(spec, truth.shape[1])[0], 30)
    features = np.asarray(test.x, np.float64).reshape(len(test), -1)
    order = rank_features(features, truth[:, 0])[:SHOWN_FEATURES]
    figure, panels = _arrange(len(order), _title(spec, target, features.shape[1]))
    for axes, feature in zip(panels.flat, order, strict=False):
        _draw_panel(axes, features[:, feature], truth[:, 0], predicted[:, 0], features.shape[1] == 1)
        axes.set_xlabel(_feature_name(spec, feature))
    for axes in panels[:, 0]:
        axes.set_ylabel(f"{target} ({shorten(spec.unit, 16)})" if spec.unit else target)
    for axes in list(panels.flat)[len(order) :]:
        axes.set_axis_off()
    put_legend(panels.flat[0], panels.flat[0].get_lines(), ["true", "predicted"], loc="best", fontsize=8)
    return save_figure(figure, path)


def rank_features(features: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Columns of `features`, (n, k), by the size of their correlation with `truth`, (n,), the largest first."""
    centred, wanted = features - features.mean(axis=0), truth - truth.mean()
    spread = np.sqrt((centred**2).sum(axis=0) * (wanted**2).sum())
    strength = np.divide(np.abs(wanted @ centred), spread, out=np.zeros(len(spread)), where=spread > 0)
    return np.argsort(-strength, kind="stable")


def _arrange(count: int, title: str) -> tuple["Figure", np.ndarray]:
    columns = min(count, 3)
    rows = -(-count // columns)
    figure = new_figure(max(6.0, 3.5 * columns), 0.5 + (4.2 if count == 1 else 3.1) * rows, title)
    return figure, figure.subplots(rows, columns, squeeze=False, sharey=True)


def _title(spec: DataSpec, target: str, count: int) -> str:
    over = "" if count == 1 else " over the features it goes with most"
    return f"{target}, predicted and true{over}: {shorten(spec.name, 30)}"


def _feature_name(spec: DataSpec, feature: int) -> str:
    names = spec.features
    return shorten(names[feature], 40) if feature < len(names) else f"feature {feature}"


def _draw_panel(axes: "Axes", x: np.ndarray, truth: np.ndarray, predicted: np.ndarray, alone: bool) -> None:
    along = np.argsort(x, kind="stable")
    size = 4 if len(x) <= 2000 else 2
    points = {"marker": "o", "linestyle": "", "markersize": size, "alpha": 0.6, "markeredgewidth": 0}
    axes.plot(x[along], truth[along], color=GREY, **points)
    axes.plot(x[along], predicted[along], color=RED, **({} if alone else points))
    axes.grid()
