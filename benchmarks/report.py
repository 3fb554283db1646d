"""docs/benchmarks.md: what was measured, against which bar, reached or not."""

from collections.abc import Sequence
from statistics import median

from benchmarks.cases import Command
from benchmarks.process import Measure
from benchmarks.rounds import Pairs, accuracies

WALL_BAR = 1.0
MEMORY_BAR = 1.15

_HEAD = """# Benchmarks

Whole processes, from start to end, of `python -m nnlab …` against a script of plain `model.fit` that does the same
work (`benchmarks/scripts/`): same network, epochs, batches, split, data as arrays on the disk. The script trains
and prints its test accuracy; nnlab also tracks the run, judges and draws it, saves three model files, loads each
again and compares. Script and nnlab alternate, after one warm-up of each. Peak memory is the largest resident set.

- machine: {machine}
- load when it began: {load:.2f}
- command: `make bench ARGS="{arguments}"`: {rounds} {unit}
"""
_BEST_WITH = 5
"""Rounds below which a median says little."""


def write_report(
    pairs: Sequence[Pairs],
    commands: Sequence[tuple[Command, list[Measure]]],
    rounds: int,
    machine: str,
    load: float,
    arguments: str,
) -> str:
    """The page as Markdown."""
    unit = "round" if rounds == 1 else "rounds"
    head = _HEAD.format(machine=machine, load=load, arguments=arguments, rounds=rounds, unit=unit)
    few = f"\n**A trial of {rounds} {unit}, not a result.**\n" if rounds < _BEST_WITH else ""
    return "\n".join([head + few, *(_case(one) for one in pairs), _commands(commands)])


def ratios(pairs: Pairs) -> tuple[float, float]:
    """Medians of nnlab/script within each round: wall time, peak memory."""
    both = list(zip(pairs.nnlab, pairs.script, strict=True))
    wall = median(ours.seconds / theirs.seconds for ours, theirs in both)
    return wall, median(ours.megabytes / theirs.megabytes for ours, theirs in both)


def _case(pairs: Pairs) -> str:
    wall, memory = ratios(pairs)
    rows = [
        f"## {pairs.case.name}\n",
        f"{pairs.case.work}: `nnlab {' '.join(pairs.case.words)}`\n",
        "| median (min–max) | wall time, s | peak memory, MB | test accuracy |",
        "|---|---|---|---|",
        _row("script", pairs.script),
        _row("nnlab", pairs.nnlab),
        f"| ratio, paired | {wall:.2f}× | {memory:.2f}× | |",
        f"| bar | ≤ {WALL_BAR:.2f}×: {_verdict(wall, WALL_BAR)} | "
        f"≤ {MEMORY_BAR:.2f}×: {_verdict(memory, MEMORY_BAR)} | |",
    ]
    return "\n".join(rows) + "\n"


def _row(side: str, measures: Sequence[Measure]) -> str:
    seconds = _spread([one.seconds for one in measures], ".1f")
    memory = _spread([one.megabytes for one in measures], ".0f")
    return f"| {side} | {seconds} | {memory} | {_spread(accuracies(measures), '.4f')} |"


def _commands(measured: Sequence[tuple[Command, list[Measure]]]) -> str:
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
