"""A grid of small MLPs on MNIST, run in four ways: what a sweep costs beside what people do without one."""

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.process import Measure
from benchmarks.rounds import SCRIPTS, checked

NNLAB, RESUMED = "nnlab -m", "nnlab -m, all finished before"
BARS = {"a shell loop of scripts": 6.0, "Hydra's basic launcher": 2.0, "joblib": 1.3}
"""How many times faster than each of these nnlab is to be."""
RESUME_BAR, BESIDE_BAR = 5.0, 0.5
"""Seconds: of the answer where all has finished, and of a run beyond its training."""


@dataclass(frozen=True)
class Grid:
    """Every combination is one network."""

    neurons: tuple[int, ...]
    optimizers: tuple[str, ...]
    seeds: tuple[int, ...]
    epochs: int

    @property
    def runs(self) -> int:
        """How many networks."""
        return len(self.neurons) * len(self.optimizers) * len(self.seeds)


GRIDS = {
    "full": Grid((16, 32, 64, 128), ("sgd", "adam"), (0, 1, 2), 3),
    "tiny": Grid((8,), ("sgd", "adam"), (0,), 1),
}


def sides(grid: Grid, data: Path) -> dict[str, list[list[str]]]:
    """The commands of each side, to be run one after another."""
    scripts = {name: str(SCRIPTS / f"{name}.py") for name in ("small_mlp", "grid_hydra", "grid_joblib")}
    loop = itertools.product(grid.neurons, grid.optimizers, grid.seeds)
    neurons, optimizers, seeds = (
        ",".join(map(str, values)) for values in (grid.neurons, grid.optimizers, grid.seeds)
    )
    lists = [f"optimizer={optimizers}", f"seed={seeds}"]
    nnlab = [
        sys.executable,
        "-m",
        "nnlab",
        "-m",
        "dataset=mnist",
        "model=mlp",
        f"model.neurons={neurons}",
        *lists,
    ]
    nnlab += [f"trainer.epochs={grid.epochs}", "trainer.batch_size=128"]
    hydra = [f"folder={data}", f"neurons={neurons}", *lists, f"epochs={grid.epochs}"]
    return {
        "a shell loop of scripts": [
            [sys.executable, scripts["small_mlp"], str(data), *map(str, job), str(grid.epochs)]
            for job in loop
        ],
        "Hydra's basic launcher": [[sys.executable, scripts["grid_hydra"], "-m", *hydra]],
        "joblib": [
            [sys.executable, scripts["grid_joblib"], str(data), neurons, optimizers, seeds, str(grid.epochs)]
        ],
        NNLAB: [[*nnlab, "rerun=true"]],
        RESUMED: [nnlab],
    }


def run_grid(grid: Grid, rounds: int, data: Path, folder: Path) -> dict[str, list[Measure]]:
    """`rounds` of every side, the order turning round from one to the next. Raises RuntimeError."""
    commands = sides(grid, data)
    found: dict[str, list[Measure]] = {side: [] for side in commands}
    names = [side for side in commands if side != RESUMED]
    for number in range(rounds):
        turn = number % len(names)
        for side in [*names[turn:], *names[:turn], RESUMED]:
            parts = [checked(command, 0, folder) for command in commands[side]]
            found[side].append(_together(parts))
            print(f"grid of {grid.runs}, {side}: round {number + 1} of {rounds} done", flush=True)
    return found


def seconds_beside_training(folder: Path) -> list[float]:
    """Of each run of the sweeps in this folder's store: all of its time but what its epochs took."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    runs = client.search_runs(
        [found.experiment_id for found in client.search_experiments()], max_results=1000
    )
    children = [run.data.metrics for run in runs if "mlflow.parentRunId" in run.data.tags]
    return [metrics["time/total_s"] - metrics["time/fit_s"] for metrics in children]


def _together(parts: Sequence[Measure]) -> Measure:
    output = "".join(part.output for part in parts)
    return Measure(sum(part.seconds for part in parts), max(part.megabytes for part in parts), 0, output)


def describe_grid(grid: Grid, found: dict[str, list[Measure]], beside: Sequence[float]) -> str:
    """The grid's section of the page, as Markdown. beside: of each run, the seconds that are not training."""
    own = [one.seconds for one in found[NNLAB]]
    widths, optimizers = " or ".join(map(str, grid.neurons)), " or ".join(grid.optimizers)
    work = f"one hidden layer of {widths}, {optimizers}, seeds {grid.seeds}, {grid.epochs} epochs"
    rows = [
        f"## A sweep of {grid.runs} small networks\n",
        f"MNIST, {work}. `nnlab -m` runs each network in a process of its own, tracks, judges, draws and saves\n"
        "it; the other three ways train and test only.\n",
        "| way | wall time, s: median (min–max) | nnlab is faster by | bar |",
        "|---|---|---|---|",
    ]
    for side, measures in found.items():
        seconds = [one.seconds for one in measures]
        shown = f"{median(seconds):.1f} ({min(seconds):.1f}–{max(seconds):.1f})"
        ratio = median(theirs / ours for theirs, ours in zip(seconds, own, strict=True))
        rows.append(f"| {side} | {shown} | {_compare(side, ratio, median(seconds))} |")
    cost, verdict = median(beside), _verdict(median(beside) <= BESIDE_BAR)
    rows.append(
        f"\nBeyond its training a run takes {cost:.1f} s ({min(beside):.1f}–{max(beside):.1f}) for data, network, "
        f"judging, nine figures, three files and the record; bar ≤ {BESIDE_BAR:g} s: {verdict}."
    )
    return "\n".join(rows) + "\n"


def _compare(side: str, ratio: float, seconds: float) -> str:
    if side == RESUMED:
        return f"| < {RESUME_BAR:g} s: {_verdict(seconds <= RESUME_BAR)}"
    return f"{ratio:.2f}× | ≥ {BARS[side]:g}×: {_verdict(ratio >= BARS[side])}" if side in BARS else "|"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "**not reached**"
