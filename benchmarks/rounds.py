"""Paired and alternating rounds: script and nnlab one after the other, the order changing from round to round."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case, Command
from benchmarks.process import Measure, measure

SCRIPTS = Path(__file__).parent / "scripts"
_ACCURACY = re.compile(r"test accuracy ([0-9.]+)")


@dataclass(frozen=True)
class Pairs:
    """The rounds of one case: entry i of both lists was measured in round i."""

    case: Case
    script: list[Measure]
    nnlab: list[Measure]


def run_case(case: Case, rounds: int, data: Path, folder: Path) -> Pairs:
    """One warm-up of each side, then `rounds` pairs. Raises RuntimeError when a side fails.

    Both work in `folder`: nnlab's warm-up makes the store there, as a user's first run does.
    """
    script = [sys.executable, str(SCRIPTS / case.script), str(data)]
    nnlab = [sys.executable, "-m", "nnlab", *case.words]
    pairs = Pairs(case, [], [])
    for number in range(rounds + 1):
        sides = [(script, pairs.script), (nnlab, pairs.nnlab)]
        for command, found in sides if number % 2 else reversed(sides):
            done = checked(command, 0, folder)
            if number:
                found.append(done)
        print(f"{case.name}: {f'round {number} of {rounds}' if number else 'warm-up'} done", flush=True)
    return pairs


def run_command(command: Command, rounds: int, folder: Path) -> list[Measure]:
    """One warm-up, then `rounds` of a quick command. Raises RuntimeError at another exit code than its own."""
    words = [sys.executable, "-m", "nnlab", *command.words]
    return [checked(words, command.code, folder) for _ in range(rounds + 1)][1:]


def accuracies(measures: Sequence[Measure]) -> list[float]:
    """The test accuracies that the processes printed."""
    return [float(_ACCURACY.findall(one.output)[-1]) for one in measures]


def checked(command: Sequence[str], code: int, folder: Path, **settings: str) -> Measure:
    """Measure one process, `settings` in its environment. Raises RuntimeError where it ends with another code."""
    done = measure(command, folder, **settings)
    if done.code != code:
        raise RuntimeError(f"{' '.join(command[1:])}: ended with {done.code}, not {code}:\n{done.output}")
    return done
