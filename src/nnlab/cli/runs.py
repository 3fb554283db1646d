"""`nnlab runs`: what has run, with its state, its scores and its cost."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnlab.cli.compose import tracking_from
from nnlab.tracking import tags
from nnlab.tracking.address import redact
from nnlab.tracking.listing import list_runs
from nnlab.tracking.rows import RunRow

SHOWN = 50
_COLOURS = {
    "FINISHED": "green",
    "RUNNING": "cyan",
    "FAILED": "red",
    "KILLED": "yellow",
    "PRUNED": "yellow",
    "INTERRUPTED": "yellow",
}


def main(words: list[str]) -> int:
    """Print the runs of the store, newest first; 0 also when there are none. Raises NnlabError."""
    options = _options(words)
    tracking = tracking_from(options.overrides)
    rows = list_runs(tracking, None if options.all else options.limit)
    if options.json:
        json.dump([plain_row(row) for row in rows], sys.stdout, indent=1, ensure_ascii=False)
        print()
    elif not rows:
        print(f"no runs yet in {redact(tracking.uri)}; `nnlab` trains one")
    else:
        Console(width=None if sys.stdout.isatty() else 160).print(table(rows))
    return 0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nnlab runs", description="What has run: state, scores, cost.")
    parser.add_argument("--json", action="store_true", help="everything, as JSON, instead of a table")
    parser.add_argument(
        "-n", "--limit", type=int, default=SHOWN, help=f"how many, newest first (default {SHOWN})"
    )
    parser.add_argument("--all", action="store_true", help="all of them")
    parser.add_argument("overrides", nargs="*", help="where the runs are: tracking=server tracking.uri=…")
    options = parser.parse_args(words)
    if options.limit < 1:
        parser.error(f"-n: {options.limit}; a whole number of at least 1, or --all")
    return options


def plain_row(row: RunRow) -> dict[str, Any]:
    """A run as JSON holds it; times as ISO 8601 with zone, seconds as numbers."""
    return {
        "id": row.id,
        "name": row.name,
        "experiment": row.experiment,
        "status": row.status,
        "started": row.started.isoformat(timespec="seconds") if row.started else None,
        "seconds": row.seconds,
        "leak": row.leak,
        "scores": row.scores,
        "tags": row.tags,
        "folder": str(row.folder) if row.folder else None,
        "artifacts": redact(row.artifact_uri),
    }


def table(rows: list[RunRow]) -> Table:
    """The runs as a table; names are shown as they are, never read as markup."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("run", "name", "experiment", "state"):
        made.add_column(column, no_wrap=True, overflow="ellipsis", max_width=32)
    for column in ("test", "val", "cost"):
        made.add_column(column, justify="right", no_wrap=True)
    made.add_column("started", no_wrap=True)
    for row, depth in in_families(rows):
        name = Text("  " * (depth - 1) + "└ " * bool(depth) + row.name)
        state = Text(row.status.lower(), style=_COLOURS.get(row.status, ""))
        made.add_row(Text(row.id[:8]), name, Text(row.experiment), state, *_numbers(row), _when(row.started))
    if any(row.leak for row in rows):
        made.caption = "leak: the test set was watched during training, so the test score flatters"
    return made


def in_families(rows: list[RunRow]) -> Iterator[tuple[RunRow, int]]:
    """Each run and how deep it lies: the runs of a sweep follow it, and the folds of a cross-validation."""
    there = {row.id for row in rows}
    below: dict[str | None, list[RunRow]] = {}
    for row in rows:
        parent = row.tags.get(tags.PARENT)
        below.setdefault(parent if parent in there else None, []).append(row)

    def family(parent: str | None, depth: int) -> Iterator[tuple[RunRow, int]]:
        for row in below.get(parent, ()):
            yield row, depth
            yield from family(row.id, depth + 1)

    return family(None, 0)


def _numbers(row: RunRow) -> tuple[Text, Text, str]:
    test, val = _score(row, "test"), _score(row, "val")
    if tags.SWEEP in row.tags:
        test = Text(f"{row.tags[tags.SWEEP]} runs")
    if row.leak:
        test.append(" leak", style="bold red")
    return test, val, describe_seconds(row.seconds)


def _score(row: RunRow, split: str) -> Text:
    found = row.score(split)
    return Text(f"{found[0]} {found[1]:.4g}" if found else "–")


def describe_seconds(seconds: float | None) -> str:
    """Seconds as a person says them: 4.2 s, 3 min 20 s, 2 h 05 min."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _when(started: datetime | None) -> str:
    return started.strftime("%Y-%m-%d %H:%M") if started else "–"
