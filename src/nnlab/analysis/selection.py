"""Which finished runs are compared: those that are named, those of a sweep, or those of an experiment."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import RunNotFoundError, StorageError
from nnlab.names import suggest
from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.listing import list_runs
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import LAST, artifact, find_run

SUMMARY = "tables/summary.json"
"""What a sweep's parent keeps: a row for each of its jobs, with the run that did it."""


@dataclass(frozen=True)
class Selection:
    """What a person names. runs: ids, names, `last`. sweep: a sweep's parent, or `last`. experiment: MLflow's."""

    runs: tuple[str, ...] = ()
    sweep: str | None = None
    experiment: str | None = None


def leaves_of(ids: Collection[str], rows: Sequence[RunRow]) -> list[RunRow]:
    """The finished single runs of these ids, a cross-validation's folds in its place. rows: all of the store."""
    return [leaf for row in reversed(rows) if row.id in ids for leaf in _leaves(row, rows)]


def select_runs(tracking: Tracking, selection: Selection) -> list[RunRow]:
    """The finished single runs of a selection, each once: for a sweep its jobs, for a cross-validation its folds.

    Raises RunNotFoundError for a run, sweep or experiment that is not there, and for a named run that has not
    finished; TrackingError.
    """
    rows = list_runs(tracking)
    chosen = [_finished(find_run(tracking, text)) for text in selection.runs]
    if selection.sweep is not None:
        chosen.append(find_sweep(tracking, selection.sweep))
    if selection.experiment is not None:
        chosen += _of_experiment(rows, selection.experiment)
    found = [leaf for row in chosen for leaf in _leaves(row, rows)]
    return list({row.id: row for row in found}.values())


def count_left_out(tracking: Tracking, selection: Selection) -> dict[str, int]:
    """How many runs of a sweep or experiment have no result, by their state: `FAILED`, `RUNNING` …

    A run that was tried again and finished does not count. Raises as `select_runs` does.
    """
    rows = list_runs(tracking)
    parents = [find_run(tracking, text) for text in selection.runs]
    if selection.sweep is not None:
        parents.append(find_sweep(tracking, selection.sweep))
    found = [state for parent in parents if tags.SWEEP in parent.tags for state in _states(parent, rows)]
    if selection.experiment is not None:
        finished = {row.tags.get(tags.IDENTITY) for row in rows if row.status == "FINISHED"}
        found += [
            row.status
            for row in rows
            if row.experiment == selection.experiment
            and row.status != "FINISHED"
            and not {tags.SWEEP, tags.FOLD} & set(row.tags)
            and row.tags.get(tags.IDENTITY, row.id) not in finished
        ]
    return dict(Counter(found))


def _states(parent: RunRow, rows: Sequence[RunRow]) -> list[str]:
    """The states of a sweep's jobs that have no result: by its table, else by the runs below it."""
    if (table := _table(parent)) is not None:
        return [str(job["state"]) for job in table if job["state"] != "FINISHED"]
    below = (row for row in rows if row.tags.get(tags.PARENT) == parent.id)
    return [row.status for row in below if row.status != "FINISHED"]


def find_sweep(tracking: Tracking, text: str) -> RunRow:
    """A sweep's parent: `last` is the last sweep; else what names it. Raises RunNotFoundError."""
    if text == LAST:
        sweeps = (row for row in list_runs(tracking) if tags.SWEEP in row.tags)
        if (row := next(sweeps, None)) is None:
            raise RunNotFoundError("RUN: 'last'; there are no sweeps yet: `nnlab -m` starts one")
        return row
    row = find_run(tracking, text)
    if tags.SWEEP not in row.tags:
        raise RunNotFoundError(f"RUN: {text!r} is one run and no sweep; the parent of one, see `nnlab runs`")
    return row


def _finished(row: RunRow) -> RunRow:
    if row.status == "FINISHED" or tags.SWEEP in row.tags:
        return row
    state = row.status.lower()
    raise RunNotFoundError(f"RUN: {row.name or row.id[:8]!r} is {state}; a finished run, see `nnlab runs`")


def _of_experiment(rows: Sequence[RunRow], name: str) -> list[RunRow]:
    """Its runs but for the parents of sweeps and for replays; folds come with their parent."""
    known = {row.experiment for row in rows}
    if name not in known:
        meant = suggest(name, known)
        hint = f"; did you mean {meant!r}?" if meant else ""
        allowed = ", ".join(sorted(known)) or "there are no runs yet"
        raise RunNotFoundError(f"--experiment: {name!r}; one of {allowed}{hint}")
    parents = {row.id for row in rows if tags.FOLDS in row.tags}
    return [
        row
        for row in rows
        if row.experiment == name
        and row.status == "FINISHED"
        and tags.SWEEP not in row.tags
        and tags.REPLAYED not in row.tags
        and row.tags.get(tags.PARENT) not in parents
    ]


def _leaves(row: RunRow, rows: Sequence[RunRow]) -> list[RunRow]:
    """The single runs that a row stands for, in the order in which they began."""
    if tags.SWEEP in row.tags:
        return [leaf for job in _jobs(row, rows) for leaf in _leaves(job, rows)]
    if tags.FOLDS in row.tags:
        return [fold for fold in _below(row, rows) if tags.FOLD in fold.tags]
    return [row]


def _jobs(parent: RunRow, rows: Sequence[RunRow]) -> Iterable[RunRow]:
    """The runs of a sweep's table: a later sweep that meets one has it below itself."""
    if (table := _table(parent)) is None:
        return _below(parent, rows)
    ids = {job["run"] for job in table if job["state"] == "FINISHED"}
    return [row for row in reversed(rows) if row.id in ids and row.status == "FINISHED"]


def _table(parent: RunRow) -> list[dict[str, Any]] | None:
    """A sweep's table, with `run` and `state` in each row; None while there is none."""
    try:
        table = json.loads(artifact(parent, SUMMARY).read_text(encoding="utf-8"))
        return [{"run": job["run"], "state": job["state"]} for job in table]
    except (StorageError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _below(parent: RunRow, rows: Sequence[RunRow]) -> list[RunRow]:
    below = (row for row in reversed(rows) if row.tags.get(tags.PARENT) == parent.id)
    return [row for row in below if row.status == "FINISHED"]
