"""From the runs in a store to the page, its pictures, and the headers' `# Reached:` lines."""

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab import __version__
from nnlab.laboratory.drawing import draw_source
from nnlab.laboratory.experiment import Experiment
from nnlab.laboratory.header import write_reached
from nnlab.laboratory.meeting import Archive, meet_trials, read_archive
from nnlab.laboratory.page import Section, write_page
from nnlab.laboratory.reached import count
from nnlab.laboratory.row import Row, make_row
from nnlab.laboratory.tried import tell_tried
from nnlab.laboratory.verdict import Verdict
from nnlab.plan import Tracking
from nnlab.replacing import storage_error
from nnlab.tracking.rows import RunRow

ABOUT = "README.md"
"""Beside a source's experiments: its title, and a paragraph about the document."""
QUICK = "**Quick: two epochs of a few batches. This page shows that everything runs, and not how well.**\n\n"


@dataclass(frozen=True)
class Page:
    """Where the page goes and what it is made of.

    seeds: as for `meet_trials`. troubles: why experiments have no result. quick: marked so, and no header changes.
    """

    path: Path
    tracking: Tracking
    seeds: int | None
    troubles: Mapping[str, Verdict]
    quick: bool


def publish(experiments: Sequence[Experiment], page: Page) -> str:
    """Write the page and, under the working folder, the headers; a line that sums up. Raises StorageError."""
    archive = read_archive(page.tracking)
    rows = [_row(experiment, archive, page) for experiment in experiments]
    by_source: dict[str, list[Row]] = {}
    for row in rows:
        by_source.setdefault(row.experiment.source, []).append(row)
    folder = page.path.parent / page.path.stem
    try:
        sections = [_section(rows, folder) for rows in by_source.values()]
        mark = QUICK if page.quick else ""
        write_page(sections, mark + describe_circumstances(rows), page.path)
        for row in rows if not page.quick else []:
            _note_reached(row)
    except OSError as error:
        raise storage_error(Path(error.filename or page.path), error) from None
    run = sum(bool(row.runs) for row in rows)
    return f"{page.path}: {count(len(rows), 'experiment')}, {run} of them with runs in this store"


def _row(experiment: Experiment, archive: Archive, page: Page) -> Row:
    trials = meet_trials(experiment, archive, 1 if page.quick else page.seeds)
    return make_row(experiment, trials, page.troubles.get(experiment.name))


def _section(rows: Sequence[Row], folder: Path) -> Section:
    first = rows[0].experiment
    title, _, about = _read_about(first.file.parent / ABOUT).partition("\n")
    named = title.removeprefix("#").strip() or first.source
    tables = tuple(tell_tried(row, folder) for row in rows if row.experiment.variants)
    return Section(named, about.strip(), tuple(rows), tables, tuple(draw_source(rows, folder)))


def _read_about(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def describe_circumstances(rows: Sequence[Row]) -> str:
    """Machines, threads and versions, one paragraph; empty where nothing has run."""
    runs = [run for row in rows for run in row.runs]
    if not runs:
        return ""
    machines = {(run.tags.get("nnlab.cpu", "?"), run.tags.get("nnlab.threads", "?")) for run in runs}
    told = "; ".join(f"{cpu}, {threads} threads" for cpu, threads in sorted(machines))
    pythons = sorted({run.tags.get("nnlab.python", "?") for run in runs})
    kept = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("tensorflow", "keras", "numpy")
    )
    versions = f"Python {', '.join(pythons)}, {kept}, nnlab {__version__}"
    return f"Machine of the runs in this store: {told}. {versions}. Newest run: {_newest(runs)}."


def _newest(runs: Sequence[RunRow]) -> str:
    return max(f"{run.started:%Y-%m-%d}" for run in runs if run.started)


def _note_reached(row: Row) -> None:
    """Write what the runs reach into the experiment's header, where that lies under the working folder.

    Not before every network of a sweep has run: the best of some is not the best.
    """
    file = row.experiment.file
    if not row.runs or row.reached is None or len(row.tried) < len(row.experiment.variants):
        return
    if not file.is_relative_to(Path.cwd()):
        return
    old = file.read_text(encoding="utf-8")
    if (new := write_reached(old, row.reached)) != old:
        file.write_text(new, encoding="utf-8")
