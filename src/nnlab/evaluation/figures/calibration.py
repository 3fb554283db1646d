"""How often the network is right when it says how sure it is."""

from pathlib import Path

from nnlab.evaluation.calibration import Reliability, measure_reliability
from nnlab.evaluation.confusion import divide
from nnlab.evaluation.figures.canvas import (
    BLUE,
    GREY,
    SKY,
    new_figure,
    place_axes,
    put_legend,
    save_figure,
    shorten,
)
from nnlab.evaluation.judgement import ClassOutcome


def draw_calibration(outcome: ClassOutcome, name: str, path: Path) -> Path:
    """The reliability diagram of Guo et al. (2017), and below it how often each confidence occurs."""
    reliability = measure_reliability(outcome.confidence, outcome.truth == outcome.predicted)
    figure = new_figure(4.9, 5.6, f"Calibration: {shorten(name, 36)}", arranged=False)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    place_axes(figure, 0.6, 0.55, 0.15, 0.6, between=0.2)
    upper.set_title(f"expected calibration error {reliability.error:.4f}", color=GREY, y=1.0)
    _draw_accuracy(upper, reliability)
    shares = 100 * divide(reliability.count, reliability.count.sum())
    lower.bar(
        reliability.edges[:-1], shares, width=1 / len(shares), align="edge", color=SKY, edgecolor="white"
    )
    lower.set(xlabel="confidence (probability of the predicted class)", ylabel="% of samples", xlim=(0, 1))
    lower.grid(axis="y")
    return save_figure(figure, path)


def _draw_accuracy(axes, reliability: Reliability) -> None:
    filled = reliability.count > 0
    left, width = reliability.edges[:-1][filled], 1 / len(filled)
    bars = axes.bar(
        left, reliability.accuracy[filled], width=width, align="edge", color=SKY, alpha=0.6, edgecolor="white"
    )
    points = axes.plot(
        reliability.confidence[filled], reliability.accuracy[filled], "o", color=BLUE, markersize=4
    )[0]
    ideal = axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (2, 2)))[0]
    labels = ["accuracy in the bin", "at its mean confidence", "perfectly calibrated"]
    put_legend(axes, [bars, points, ideal], labels, loc="upper left", fontsize=8)
    axes.set(ylabel="accuracy", ylim=(0, 1.02))
    axes.grid(axis="y")
