"""What was predicted and what was true over each measure that it was predicted from."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import GREY, RED, shorten
from nnlab.evaluation.figures.chart import Box, Chart, Look, Panel, divide
from nnlab.evaluation.figures.legend import Entry, list_inside
from nnlab.evaluation.figures.regression import point_look
from nnlab.evaluation.figures.scale import Scale, limits_of, numbered
from nnlab.evaluation.regression import name_outputs, pair_numbers
from nnlab.spec import DataSpec, Samples

_BELOW, _TOP, _GAP = 0.55, 0.5, 0.2
"""Inches below, above and between panels."""
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
    named = f"{target} ({shorten(spec.unit, 16)})" if spec.unit else target
    up = numbered(*limits_of(np.concatenate([truth[:, 0], predicted[:, 0]])), named, grid=True)
    chart, boxes = _arrange(len(order), _title(spec, target, features.shape[1]), up)
    for box, feature in zip(boxes, order, strict=False):
        x = features[:, feature]
        across = numbered(*limits_of(x), _feature_name(spec, feature), 5, grid=True)
        panel = chart.panel(box, across, up if box[0] == boxes[0][0] else up.bare)
        entries = _draw_panel(panel, x, (truth[:, 0], predicted[:, 0]), features.shape[1] == 1)
        if feature == order[0]:
            list_inside(panel, entries)
    return chart.save(path)


def rank_features(features: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Columns of `features`, (n, k), by the size of their correlation with `truth`, (n,), the largest first."""
    centred, wanted = features - features.mean(axis=0), truth - truth.mean()
    spread = np.sqrt((centred**2).sum(axis=0) * (wanted**2).sum())
    strength = np.divide(np.abs(wanted @ centred), spread, out=np.zeros(len(spread)), where=spread > 0)
    return np.argsort(-strength, kind="stable")


def _arrange(count: int, title: str, up: Scale) -> tuple[Chart, list[Box]]:
    """Rows of up to three panels, the numbers on the left of each row."""
    columns = min(count, 3)
    rows, left = -(-count // columns), 0.4 + up.widest
    width, height = max(6.0, 3.5 * columns), _TOP + (4.2 if count == 1 else 3.1) * rows
    inner = divide(width - left, height, (rows, columns), (_GAP, _BELOW, 0.15, _TOP))
    return Chart(width, height, title), [(left - _GAP + x, y, wide, tall) for x, y, wide, tall in inner]


def _title(spec: DataSpec, target: str, count: int) -> str:
    over = "" if count == 1 else " over the features it goes with most"
    return f"{target}, predicted and true{over}: {shorten(spec.name, 30)}"


def _feature_name(spec: DataSpec, feature: int) -> str:
    names = spec.features
    return shorten(names[feature], 40) if feature < len(names) else f"feature {feature}"


def _draw_panel(
    panel: Panel, x: np.ndarray, sides: tuple[np.ndarray, np.ndarray], alone: bool
) -> list[Entry]:
    """What was true and what was predicted, the latter as a curve where the feature stands alone; what is what."""
    along, (truth, predicted) = np.argsort(x, kind="stable"), sides
    points = replace(point_look(len(x), GREY), alpha=0.6)
    looks = points, Look(RED) if alone else replace(points, color=RED)
    for look, values in zip(looks, (truth, predicted), strict=True):
        panel.line(x[along], values[along], look, clipped=False)
    return [(looks[0], "true"), (looks[1], "predicted")]
