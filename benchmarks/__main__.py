"""python -m benchmarks: measure, and write docs/benchmarks.md."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.cases import CASES, COMMANDS
from benchmarks.grids import GRIDS, describe_grid, run_grid
from benchmarks.machine import describe_machine, load
from benchmarks.report import write_report
from benchmarks.rounds import run_case, run_command
from nnlab.data.cache import cache_folder

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    """Measure what the words ask for, write the page, and print where it is."""
    options = _options()
    names = [case.name for case in CASES] if options.only is None else options.only
    machine, busy = describe_machine(), load()
    subprocess.run([sys.executable, "-m", "nnlab", "data", "fetch", "mnist"], check=True)
    pairs, commands = [], []
    with tempfile.TemporaryDirectory(prefix="nnlab-bench-") as folder:
        for command in COMMANDS:
            commands.append((command, run_command(command, options.rounds, Path(folder))))
        for case in (case for case in CASES if case.name in names):
            pairs.append(run_case(case, options.rounds, cache_folder() / "mnist", Path(folder)))
        grid = GRIDS.get(options.grid)
        section = (
            describe_grid(grid, run_grid(grid, options.rounds, cache_folder() / "mnist", Path(folder)))
            if grid
            else ""
        )
    only = "" if options.only is None else " ".join(["", "--only", *options.only])
    arguments = f"--rounds {options.rounds}{only} --grid {options.grid}"
    page = write_report(pairs, commands, options.rounds, machine, busy, arguments)
    page += section
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(page, encoding="utf-8")
    print(f"\n{page}\nwritten to {options.output}")
    return 0


def _measure_grid(name: str, rounds: int, folder: Path) -> str:
    """The section of a grid; nothing for `none`."""
    if (grid := GRIDS.get(name)) is None:
        return ""
    return f"\n{describe_grid(grid, run_grid(grid, rounds, cache_folder() / 'mnist', folder))}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="pairs of each case (default 7)")
    names = [case.name for case in CASES]
    told = "these cases only; none of them where none is named"
    parser.add_argument("--only", nargs="*", choices=names, metavar="CASE", help=told)
    parser.add_argument(
        "--grid", choices=[*GRIDS, "none"], default="full", help="which sweep to measure (default full)"
    )
    parser.add_argument("--output", type=Path, default=PAGE, help="default docs/benchmarks.md")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds: {options.rounds}; a whole number of at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
