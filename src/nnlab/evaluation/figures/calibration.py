"""How often the network is right when it says how sure it is."""

from pathlib import Path

import numpy as np

from nnlab.evaluation.calibration import Reliability, measure_reliability
from nnlab.evaluation.confusion import divide as share_out
from nnlab.evaluation.figures.canvas import BLUE, SKY, shorten
from nnlab.evaluation.figures.chart import DOTTED, Chart, Look, Panel
from nnlab.evaluation.figures.legend import Entry, list_entries
from nnlab.evaluation.figures.scale import Scale, number_ticks, numbered
from nnlab.evaluation.judgement import ClassOutcome

_LEFT, _BOTTOM, _WIDTH, _LOWER, _BETWEEN, _UPPER = 0.65, 0.55, 4.1, 1.05, 0.2, 3.2
"""Inches: beside and below the panels, their width, and from below the lower, the space between, the upper."""
_FAINT = 0.6


def draw_calibration(outcome: ClassOutcome, name: str, path: Path) -> Path:
    """The reliability diagram of Guo et al. (2017), and below it how often each confidence occurs."""
    reliability = measure_reliability(outcome.confidence, outcome.truth == outcome.predicted)
    chart = Chart(4.9, 5.6, f"Calibration: {shorten(name, 36)}")
    upper = chart.panel((_LEFT, _BOTTOM + _LOWER + _BETWEEN, _WIDTH, _UPPER), *_upper_scales())
    upper.title(f"expected calibration error {reliability.error:.4f}")
    entries = _draw_accuracy(upper, reliability)
    list_entries(chart, entries, (upper.left, upper.bottom + upper.height), size=8)
    shares = 100 * share_out(reliability.count, reliability.count.sum())
    top = 1.05 * shares.max()
    lower = chart.panel(
        (_LEFT, _BOTTOM, _WIDTH, _LOWER),
        numbered(0, 1, "confidence (probability of the predicted class)"),
        numbered(0, top, "% of samples", 4, grid=True),
    )
    lower.bars(
        (reliability.edges[:-1], reliability.edges[1:]), (np.zeros(len(shares)), shares), SKY, edge="white"
    )
    return chart.save(path)


def _upper_scales() -> tuple[Scale, Scale]:
    """That of confidence has its numbers below the lower panel."""
    return numbered(0, 1, "").bare, Scale(0, 1.02, "accuracy", number_ticks(0, 1, 6), grid=True)


def _draw_accuracy(panel: Panel, reliability: Reliability) -> list[Entry]:
    filled = reliability.count > 0
    accuracy, edges = reliability.accuracy[filled], reliability.edges
    sides = edges[:-1][filled], edges[1:][filled]
    panel.bars(sides, (np.zeros(len(accuracy)), accuracy), SKY, edge="white", alpha=_FAINT)
    points = Look(BLUE, width=0, mark="o")
    panel.line(reliability.confidence[filled], accuracy, points, clipped=False)
    panel.line([0, 1], [0, 1], DOTTED)
    bars = Look(SKY, width=6, alpha=_FAINT)
    return [
        (bars, "accuracy in the bin"),
        (points, "at its mean confidence"),
        (DOTTED, "perfectly calibrated"),
    ]
