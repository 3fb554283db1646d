"""A comparison in the terminal: a table as wide as there is room for, and below it what it shows."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnlab.analysis.cells import Column, columns_of, notes_of, title_of
from nnlab.analysis.comparison import Comparison
from nnlab.analysis.sentences import say
from nnlab.analysis.verdict import Verdict
from nnlab.cli.saying import say_aside

SHOWN, TOP = 9, 5
"""So many verdicts are said, and so many rows at a sweep's end; every format of a file has them all."""
UNSEEN = 120
"""How wide a table is where nobody looks at a screen."""
_ANY = 10_000
_LETTERS = 28


def say_comparison(comparison: Comparison | str, sweep: str) -> None:
    """What a sweep says at its end, on stderr: its best rows, and whether the first beats the second.

    comparison: a text is why there is none. sweep: the name of its parent's record.
    """
    if isinstance(comparison, str):
        say_aside(f"no comparison: {comparison}")
        return
    more = len(comparison.standings) - TOP
    top = replace(comparison, verdicts=comparison.verdicts[:1])
    console = Console(stderr=True, width=None if sys.stderr.isatty() else UNSEEN, highlight=False)
    print_comparison(top, console, TOP)
    if more > 0:
        console.print(Text(f"and {more} more: nnlab compare --sweep {sweep}", "dim"))


def print_comparison(comparison: Comparison, console: Console | None = None, rows: int | None = None) -> None:
    """Print it. rows: at most so many, the first ones."""
    console = console or Console(width=None if sys.stdout.isatty() else UNSEEN, highlight=False)
    columns = columns_of(comparison)
    kept = fit(columns, console)
    console.print(draw(comparison, kept, rows))
    if left := [column.name for column in columns if column not in kept]:
        console.print(Text(f"no room for {', '.join(left)}", "dim"))
    for line in lines_of(comparison):
        console.print(line, soft_wrap=not console.is_terminal)


def print_lines(lines: Sequence[str]) -> None:
    """What else there is to say, below the table."""
    console = Console(width=None if sys.stdout.isatty() else UNSEEN, highlight=False)
    for line in lines:
        console.print(Text(line), soft_wrap=not console.is_terminal)


def fit(columns: Sequence[Column], console: Console) -> list[Column]:
    """As many columns as the console has room for; what is spare goes first."""
    kept = list(columns)
    while _width(kept, console) > console.width and (spare := [one for one in kept if one.spare]):
        kept.remove(max(spare, key=lambda one: one.spare))
    return kept


def draw(comparison: Comparison, columns: Sequence[Column], rows: int | None = None) -> Table:
    """The table; the first rank bold, a leak red."""
    table = _table(columns)
    style = "bold red" if comparison.ranked_by == "test" else "bold"
    table.title, table.title_justify = Text(title_of(comparison), style=style), "left"
    for place, standing in enumerate(comparison.standings[:rows]):
        style = "red" if standing.configuration.leak else "bold" if standing.rank == 1 else ""
        table.add_row(*(Text(_shorten(column.cells[place]), style) for column in columns))
    return table


def lines_of(comparison: Comparison) -> list[Text]:
    """What is said below the table: warnings in red, verdicts, notes."""
    warned = [Text(f"warning: {line}", "bold red") for line in comparison.warnings]
    told = [_verdict(one) for one in comparison.verdicts[:SHOWN]]
    more = len(comparison.verdicts) - SHOWN
    rest = [Text(f"and {more} more verdicts: --format json has them all", "dim")] if more > 0 else []
    return [*warned, *told, *rest, *(Text(line, "yellow") for line in notes_of(comparison))]


def _verdict(verdict: Verdict) -> Text:
    return Text(say(verdict), "green" if verdict.is_shown else "")


def _table(columns: Sequence[Column]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for column in columns:
        name = column.name.removeprefix("model.")
        justify = "right" if column.is_number else "left"
        table.add_column(Text(name), justify=justify, no_wrap=column.is_number)
    return table


def _width(columns: Sequence[Column], console: Console) -> int:
    table = _table(columns)
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*(Text(_shorten(cell)) for cell in row))
    return console.measure(table, options=console.options.update(max_width=_ANY)).maximum


def _shorten(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
