"""The laboratory's page, in Markdown: for every experiment what was published, what is reached, the verdict."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.laboratory.drawing import Drawn
from nnlab.laboratory.meeting import CHEAP, SEEDS
from nnlab.laboratory.reached import Reached, count
from nnlab.laboratory.row import Row
from nnlab.laboratory.verdict import PART, POINTS, main_claim

HEAD = f"""\
<!-- `make lab` (`nnlab lab`) writes this page from the runs in the store and the headers in experiments/. -->

# The laboratory

Networks that others have published, trained again: each is a file in `experiments/`, which anyone can run
(`nnlab +experiments=mlp/first`), look at and change. `nnlab lab` runs what has not run yet and writes this page.

How to read the tables:

- **nnlab** is a mean over seeds ± its standard deviation, with the number of seeds in parentheses. An experiment
  whose first run took less than {CHEAP // 60} minutes is given {SEEDS} seeds, the others one.
- **earlier**: the runs are not in the store that this page was written from. The numbers are those that an earlier
  run has left in the experiment's header, and its figures are those that were drawn then.
- **met**: not worse than the published number by more than {100 * POINTS:.1f} points (where it is no accuracy,
  by more than {100 * PART:.0f} %). **beaten**: better by more than the 95 % interval of the mean, which takes two
  seeds or more. Where several numbers were published, the verdict is on the first one in the column nnlab.
- Of a **sweep** the best network by validation is shown, and below all that were tried, by one seed each.
- **test set watched**: the document validates on the test set. So does nnlab here; its score is flattered, as the
  published one is.
- **parameters**: of nnlab's network; where a number was published they must be equal, and `=` says that they are.
- **time**: of one run in seconds, from the command to the last file kept. Where the machine had other work as
  well, the seconds of processor time, which the run took itself, tell more; they are there where they are known.
"""
_COLUMNS = ("experiment", "question", "published", "by hand", "nnlab", "parameters", "time", "verdict")


@dataclass(frozen=True)
class Section:
    """One source on the page: its title, a paragraph about it, its rows, its sweeps' tables and its figures."""

    title: str
    about: str
    rows: tuple[Row, ...]
    tables: tuple[str, ...]
    figures: tuple[Drawn, ...]


def write_page(sections: Sequence[Section], circumstances: str, path: Path) -> None:
    """Write the page; figures are named from its folder on. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(format_page(sections, circumstances, path.parent), encoding="utf-8")


def format_page(sections: Sequence[Section], circumstances: str, folder: Path) -> str:
    """The page as Markdown. circumstances: machine and versions, one paragraph. folder: where it will lie."""
    rows = [row for section in sections for row in section.rows]
    parts = [HEAD, circumstances, _count(rows)]
    for section in sections:
        parts += [f"## {section.title}", section.about, "\n".join(_table(section.rows))]
        parts += section.tables
        parts += [_figure(drawn, folder) for drawn in section.figures]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _count(rows: Sequence[Row]) -> str:
    kinds = Counter(row.verdict.kind for row in rows)
    told = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    return f"{count(len(rows), 'experiment')}: {told}."


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|---|---|---|---|---|---:|---:|---|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in _cells(row))} |"


def _cells(row: Row) -> tuple[str, ...]:
    header = row.experiment.header
    return (
        f"`{row.experiment.name}`",
        header.question,
        _list(header.published),
        _list(header.by_hand),
        _reached(row),
        _parameters(row),
        _time(row.reached) if row.reached else "",
        _verdict(row),
    )


def _list(claims: Sequence[object]) -> str:
    return "<br>".join(map(str, claims))


def _reached(row: Row) -> str:
    if row.reached is None:
        return ""
    first, *others = row.reached.measured
    how = f"best of {len(row.tried)} by validation" if row.tried else str(row.reached.seeds)
    how += "" if row.runs else ", earlier"
    return "<br>".join([f"**{first}** ({how})", *map(str, others)])


def _time(reached: Reached) -> str:
    cpu = "" if reached.cpu is None else f" ({reached.cpu:.0f} s of processor)"
    return f"{reached.seconds:.0f} s{cpu}"


def _parameters(row: Row) -> str:
    published = row.experiment.header.parameters
    if row.parameters is None:
        return ""
    ours = _spaced(row.parameters)
    return (
        ours
        if published is None
        else f"{ours} ="
        if row.has_equal_parameters
        else f"{ours} ≠ {_spaced(published)}"
    )


def _verdict(row: Row) -> str:
    bold = f"**{row.verdict.kind}**" if main_claim(row.experiment.header.published) else row.verdict.kind
    detail = f": {row.verdict.detail}" if row.verdict.detail else ""
    leak = "; test set watched" if row.experiment.leak and row.reached else ""
    return f"{bold}{detail}{leak}"


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _figure(drawn: Drawn, folder: Path) -> str:
    where = drawn.path.relative_to(folder).as_posix()
    return f"![{drawn.caption}]({where})\n\n*{drawn.caption}*"
