"""What was predicted and what was true over each measure that it was predicted from."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, GREY, RED, new_figure, put_legend, save_figure, shorten
from nnlab.evaluation.regression import name_outputs, pair_numbers
from nnlab.spec import DataSpec, Samples

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_FEATURES = 6


def draw_by_feature(spec: DataSpec, test: Samples, predictions: np.ndarray, path: Path) -> Path:
    """The first output of every test sample, true and predicted, over the features that go with it most.

    A single feature makes the function itself: the curve that was learned and the true one.
    """
    truth, predicted = (numbers[:, 0] for numbers in pair_numbers(test, predictions))
    features = np.asarray(test.x, np.float64).reshape(len(test), -1)
    order = rank_features(features, truth)[:SHOWN_FEATURES]
    columns = min(len(order), 3)
    rows = -(-len(order) // columns)
    figure = new_figure(
        max(6.0, 3.5 * columns), 0.5 + (4.2 if len(order) == 1 else 3.1) * rows, _title(spec, features)
    )
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
    target = shorten(name_outputs(spec, 1)[0], 30)
    for axes, feature in zip(panels.flat, order, strict=False):
        _draw_panel(axes, features[:, feature], truth, predicted, joined=features.shape[1] == 1)
        axes.set_xlabel(_feature_name(spec, feature))
    for axes in panels[:, 0]:
        axes.set_ylabel(f"{target} ({shorten(spec.unit, 16)})" if spec.unit else target)
    for axes in list(panels.flat)[len(order) :]:
        axes.set_axis_off()
    _explain(panels.flat[0])
    return save_figure(figure, path)


def rank_features(features: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Columns of `features`, (n, k), by the size of their correlation with `truth`, (n,), the largest first."""
    centred, wanted = features - features.mean(axis=0), truth - truth.mean()
    spread = np.sqrt((centred**2).sum(axis=0) * (wanted**2).sum())
    strength = np.divide(np.abs(wanted @ centred), spread, out=np.zeros(len(spread)), where=spread > 0)
    return np.argsort(-strength, kind="stable")


def _title(spec: DataSpec, features: np.ndarray) -> str:
    over = "" if features.shape[1] == 1 else " over the features that go with it most"
    return f"Predicted and true{over}: {shorten(spec.name, 30)}"


def _feature_name(spec: DataSpec, feature: int) -> str:
    names = spec.features
    return shorten(names[feature], 40) if feature < len(names) else f"feature {feature}"


def _draw_panel(axes: "Axes", x: np.ndarray, truth: np.ndarray, predicted: np.ndarray, joined: bool) -> None:
    along = np.argsort(x, kind="stable")
    axes.plot(x[along], truth[along], color=GREY, **_look(len(x), joined))
    axes.plot(x[along], predicted[along], color=RED if joined else BLUE, **_look(len(x), joined))
    axes.grid()


def _look(count: int, joined: bool) -> dict[str, Any]:
    if joined:
        return {"linestyle": "-"}
    size = 4 if count <= 2000 else 2
    return {"marker": "o", "linestyle": "", "markersize": size, "alpha": 0.6, "markeredgewidth": 0}


def _explain(axes: "Axes") -> None:
    put_legend(axes, axes.get_lines(), ["true", "predicted"], loc="best", fontsize=8)
