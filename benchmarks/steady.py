"""Epochs after the first ones: nnlab's loop against plain `model.fit`, PyTorch, and the machine's peak.

Each side is a process of its own, the sides take turns; the first epoch, in which things are compiled, does not
count.
"""

import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rounds import SCRIPTS, checked

WARM_UP = 1
"""Epochs of each process that do not count."""
KERAS, NNLAB, TORCH = "model.fit", "nnlab", "PyTorch"
SEEDS = (0, 1, 2)
_CNN = ("+experiments=cnn/dropout", "dataset.validation_split=0")
_BFLOAT16 = ("trainer.precision=mixed_bfloat16",)


@dataclass(frozen=True)
class Steady:
    """One network. network: what the scripts call it. images: of the training set, as many on every side.

    bar: how many times faster than plain `model.fit` in float32 nnlab is to be.
    """

    name: str
    network: str
    work: str
    words: tuple[str, ...]
    precision: str
    images: int
    epochs: int
    bar: float


@dataclass
class Found:
    """What the rounds of one case found: seconds of an epoch by side, operations an epoch."""

    case: Steady
    seconds: dict[str, list[float]] = field(default_factory=dict)
    flops: int = 0

    def ratio(self, side: str) -> float:
        """How many times faster than another side nnlab is: the median within the rounds."""
        pairs = zip(self.seconds[side], self.seconds[NNLAB], strict=True)
        return median(theirs / ours for theirs, ours in pairs)

    @property
    def gigaflops(self) -> float:
        """Billions of operations a second in nnlab's steady epochs."""
        return self.flops / median(self.seconds[NNLAB]) / 1e9


_MLP, _TE2 = ("+experiments=mlp/first",), ("+experiments=te2/mnist",)
STEADY = (
    Steady("mlp/first", "mlp/first", "784-64-64-10, batch 32", _MLP, "float32", 60_000, 4, 10),
    Steady("te2/mnist", "te2/mnist", "784-256-10, batch 128", _TE2, "float32", 60_000, 5, 2.5),
    Steady("cnn", "cnn", "two convolutions, batch 128", _CNN, "float32", 12_800, 3, 1.1),
    Steady("cnn, bfloat16", "cnn", "the same", (*_CNN, *_BFLOAT16), "bfloat16", 12_800, 3, 2),
)


def run_steady(
    cases: Sequence[Steady], rounds: int, data: Path, folder: Path, images: int | None = None
) -> list[Found]:
    """Measure every case; images: fewer of them, for a trial. Raises RuntimeError where a side fails."""
    found = [Found(case) for case in cases]
    for number in range(rounds):
        for one in found:
            before = [other for other in found[: found.index(one)] if other.case.network == one.case.network]
            known = {KERAS: before[0].seconds[KERAS][-1]} if before else {}
            commands = list(sides(one.case, data, images or one.case.images).items())
            ordered = commands if number % 2 else reversed(commands)
            measure_sides(one, known, dict(ordered), folder)
            print(f"steady epochs, {one.case.name}: round {number + 1} of {rounds} done", flush=True)
    return found


def measure_sides(
    found: Found, known: Mapping[str, float], commands: Mapping[str, list[str]], folder: Path
) -> None:
    """One measurement of each side, in the order of `commands`; known: what was measured in this round before."""
    for side, command in commands.items():
        seconds = known.get(side)
        if seconds is None:
            said = _answer(command, folder)
            seconds = median(said["seconds"][WARM_UP:])
            found.flops = said.get("flops", found.flops)
        found.seconds.setdefault(side, []).append(seconds)


def sides(case: Steady, data: Path, images: int) -> dict[str, list[str]]:
    """The command of each side; PyTorch only where it is installed."""
    numbers = [case.network, str(case.epochs), str(images)]
    own = [*case.words, f"trainer.epochs={case.epochs}"]
    if images < 60_000:
        # Of the images that validation leaves; the scripts cut the same share from what they take.
        own.append(f"dataset.samples={images * 4 // 5 if case.network == 'te2/mnist' else images}")
    commands = {
        KERAS: [sys.executable, str(SCRIPTS / "steady_keras.py"), str(data), *numbers],
        NNLAB: [sys.executable, "-m", "benchmarks.own_epochs", *own],
    }
    if importlib.util.find_spec("torch"):
        script = str(SCRIPTS / "steady_torch.py")
        commands[TORCH] = [sys.executable, script, str(data), *numbers, case.precision]
    return commands


def _answer(command: Sequence[str], folder: Path) -> Any:
    """The JSON that a process prints as its last line."""
    root = str(Path(__file__).parents[1])
    return json.loads(checked(command, 0, folder, PYTHONPATH=root).output.splitlines()[-1])


def run_peak(folder: Path) -> dict[str, float]:
    """GFLOP/s of large operations on this machine, now."""
    return _answer([sys.executable, "-m", "benchmarks.peak"], folder)


def run_accuracy(epochs: int, folder: Path, samples: int | None = None) -> dict[str, list[float]]:
    """Test accuracies of the CNN by precision, one a seed, after as many epochs each."""
    found: dict[str, list[float]] = {"float32": [], "bfloat16": []}
    for seed in SEEDS:
        for precision, more in (("float32", ()), ("bfloat16", _BFLOAT16)):
            words = [*_CNN, *more, f"seed={seed}", f"trainer.epochs={epochs}"]
            words += [f"dataset.samples={samples}"] if samples else []
            said = _answer([sys.executable, "-m", "benchmarks.own_epochs", *words], folder)
            found[precision].append(said["accuracy"])
        print(f"accuracy by precision: seed {seed} done", flush=True)
    return found
