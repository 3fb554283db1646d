"""Steady epochs, the machine's peak and accuracies by precision, as sections of docs/benchmarks.md."""

from collections.abc import Mapping, Sequence
from statistics import mean, median

from benchmarks.steady import KERAS, NNLAB, SEEDS, TORCH, Found

TOLERANCE = 0.001
"""How far the accuracy of bfloat16 may lie from that of float32: 0.1 point."""


def describe_steady(found: Sequence[Found], rounds: int) -> str:
    """The section of steady epochs, as Markdown."""
    rows = [
        "## Steady epochs\n",
        f"Seconds of one epoch, the first of each process left out: medians of {rounds} rounds, the sides\n"
        "taking turns. `model.fit` and PyTorch as one writes them by hand (`benchmarks/scripts/steady_*.py`),\n"
        "`model.fit` always in float32; nnlab's epochs hold its checkpoints.\n",
        "| network | work | model.fit, s | PyTorch, s | nnlab, s | faster than PyTorch | than model.fit | bar |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        torch = TORCH in one.seconds
        theirs = (f"{median(one.seconds[TORCH]):.3f}", f"{one.ratio(TORCH):.2f}×") if torch else ("–", "–")
        ratio = one.ratio(KERAS)
        bar = f"≥ {one.case.bar:g}×: {'reached' if ratio >= one.case.bar else '**not reached**'}"
        times = f"{median(one.seconds[KERAS]):.3f} | {theirs[0]} | {median(one.seconds[NNLAB]):.3f}"
        rows.append(f"| {one.case.name} | {one.case.work} | {times} | {theirs[1]} | {ratio:.2f}× | {bar} |")
    return "\n".join(rows) + "\n"


def describe_peak(peak: Mapping[str, float], found: Sequence[Found]) -> str:
    """The section on the machine's peak, as Markdown."""
    rows = [
        "## Share of the machine's peak\n",
        "Large operations by TensorFlow's kernels on all cores, the best of several tries: a product of\n"
        "matrices of 2048 × 2048, and a convolution as in the CNN: 128 images of 26 × 26 × 32, 64 filters of\n"
        "3 × 3.\n",
        "| | float32, GFLOP/s | bfloat16, GFLOP/s |",
        "|---|---|---|",
        *(
            f"| {name} | {peak[f'{name} float32']:.0f} | {peak[f'{name} bfloat16']:.0f} |"
            for name in ("matmul", "convolution")
        ),
        "\nWhole training steps, forward, backward and update; only products and convolutions are counted:\n",
        "| network | GFLOP/s in steady epochs | of a large product | of a convolution |",
        "|---|---|---|---|",
    ]
    for one in found:
        shares = [one.gigaflops / peak[f"{name} {one.case.precision}"] for name in ("matmul", "convolution")]
        rows.append(f"| {one.case.name} | {one.gigaflops:.0f} | {shares[0]:.0%} | {shares[1]:.0%} |")
    return "\n".join(rows) + "\n"


def describe_accuracy(found: Mapping[str, Sequence[float]], epochs: int, images: int | None = None) -> str:
    """The section on accuracy by precision, as Markdown. images: how many were trained on, None for all."""
    means = {precision: mean(values) for precision, values in found.items()}
    apart = means["bfloat16"] - means["float32"]
    seeds = ", ".join(map(str, SEEDS))
    rows = [
        "## Accuracy in bfloat16\n",
        f"The CNN after {epochs} epochs of {images or 'all'} training images, seeds {seeds}.\n",
        "| precision | test accuracy by seed | mean |",
        "|---|---|---|",
    ]
    for precision, values in found.items():
        rows.append(
            f"| {precision} | {', '.join(f'{value:.4f}' for value in values)} | {means[precision]:.4f} |"
        )
    reached = "reached" if abs(apart) <= TOLERANCE else "**not reached**"
    rows.append(f"\nbfloat16 − float32: {100 * apart:+.2f} points; bar: at most 0.1 point apart: {reached}")
    return "\n".join(rows) + "\n"
