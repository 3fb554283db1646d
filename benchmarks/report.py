"""Whole processes and quick commands, as sections of docs/benchmarks.md."""

from collections.abc import Sequence
from statistics import median

from benchmarks.cases import Command
from benchmarks.process import Measure
from benchmarks.rounds import Pairs, accuracies

MEMORY_BAR = 1.15


def ratios(pairs: Pairs) -> tuple[float, float]:
    """Medians of nnlab/script within each round: wall time, peak memory."""
    both = list(zip(pairs.nnlab, pairs.script, strict=True))
    wall = median(ours.seconds / theirs.seconds for ours, theirs in both)
    return wall, median(ours.megabytes / theirs.megabytes for ours, theirs in both)


def describe_case(pairs: Pairs) -> str:
    """The section of one network, as Markdown."""
    bar = pairs.case.bar
    wall, memory = ratios(pairs)
    rows = [
        f"## {pairs.case.name}\n",
        f"{pairs.case.work}: `nnlab {' '.join(pairs.case.words)}`\n",
        "| median (min–max) | wall time, s | peak memory, MB | test accuracy |",
        "|---|---|---|---|",
        _row("script", pairs.script),
        _row("nnlab", pairs.nnlab),
        f"| ratio, paired | {wall:.2f}× | {memory:.2f}× | |",
        f"| bar | ≤ {bar:.2f}×: {_verdict(wall, bar)} | "
        f"≤ {MEMORY_BAR:.2f}×: {_verdict(memory, MEMORY_BAR)} | |",
    ]
    return "\n".join(rows) + "\n"


def _row(side: str, measures: Sequence[Measure]) -> str:
    seconds = _spread([one.seconds for one in measures], ".1f")
    memory = _spread([one.megabytes for one in measures], ".0f")
    return f"| {side} | {seconds} | {memory} | {_spread(accuracies(measures), '.4f')} |"


def describe_commands(measured: Sequence[tuple[Command, list[Measure]]]) -> str:
    """The section of the commands that train nothing, as Markdown."""
    rows = [
        "## Commands that train nothing\n",
        "| command | exit code | wall time, s: median (min–max) | bar |",
        "|---|---|---|---|",
    ]
    for command, measures in measured:
        seconds = [one.seconds for one in measures]
        bar = f"< {command.bar:g} s: {_verdict(median(seconds), command.bar)}" if command.bar else "–"
        rows.append(
            f"| `nnlab {' '.join(command.words)}` | {command.code} | {_spread(seconds, '.2f')} | {bar} |"
        )
    return "\n".join(rows) + "\n"


def _spread(values: Sequence[float], style: str) -> str:
    return f"{median(values):{style}} ({min(values):{style}}–{max(values):{style}})"


def _verdict(value: float, bar: float) -> str:
    return "reached" if value <= bar else "**not reached**"
