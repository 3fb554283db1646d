"""docs/benchmarks.md: sections that are measured one at a time, each with its own machine and command."""

from collections.abc import Mapping

HEAD = """# Benchmarks

Whole processes, from start to end, of `python -m nnlab …` against a script of plain `model.fit` that does the same
work (`benchmarks/scripts/`): same network, epochs, batches, split, data as arrays on the disk. The script trains
and prints its test accuracy; nnlab also tracks the run, judges and draws it, saves three model files, loads each
again and compares. Script and nnlab alternate, after one warm-up of each. Peak memory is the largest resident set.
Where a single run's time goes, and what was tried, is in [performance.md](performance.md).
"""
_TITLE = "## "
_BEST_WITH = 3
"""Rounds below which a median says little."""


def foot(machine: str, load: float, rounds: int, arguments: str) -> str:
    """The last lines of a section: where, when, how busy, by which command."""
    unit = "round" if rounds == 1 else "rounds"
    few = f"\n**A trial of {rounds} {unit}, not a result.**\n" if rounds < _BEST_WITH else ""
    command = f'`make bench ARGS="{arguments}"`' if arguments else "`make bench`"
    return f"{few}\n{machine}; load when it began: {load:.2f}; {command}: {rounds} {unit}.\n"


def title_of(section: str) -> str:
    """A section's first line without its mark."""
    return section.splitlines()[0].removeprefix(_TITLE)


def renew(page: str, sections: Mapping[str, str]) -> str:
    """The page with sections, by title, in the place of older ones; new ones come last."""
    _, *kept = f"\n{page}".split(f"\n{_TITLE}")
    found = {title_of(text): f"{_TITLE}{text.strip()}\n" for text in kept}
    return "\n".join([HEAD, *(found | sections).values()])
