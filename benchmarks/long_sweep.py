"""A long sweep of tiny runs: does the process that leads it grow, and how soon does it answer when all is done?"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from benchmarks.rounds import checked

RUNS = {"full": 100, "tiny": 4}
"""How many, for each of the grids."""
ANSWER_BAR = 5.0
"""Seconds in which a sweep whose runs have all finished is to answer."""
GROWTH_BAR = 1.1
"""Memory at the end over memory when a tenth of the runs was done: what flat means."""
_TICK = 0.2


@dataclass(frozen=True)
class LongSweep:
    """runs: how many. memory: of the leading process in MB (10⁶ bytes), after each run. answers: seconds."""

    runs: int
    memory: Sequence[float]
    answers: Sequence[float]

    @property
    def growth(self) -> float:
        """Its memory at the end over its memory when a tenth of the runs was done."""
        return self.memory[-1] / self.memory[len(self.memory) // 10]


def run_long_sweep(runs: int, rounds: int, folder: Path) -> LongSweep:
    """Run a sweep of so many runs once, and type it again `rounds` times. Raises RuntimeError."""
    words = ["-m", "dataset=digits", "model=perceptron", "trainer.epochs=1", "trainer.steps_per_epoch=2"]
    command = [sys.executable, "-m", "nnlab", *words, f"seed=range({runs})"]
    own = folder / "long"
    own.mkdir()
    memory = _watch(command, own, runs)
    answers = [checked(command, 0, own).seconds for _ in range(rounds)]
    print(f"sweep of {runs} tiny runs: done", flush=True)
    return LongSweep(runs, memory, answers)


def _watch(command: list[str], folder: Path, runs: int) -> list[float]:
    """The memory of the leading process, which is not that of its workers, whenever another run has finished."""
    settings = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    found: list[float] = []
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=log)
        leader = psutil.Process(process.pid)
        while process.poll() is None:
            if held := _held(leader):
                found += [held] * (_finished(folder) - len(found))
            time.sleep(_TICK)
        if process.returncode or len(found) < runs // 2:
            log.seek(0)
            told = log.read().decode("utf-8", "replace")
            raise RuntimeError(f"a sweep of {runs} runs: ended with {process.returncode}:\n{told}")
    return found


def _held(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / 1e6
    except psutil.Error:
        return 0.0


def _finished(folder: Path) -> int:
    ledgers = folder.glob("outputs/*/*/ledger.jsonl")
    return sum(file.read_text(encoding="utf-8").count('"state": "FINISHED"') for file in ledgers)


def describe_long_sweep(found: LongSweep) -> str:
    """Its section of the page, as Markdown."""
    answer, tenth = median(found.answers), found.memory[len(found.memory) // 10]
    told = f"{answer:.1f} ({min(found.answers):.1f}–{max(found.answers):.1f})"
    return "\n".join(
        [
            f"## A sweep of {found.runs} tiny runs\n",
            "The process that leads it, without those that it starts; then the same words again, all finished.\n",
            "| | | bar |",
            "|---|---|---|",
            f"| its memory after {len(found.memory) // 10 + 1} runs, MB | {tenth:.0f} | |",
            f"| after the last, MB | {found.memory[-1]:.0f} | "
            f"≤ {GROWTH_BAR:g}×: {_verdict(found.growth <= GROWTH_BAR)} |",
            f"| answers with everything finished in, s: median (min–max) | {told} | "
            f"≤ {ANSWER_BAR:g} s: {_verdict(answer <= ANSWER_BAR)} |\n",
        ]
    )


def _verdict(reached: bool) -> str:
    return "reached" if reached else "**not reached**"
