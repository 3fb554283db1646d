"""How a sweep is shown while it goes: a live table in a terminal, lines in a file."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nnlab.cli.summary import describe_test
from nnlab.sweeps.jobs import Job, Result

_COLOURS = {"FINISHED": "green", "MET": "green", "KILLED": "yellow", "TIMEOUT": "yellow", "PRUNED": "cyan"}
_ROWS_APART = 8
"""Lines of a terminal that are not the table's rows."""
_TAIL = 400


def choose_board(logs: Path, total: int, title: Callable[[Job], str]) -> "Board":
    """The live table where stderr is a terminal, lines elsewhere.

    logs: where the jobs print. total: how many there will be. title: what the table calls each.
    """
    return Table(logs, total, title) if sys.stderr.isatty() else Lines(logs, total, title)


class Board:
    """Shows nothing; the others say what they show. Use as a context manager around the runs."""

    def __init__(self, logs: Path, total: int, title: Callable[[Job], str]):
        self.logs, self.total, self.title = logs, total, title
        self.running: dict[int, tuple[Job, float]] = {}
        self.done: list[Result] = []

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""

    def started(self, job: Job) -> None:
        """Note a job that begins."""
        self.running[job.number] = (job, time.monotonic())

    def ended(self, result: Result) -> None:
        """Note a job that has ended."""
        self.running.pop(result.job.number, None)
        self.done.append(result)


class Lines(Board):
    """A line for each job that begins, and one for each that ends."""

    def started(self, job: Job) -> None:
        """`[3/24] model.neurons=64 optimizer=sgd`."""
        super().started(job)
        print(f"[{len(self.running) + len(self.done)}/{self.total}] {job.title}", file=sys.stderr, flush=True)

    def ended(self, result: Result) -> None:
        """The scores, or why there are none."""
        super().ended(result)
        line = f"{_told(result)}   {result.seconds:.1f} s"
        if result.good or result.state == "PRUNED":
            print(line, flush=True)
            return
        told = f"error: {result.job.title}: {_word(result.state)}: {line}; see {result.log}"
        print(told, file=sys.stderr, flush=True)


class Table(Board):
    """A table of what runs and what has ended last, and a line that counts."""

    def __init__(self, logs: Path, total: int, title: Callable[[Job], str]):
        from rich.console import Console
        from rich.live import Live

        super().__init__(logs, total, title)
        self.began = time.monotonic()
        console = Console(stderr=True, highlight=False)
        self.room = max(3, console.size.height - _ROWS_APART)
        self.live = Live(get_renderable=self.draw, console=console, refresh_per_second=4)

    def __enter__(self) -> "Table":
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last table standing."""
        self.live.stop()

    def draw(self) -> Any:
        """The table as it is now."""
        from rich.table import Table as RichTable
        from rich.text import Text

        made = RichTable(box=None, pad_edge=False, header_style="bold", expand=True)
        made.caption, made.caption_justify = self._counts(), "left"
        made.add_column("job", no_wrap=True, overflow="ellipsis", ratio=3)
        made.add_column("state", no_wrap=True, min_width=9)
        made.add_column("", no_wrap=True, overflow="ellipsis", ratio=4)
        made.add_column("s", justify="right", no_wrap=True, min_width=6)
        shown = self.done[-max(1, self.room - len(self.running)) :]
        for result in shown:
            state = Text(_word(result.state), style=_COLOURS.get(result.state, "red"))
            made.add_row(Text(self.title(result.job)), state, Text(_told(result)), f"{result.seconds:.1f}")
        for job, began in list(self.running.values()):
            told = Text(last_line(self.logs / f"{job.number}.log"), style="dim")
            made.add_row(
                Text(self.title(job)),
                Text("running", style="cyan"),
                told,
                f"{time.monotonic() - began:.0f}",
            )
        return made

    def _counts(self) -> str:
        bad = sum(not result.good and result.state != "PRUNED" for result in self.done)
        counts = [f"{len(self.done)} of {self.total} done", f"{bad} not well" if bad else ""]
        return " · ".join(filter(None, [*counts, f"{time.monotonic() - self.began:.0f} s"]))


def differing(jobs: Sequence[Job]) -> dict[int, str]:
    """The words of each job that not all of them have; all its words where there is one job only."""
    common = set.intersection(*(set(job.words) for job in jobs)) if len(jobs) > 1 else set()
    return {job.number: " ".join(word for word in job.words if word not in common) for job in jobs}


def _told(result: Result) -> str:
    if result.state == "PRUNED":
        return f"pruned {result.reason}"
    return f"{result.outcome.name}: {describe_test(result.outcome)}" if result.outcome else result.reason


def _word(state: str) -> str:
    return state.lower().replace("_", " ")


def last_line(log: Path) -> str:
    """The last whole line that a process has printed, empty before there is one."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            lines: Sequence[bytes] = file.read().splitlines()
    except OSError:
        return ""
    return lines[-1].decode("utf-8", "replace").strip() if lines else ""
