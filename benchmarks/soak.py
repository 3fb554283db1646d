"""python -m benchmarks.soak: kill runs at random and inside writes until they are done; docs/reliability.md.

Every run is killed several times and typed again each time. In the end its weights and every metric series
must equal the straight run's to the bit, in one MLflow run, each point once.
"""

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
EPOCHS = 6
LAYERS = "model.layers=[Flatten,{Dense:{units:32,activation:relu}},BatchNormalization,{Dropout:{rate:0.3}}]"
WORDS = (
    "dataset=digits",
    "model=layers",
    LAYERS,
    "callbacks=[reduce_lr,early_stopping]",
    "callbacks.reduce_lr.patience=1",
    f"trainer.epochs={EPOCHS}",
    "trainer.progress=none",
)
_SILENT: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
MOMENT, WRITE = "at a random moment", "inside a write"
# The process kills itself at its n-th write of a checkpoint: before it, half-way through it, before the rename.
_IN_A_WRITE = """
import os, random, signal, sys
from pathlib import Path
left, where = int(sys.argv.pop(1)), sys.argv.pop(1)
write, replace = Path.write_bytes, os.replace

def die(): os.kill(os.getpid(), signal.SIGKILL)

def half(path, data):
    global left
    left -= path.suffix == ".part"
    if not left and where != "rename":
        write(path, data[: len(data) // 2] if where == "half" else b"")
        die()
    return write(path, data)

def swap(source, target):
    if not left and where == "rename":
        die()
    return replace(source, target)

Path.write_bytes, os.replace = half, swap
from nnlab.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@dataclass
class Tally:
    """What came of the kills."""

    kills: dict[str, int] = field(default_factory=lambda: {MOMENT: 0, WRITE: 0})
    runs: int = 0
    lost: int = 0
    doubled: int = 0
    different: int = 0

    @property
    def total(self) -> int:
        """All kills."""
        return sum(self.kills.values())


def main() -> int:
    """Kill until the number is reached and every run is done; 1 where anything was lost, doubled or different."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how many at least (default 100)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default 0)")
    parser.add_argument("--output", type=Path, default=PAGE, help="default docs/reliability.md")
    options = parser.parse_args()
    began, chance, tally = time.perf_counter(), random.Random(options.seed), Tally()
    with tempfile.TemporaryDirectory(prefix="nnlab-soak-") as work:
        while tally.total < options.kills:
            _try_one(Path(work) / str(tally.runs), chance, tally)
            print(f"{tally.total} kills, {tally.runs} runs: {tally}", file=sys.stderr, flush=True)
    options.output.write_text(_page(tally, options, time.perf_counter() - began), encoding="utf-8")
    return 1 if tally.lost or tally.doubled or tally.different else 0


def _try_one(folder: Path, chance: random.Random, tally: Tally) -> None:
    words = (*WORDS, f"seed={tally.runs}")
    straight, broken = folder / "straight", folder / "broken"
    for place in (straight, broken):
        place.mkdir(parents=True)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "nnlab", *words], cwd=straight, check=True, capture_output=True)
    longest = time.perf_counter() - began
    while _kill(broken, words, chance, longest, tally):
        pass
    tally.runs += 1
    _judge(straight, broken, tally)


def _kill(folder: Path, words: tuple[str, ...], chance: random.Random, longest: float, tally: Tally) -> bool:
    """Start or go on, and kill; False once the run has come to its end."""
    kind = chance.choice([MOMENT, WRITE])
    if kind == MOMENT:
        process = subprocess.Popen([sys.executable, "-m", "nnlab", *words], cwd=folder, **_SILENT)
        try:
            code = process.wait(chance.uniform(0.3, 1.1) * longest)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
    else:
        moment = [str(chance.randint(1, 3)), chance.choice(["empty", "half", "rename"])]
        command = [sys.executable, "-c", _IN_A_WRITE, *moment, *words]
        code = subprocess.run(command, cwd=folder, **_SILENT).returncode
    if code == -signal.SIGKILL:
        tally.kills[kind] += 1
        return True
    assert code == 0, f"a run that was gone on with ended with {code}"
    return False


def _judge(straight: Path, broken: Path, tally: Tally) -> None:
    expected, found = _record(straight), _record(broken)
    tally.doubled += len(found) - 1
    tally.doubled += sum(len(series) - len({step for step, _ in series}) for series in found[0].values())
    tally.lost += sum(len(set(expected[0][key]) - set(found[0].get(key, []))) for key in expected[0])
    tally.different += expected[0] != found[0] or _weights(straight) != _weights(broken)


def _record(folder: Path) -> list[dict[str, list[tuple[int, float]]]]:
    """Every run of a store, as its metric series without the times."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    runs = client.search_runs([found.experiment_id for found in client.search_experiments()])
    return [
        {
            key: [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, key)]
            for key in run.data.metrics
            if not key.startswith("time/")
        }
        for run in runs
    ]


def _weights(folder: Path) -> str:
    import keras

    (file,) = folder.glob("outputs/*/*/model/model.keras")
    model: Any = keras.models.load_model(file)
    return hashlib.sha256(b"".join(value.tobytes() for value in model.get_weights())).hexdigest()


def _page(tally: Tally, options: argparse.Namespace, seconds: float) -> str:
    machine = describe_machine()
    return f"""# Reliability

Made by `python -m benchmarks.soak --kills {options.kills} --seed {options.seed}` in {seconds / 60:.0f} minutes.
{machine}

Small networks (dense, batch normalisation, dropout; ReduceLROnPlateau and EarlyStopping; {EPOCHS} epochs) are
killed with SIGKILL and typed again, until they are done. Then each is held against the same run without a kill.

| | |
|---|---|
| runs | {tally.runs} |
| kills {MOMENT} | {tally.kills[MOMENT]} |
| kills {WRITE} of a checkpoint (empty, half-written, before its rename) | {tally.kills[WRITE]} |
| metric points lost | {tally.lost} |
| metric points or runs that are there twice | {tally.doubled} |
| runs whose weights or series differ in any bit | {tally.different} |
"""


if __name__ == "__main__":
    sys.exit(main())
