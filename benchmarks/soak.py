"""python -m benchmarks.soak: kill runs at random and inside writes until they are done; docs/reliability.md.

Every run is killed several times and typed again each time. In the end its weights and every metric series
must equal the straight run's to the bit, in one MLflow run, each point once.
"""

import argparse
import gc
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.fatal_writes import WRITES, die_in
from benchmarks.machine import describe_machine

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
TITLE = "## The soak\n"
EPOCHS = 20
"""Short ones, so that a run can be killed often before it is done."""
LAYERS = "model.layers=[Flatten,{Dense:{units:16,activation:relu}},BatchNormalization,{Dropout:{rate:0.3}}]"
WORDS = (
    "dataset=digits",
    "model=layers",
    LAYERS,
    "callbacks=[reduce_lr,early_stopping,checkpoint]",
    "callbacks.reduce_lr.patience=1",
    "callbacks.early_stopping.patience=15",
    f"trainer.epochs={EPOCHS}",
    "trainer.threads=1",
    "trainer.progress=none",
)
STORE = "mlflow.db"
OF_THE_MACHINE = ("time/", "memory/")
"""Metrics that are never the same twice."""
MOMENT = "at a random moment"
MOST_KILLS = 15
"""Of one run: after so many it may end."""

Series = dict[str, list[tuple[int, float]]]


@dataclass
class Tally:
    """What came of the kills."""

    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*WRITES, MOMENT), 0))
    runs: int = 0
    lost: int = 0
    doubled: int = 0
    different: int = 0
    repeated: int = 0

    @property
    def total(self) -> int:
        """All kills."""
        return sum(self.kills.values())

    @property
    def good(self) -> bool:
        """Nothing lost, doubled, different, or trained again that was safe."""
        return not (self.lost or self.doubled or self.different or self.repeated)


def main(words: list[str] | None = None) -> int:
    """Kill until the number is reached and every run is done; 1 where anything was lost, doubled or different."""
    options = _options(words)
    preload_all()
    began, chance, tally = time.perf_counter(), random.Random(options.seed), Tally()
    with tempfile.TemporaryDirectory(prefix="nnlab-soak-") as work:
        make_store(Path(work))
        while tally.total < options.kills:
            try_one(Path(work) / str(tally.runs), chance, tally)
            print(f"{tally.total} kills, {tally.runs} runs: {tally}", file=sys.stderr, flush=True)
            report = _report(tally, options, time.perf_counter() - began)
            if options.output:
                before, *_ = options.output.read_text(encoding="utf-8").partition(TITLE)
                options.output.write_text(before + TITLE + report, encoding="utf-8")
    return 0 if tally.good else 1


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how many at least (default 100)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default 0)")
    parser.add_argument(
        "--output", type=Path, help=f"the page whose last part is written anew, as {PAGE.name}"
    )
    return parser.parse_args(words)


def preload_all() -> None:
    """Import once what every attempt needs: it is forked from here, as a sweep's runs are."""
    from nnlab.sweeps.forkserver import preload

    preload()
    gc.freeze()


def make_store(folder: Path) -> None:
    """A store that the runs get copies of: making one takes as long as several epochs."""
    from nnlab.tracking.store import ensure_store

    pid = os.fork()
    if pid == 0:
        ensure_store(folder / STORE, None)
        os._exit(0)
    assert _wait(pid) == 0


def try_one(folder: Path, chance: random.Random, tally: Tally) -> None:
    """Train straight, then kill another of the same plan until it is done, and compare."""
    words = (*WORDS, f"seed={tally.runs}")
    straight, broken = folder / "straight", folder / "broken"
    for place in (straight, broken):
        place.mkdir(parents=True)
        shutil.copy(folder.parent / STORE, place)
    began = time.perf_counter()
    assert _wait(_start(straight, words)) == 0, _said(straight)
    longest = time.perf_counter() - began
    for number in range(100):
        if _kill(broken, words, chance, longest, tally, number < MOST_KILLS):
            break
    tally.runs += 1
    _judge(straight, broken, tally)


def _kill(
    folder: Path, words: tuple[str, ...], chance: random.Random, longest: float, tally: Tally, deadly: bool
) -> bool:
    """Start or go on, and kill; whether the run has come to its end."""
    kind = list(tally.kills)[tally.total % len(tally.kills)]
    count = chance.randint(1, WRITES.get(kind, 1))
    if not deadly:
        code = _wait(_start(folder, words))
    elif kind == MOMENT:
        code = _wait(_start(folder, words), chance.uniform(0.05, 1.05) * longest)
    else:
        code = _wait(_start(folder, words, lambda: die_in(kind, count)))
    if code == -signal.SIGKILL:
        tally.kills[kind] += 1
        return False
    assert code == 0, f"a run that was gone on with ended with {code}:\n{_said(folder)}"
    return True


def _start(folder: Path, words: tuple[str, ...], prepare: Callable[[], None] | None = None) -> int:
    """The process of a command line, forked; what it says is in said.txt."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.chdir(folder)
        log = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for stream in (1, 2):
            os.dup2(log, stream)
        if prepare:
            prepare()
        from nnlab.__main__ import main as nnlab

        code = nnlab(list(words))
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait(pid: int, seconds: float | None = None) -> int:
    """A process's exit code; it is killed where it takes longer."""
    until = time.monotonic() + (seconds or 600.0)
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _judge(straight: Path, broken: Path, tally: Tally) -> None:
    (expected,), found = _records(straight), _records(broken)
    tally.doubled += len(found) - 1
    tally.doubled += sum(len(points) - len({step for step, _ in points}) for points in found[0].values())
    tally.lost += sum(len(set(points) - set(found[0].get(key, []))) for key, points in expected.items())
    tally.different += expected != found[0] or _bits(straight) != _bits(broken)
    tally.repeated += _repeated(broken)


def _records(folder: Path) -> list[Series]:
    """Every run of a store, as its metric series. Read without MLflow, which starts threads."""
    with closing(sqlite3.connect(folder / "mlflow.db")) as store:
        runs = [run for (run,) in store.execute("SELECT run_uuid FROM runs")]
        query = "SELECT key, step, value FROM metrics WHERE run_uuid = ? ORDER BY key, step"
        found: list[Series] = []
        for run in runs:
            found.append({})
            for key, step, value in store.execute(query, (run,)):
                if not key.startswith(OF_THE_MACHINE):
                    found[-1].setdefault(key, []).append((step, value))
    return found


def _bits(folder: Path) -> dict[str, str]:
    """The digest of each array that a run's folder keeps: its weights, and those of its best epoch."""
    import h5py

    digests: dict[str, str] = {}

    def note(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            digests[name] = hashlib.sha256(item[()].tobytes()).hexdigest()

    (file,) = folder.glob("outputs/*/*/model/weights.h5")
    with h5py.File(file) as content:
        content.visititems(note)
    return digests


def _said(folder: Path) -> str:
    return (folder / "said.txt").read_text(encoding="utf-8", errors="replace")


def _repeated(folder: Path) -> int:
    """How often a run went on from before an epoch whose checkpoint had been whole: never more than one back."""
    said = _said(folder).splitlines()
    begun = [int(line.split()[4]) for line in said if line.startswith("goes on after epoch")]
    return sum(later < earlier for earlier, later in pairwise(begun))


def _report(tally: Tally, options: argparse.Namespace, seconds: float) -> str:
    inside = "".join(f"| kills in {kind} | {tally.kills[kind]} |\n" for kind in WRITES)
    return f"""
Made by `python -m benchmarks.soak --kills {options.kills} --seed {options.seed}` in {seconds / 60:.0f} minutes.
{describe_machine()}

Small networks (dense, batch normalisation, dropout; {EPOCHS} epochs, ReduceLROnPlateau, EarlyStopping and
ModelCheckpoint) are killed with SIGKILL and typed again, until they are done. Then each is held against the same
run without a kill.

| | |
|---|---|
| runs | {tally.runs} |
| kills | {tally.total} |
| kills {MOMENT} | {tally.kills[MOMENT]} |
{inside}| metric points lost | {tally.lost} |
| metric points or runs that are there twice | {tally.doubled} |
| runs whose weights or series differ in any bit | {tally.different} |
| times that an epoch which was safe was trained again | {tally.repeated} |
"""


if __name__ == "__main__":
    sys.exit(main())
