"""python -m benchmarks: measure, and write docs/benchmarks.md."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.cases import CASES, COMMANDS
from benchmarks.machine import describe_machine, load
from benchmarks.report import write_report
from benchmarks.rounds import run_case, run_command
from nnlab.data.cache import cache_folder

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    """Measure what the words ask for, write the page, and print where it is."""
    options = _options()
    names = options.only or [case.name for case in CASES]
    machine, busy = describe_machine(), load()
    subprocess.run([sys.executable, "-m", "nnlab", "data", "fetch", "mnist"], check=True)
    pairs, commands = [], []
    with tempfile.TemporaryDirectory(prefix="nnlab-bench-") as folder:
        for command in COMMANDS:
            commands.append((command, run_command(command, options.rounds, Path(folder))))
        for case in (case for case in CASES if case.name in names):
            pairs.append(run_case(case, options.rounds, cache_folder() / "mnist", Path(folder)))
    only = f" --only {' '.join(options.only)}" if options.only else ""
    arguments = f"--rounds {options.rounds}{only}"
    page = write_report(pairs, commands, options.rounds, machine, busy, arguments)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(page, encoding="utf-8")
    print(f"\n{page}\nwritten to {options.output}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="pairs of each case (default 7)")
    parser.add_argument(
        "--only", nargs="+", choices=[case.name for case in CASES], metavar="CASE", help="these cases only"
    )
    parser.add_argument("--output", type=Path, default=PAGE, help="default docs/benchmarks.md")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds: {options.rounds}; a whole number of at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
