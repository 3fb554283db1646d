"""python -m benchmarks: measure, and write docs/benchmarks.md; what is not measured anew stays as it is there."""

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import CASES, COMMANDS
from benchmarks.grids import GRIDS, describe_grid, run_grid, seconds_beside_training
from benchmarks.long_sweep import RUNS, describe_long_sweep, run_long_sweep
from benchmarks.machine import describe_machine, load
from benchmarks.page import foot, renew, title_of
from benchmarks.report import describe_case, describe_commands
from benchmarks.rounds import run_case, run_command
from benchmarks.steady import STEADY, run_accuracy, run_peak, run_steady
from benchmarks.steady_report import describe_accuracy, describe_peak, describe_steady
from nnlab.data.cache import cache_folder

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PARTS = ("commands", *(case.name for case in CASES), "steady", "accuracy", "sweep", "long")


@dataclass(frozen=True)
class Bench:
    """What is measured, and where. images: fewer of the training set in epochs and accuracy, for a trial."""

    only: tuple[str, ...]
    rounds: int
    epochs: int
    images: int | None
    grid: str
    data: Path
    folder: Path

    def sections(self) -> Iterator[str]:
        """The sections that are asked for, each as soon as it is measured."""
        if "commands" in self.only:
            yield describe_commands([(one, run_command(one, self.rounds, self.folder)) for one in COMMANDS])
        for case in (case for case in CASES if case.name in self.only):
            yield describe_case(run_case(case, self.rounds, self.data, self.folder))
        if "steady" in self.only:
            peak = run_peak(self.folder)
            found = run_steady(STEADY, self.rounds, self.data, self.folder, self.images)
            yield describe_steady(found, self.rounds)
            yield describe_peak(peak, found)
        if "accuracy" in self.only:
            found = run_accuracy(self.epochs, self.folder, self.images)
            yield describe_accuracy(found, self.epochs, self.images)
        if "sweep" in self.only:
            grid = GRIDS[self.grid]
            found = run_grid(grid, self.rounds, self.data, self.folder)
            yield describe_grid(grid, found, seconds_beside_training(self.folder))
        if "long" in self.only:
            yield describe_long_sweep(run_long_sweep(RUNS[self.grid], self.rounds, self.folder))


def main() -> int:
    """Measure what the words ask for; every section is on the page as soon as it is measured."""
    options = _options()
    machine = describe_machine()
    subprocess.run([sys.executable, "-m", "nnlab", "data", "fetch", "mnist"], check=True)
    with tempfile.TemporaryDirectory(prefix="nnlab-bench-") as folder:
        bench = Bench(
            tuple(options.only),
            options.rounds,
            options.epochs,
            options.images,
            options.grid,
            cache_folder() / "mnist",
            Path(folder),
        )
        busy = load()
        for section in bench.sections():
            text = section + foot(machine, busy, options.rounds, shlex.join(sys.argv[1:]))
            old = options.output.read_text(encoding="utf-8") if options.output.exists() else ""
            options.output.write_text(renew(old, {title_of(section): text}), encoding="utf-8")
            print(f"\n{text}\nwritten to {options.output}", flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each side (default 3)")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"some of {', '.join(PARTS)}"
    )
    parser.add_argument("--epochs", type=int, default=3, help="epochs before accuracies are held together")
    parser.add_argument("--images", type=int, help="so many in epochs and accuracy, for a trial")
    parser.add_argument("--grid", choices=GRIDS, default="full", help="which sweep (default full)")
    parser.add_argument("--output", type=Path, default=PAGE, help="default docs/benchmarks.md")
    options = parser.parse_args()
    for name in ("rounds", "epochs", "images"):
        if (given := getattr(options, name)) is not None and given < 1:
            parser.error(f"--{name}: {given}; a whole number of at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
