"""python -m benchmarks.profile: where a run's wall time goes, into docs/performance.md.

With --against REVISION nnlab as it was then takes turns with nnlab as it is, in every round.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

from benchmarks.machine import describe_machine, load
from benchmarks.process import measure
from benchmarks.spans import COMPILING, MLFLOW, REST, STAGES, STEPS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
TRIED = Path(__file__).parent / "tried.md"
NOW = "now"
START, END = "starting Python", "ending the process"
RUNS = {
    "tiny": ("dataset=digits", "model=mlp", "model.neurons=16", "trainer.epochs=1"),
    "mlp/first": ("+experiments=mlp/first",),
    "te2/mnist": ("+experiments=te2/mnist",),
    "cnn/dropout": ("+experiments=cnn/dropout", "trainer.epochs=1", "dataset.samples=19200"),
}
TRAINING = ("between the steps", COMPILING, STEPS, "validation")
IMPORTS = (START, "importing nnlab's own modules", "importing TensorFlow and Keras", MLFLOW)
BESIDE_BAR = 2.0
"""Seconds that everything beyond imports and training may take."""


@dataclass(frozen=True)
class Profile:
    """One run: its wall time, and the seconds of each stage."""

    seconds: float
    stages: Mapping[str, float]

    @property
    def beside(self) -> float:
        """The seconds that are neither imports nor training."""
        return self.seconds - sum(self.stages.get(name, 0.0) for name in (*IMPORTS, *TRAINING))


def main() -> int:
    """Measure, write the page, and say where it is."""
    options = _options()
    machine, busy = describe_machine(), load()
    with tempfile.TemporaryDirectory(prefix="nnlab-profile-") as folder:
        sources = {NOW: ROOT / "src"}
        if options.against:
            sources = {options.against: _source_of(options.against, Path(folder)), **sources}
        found = {name: _take_turns(name, sources, options.rounds, Path(folder)) for name in options.only}
    arguments = " ".join(sys.argv[1:])
    page = write_page(
        found, machine, busy, f"make profile ARGS={arguments!r}" if arguments else "make profile"
    )
    options.output.write_text(page, encoding="utf-8")
    print(f"\n{page}\nwritten to {options.output}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind (default 3)")
    parser.add_argument("--only", nargs="+", choices=RUNS, default=list(RUNS), metavar="RUN")
    parser.add_argument("--against", metavar="REVISION", help="a commit of nnlab to compare with")
    parser.add_argument("--output", type=Path, default=PAGE, help="default docs/performance.md")
    return parser.parse_args()


def _source_of(revision: str, folder: Path) -> Path:
    """nnlab's own files as they were at a commit, unpacked; the folder of its package."""
    packed = subprocess.run(
        ["git", "archive", revision, "src", "conf", "experiments"], cwd=ROOT, capture_output=True, check=True
    )
    target = folder / "then"
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(target, filter="data")
    return target / "src"


def _take_turns(
    name: str, sources: Mapping[str, Path], rounds: int, folder: Path
) -> dict[str, list[Profile]]:
    """A warm-up of each side, then the rounds, first one side first and then the other."""
    found: dict[str, list[Profile]] = {side: [] for side in sources}
    for number in range(rounds + 1):
        for side in sources if number % 2 else reversed(sources):
            profile = profile_run(RUNS[name], sources[side], folder)
            if number:
                found[side].append(profile)
        print(f"{name}: {f'round {number} of {rounds}' if number else 'warm-up'} done", flush=True)
    return found


def profile_run(words: Sequence[str], source: Path, folder: Path) -> Profile:
    """One run of nnlab in a process of its own. Raises RuntimeError where it fails."""
    spans, began = folder / "spans.json", time.time()
    command = [sys.executable, "-m", "benchmarks.spans", str(spans), *words, "rerun=true"]
    done = measure(command, folder, PYTHONPATH=os.pathsep.join([str(source), str(ROOT)]))
    if done.code:
        raise RuntimeError(f"{' '.join(words)}: ended with {done.code}:\n{done.output}")
    found = json.loads(spans.read_text(encoding="utf-8"))
    ends = {START: found["began"] - began, END: began + done.seconds - found["ended"]}
    return Profile(done.seconds, {**found["stages"], **ends})


def write_page(
    found: Mapping[str, Mapping[str, list[Profile]]], machine: str, busy: float, command: str
) -> str:
    """The page as Markdown: a table of all runs, one of what changed, and what was tried."""
    rounds = len(next(iter(next(iter(found.values())).values())))
    head = f"""# Where a run's time goes

Seconds of wall time in the main thread, the median of each row over {rounds} runs; what goes on beside it (the
figures' process, the thread that writes into the store) costs a run nothing unless it has to be waited for.
Whole runs, each in a process of its own; the store, the byte code and what XLA compiled are there already.

- machine: {machine}
- load when it began: {busy:.2f}
- command: `{command}`
"""
    now = {name: sides[NOW] for name, sides in found.items()}
    parts = [head, _table(now), _beside(found), TRIED.read_text(encoding="utf-8")]
    return "\n".join(parts)


def _table(runs: Mapping[str, list[Profile]]) -> str:
    stages = dict.fromkeys([START, "importing nnlab's own modules", *STAGES.values(), REST, END])
    order = [part for name in stages for part in ((COMPILING, name) if name == STEPS else (name,))]
    rows = [_row(["stage", *runs]), "|---|" + "---|" * len(runs)]
    for stage in order:
        cells = [f"{_median(profiles, stage):.2f}" for profiles in runs.values()]
        rows.append(_row([stage, *cells]))
    rows.append(_row(["**whole**", *(f"**{_whole(profiles):.2f}**" for profiles in runs.values())]))
    return "\n".join(rows) + "\n"


def _beside(found: Mapping[str, Mapping[str, list[Profile]]]) -> str:
    rows = [
        "## Beyond imports and training\n",
        f"What a run does besides importing and training may take {BESIDE_BAR:g} s.\n",
        "| run | nnlab | whole, s | beyond imports and training, s | bar |",
        "|---|---|---|---|---|",
    ]
    for name, sides in found.items():
        for side, profiles in sides.items():
            beside = median(profile.beside for profile in profiles)
            bar = f"≤ {BESIDE_BAR:g} s: {'reached' if beside <= BESIDE_BAR else '**not reached**'}"
            told = "as it is" if side == NOW else f"at {side}"
            rows.append(
                _row([name, told, f"{_whole(profiles):.2f}", f"{beside:.2f}", bar if side == NOW else ""])
            )
    return "\n".join(rows) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _median(profiles: Sequence[Profile], stage: str) -> float:
    return median(profile.stages.get(stage, 0.0) for profile in profiles)


def _whole(profiles: Sequence[Profile]) -> float:
    return median(profile.seconds for profile in profiles)


if __name__ == "__main__":
    sys.exit(main())
