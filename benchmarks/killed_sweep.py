"""python -m benchmarks.killed_sweep: kill a sweep of 24 runs three times, go on, hold it against a whole one.

Prints what came of it; ends with 1 where a run is there twice, lost, or its row of the table differs.
"""

import argparse
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from nnlab.sweeps.ledger import NAME as LEDGER
from nnlab.sweeps.ledger import read_ledger
from nnlab.tracking import tags

GRID = ("model=mlp", "model.neurons=16,32,64,128", "optimizer=sgd,adam", "seed=0,1,2")
RUNS = 24
_TIMED = ("seconds", "run")
_SILENT: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
_TICK = 0.2
_PATIENCE = 30.0
"""Seconds in which whatever a killed sweep had started must be gone."""


@dataclass(frozen=True)
class Kill:
    """One SIGKILL. finished: runs at that moment. orphans: processes that were left over."""

    finished: int
    orphans: int


@dataclass(frozen=True)
class Verdict:
    """What the store and the table say in the end, each a number that is to be 24 or 0."""

    children: int
    identities: int
    others: int
    not_finished: int
    points_twice: int
    rows_different: int

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or different."""
        wrong = (self.others, self.not_finished, self.points_twice, self.rows_different)
        return self.children == self.identities == RUNS and not any(wrong)


def main() -> int:
    """Run the sweep straight and killed, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.killed_sweep", description=__doc__)
    parser.add_argument("--kills", type=int, default=3, help="how many (default 3)")
    parser.add_argument("--dataset", default="mnist", help="default mnist")
    parser.add_argument("--epochs", type=int, default=1, help="of each run (default 1)")
    parser.add_argument("--folder", type=Path, help="a new one, in which both sweeps stay to be looked at")
    options = parser.parse_args()
    words = ["-m", f"dataset={options.dataset}", *GRID, f"trainer.epochs={options.epochs}"]
    command = [sys.executable, "-m", "nnlab", *words, "trainer.progress=none"]
    with nullcontext(options.folder) if options.folder else tempfile.TemporaryDirectory() as name:
        straight, broken = Path(name).resolve() / "straight", Path(name).resolve() / "broken"
        for folder in (straight, broken):
            folder.mkdir(parents=True)
        subprocess.run(command, cwd=straight, check=True, **_SILENT)
        marks = [RUNS * (number + 1) // (options.kills + 1) for number in range(options.kills)]
        kills = [kill(command, broken, mark) for mark in marks]
        subprocess.run(command, cwd=broken, check=True, **_SILENT)
        verdict = judge(straight, broken)
        began = started(broken)
    print(describe(words, kills, began, verdict))
    return 0 if verdict.good else 1


def kill(command: list[str], folder: Path, finished: int) -> Kill:
    """Start or go on, and kill the sweep's process alone as soon as so many runs have finished."""
    process = subprocess.Popen(command, cwd=folder, **_SILENT)
    while count_finished(folder) < finished:
        if process.poll() is not None:
            raise RuntimeError(f"the sweep ended with {process.returncode} before it was killed")
        time.sleep(_TICK)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until = time.monotonic() + _PATIENCE
    while (left := working_in(folder)) and time.monotonic() < until:
        time.sleep(_TICK)
    return Kill(count_finished(folder), left)


def count_finished(folder: Path) -> int:
    """Jobs of the sweep that its ledger says are finished."""
    return len({line["job"] for line in ledger(folder) if line.get("state") == "FINISHED"})


def started(folder: Path) -> int:
    """How many times a job was begun."""
    return sum(line.get("state") == "STARTED" for line in ledger(folder))


def ledger(folder: Path) -> list[dict[str, Any]]:
    """The lines of the only sweep in a folder; none before there is one."""
    return [line for file in folder.glob(f"outputs/*/*/{LEDGER}") for line in read_ledger(file.parent)]


def working_in(folder: Path) -> int:
    """How many processes have this as their working folder."""
    found = 0
    for process in psutil.process_iter():
        try:
            found += process.pid != os.getpid() and process.cwd() == str(folder)
        except psutil.Error:
            continue
    return found


def judge(straight: Path, broken: Path) -> Verdict:
    """Hold the killed sweep against the whole one."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{broken / 'mlflow.db'}")
    runs = client.search_runs([one.experiment_id for one in client.search_experiments()])
    parents = {run.info.run_id for run in runs if tags.SWEEP in run.data.tags}
    children = [run for run in runs if run.data.tags.get(tags.PARENT) in parents]
    steps = [
        (run.info.run_id, key, point.step)
        for run in runs
        for key in run.data.metrics
        for point in client.get_metric_history(run.info.run_id, key)
    ]
    expected, found = table(straight), table(broken)
    return Verdict(
        children=len(children),
        identities=len({run.data.tags[tags.IDENTITY] for run in children}),
        others=len(runs) - len(children) - 1,
        not_finished=sum(run.info.status != "FINISHED" for run in runs),
        points_twice=len(steps) - len(set(steps)),
        rows_different=(Counter(expected) - Counter(found)).total() + max(0, len(found) - len(expected)),
    )


def table(folder: Path) -> list[tuple[tuple[str, str], ...]]:
    """The sweep's table without times and ids."""
    (file,) = folder.glob("outputs/*/sweep-*/tables/summary.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return [tuple((key, value) for key, value in row.items() if key not in _TIMED) for row in rows]


def describe(words: list[str], kills: list[Kill], began: int, verdict: Verdict) -> str:
    """The figures, a line each."""
    lines = [
        f"nnlab {' '.join(words)}",
        f"killed with SIGKILL {len(kills)} times, after {', '.join(str(one.finished) for one in kills)} runs",
        f"processes left over: {sum(one.orphans for one in kills)}",
        f"runs begun {began} times, {began - RUNS} of them to go on with one that was under way",
        f"children of the parent: {verdict.children}, of {verdict.identities} identities",
        f"runs that are neither: {verdict.others}",
        f"runs that are not finished: {verdict.not_finished}",
        f"metric points that are there twice: {verdict.points_twice}",
        f"rows of the table that differ from the sweep without a kill: {verdict.rows_different}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
