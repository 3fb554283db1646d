"""The table of a sweep: one row a job, what differs between the jobs, and what came of each."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.replacing import storage_error
from nnlab.sweeps.jobs import Result

_KEPT = ("test/", "best/", "model/", "epochs")


def rows_of(results: Sequence[Result]) -> list[dict[str, Any]]:
    """A row for each result: job (from 1), the overrides that differ, state, scores, seconds, run, reason."""
    words = [dict(map(_split, result.job.words)) for result in results]
    keys = dict.fromkeys(key for one in words for key in one)
    differing = [key for key in keys if len({one.get(key) for one in words}) > 1]
    scores = [kept_scores(result.outcome.scores if result.outcome else {}) for result in results]
    names = sorted(
        {name for one in scores for name in one}, key=lambda name: (_KEPT.index(_kind(name)), name)
    )
    return [
        {
            "job": result.job.number + 1,
            **{key: own.get(key) for key in differing},
            "state": "FINISHED" if result.good else result.state,
            **{name: found.get(name) for name in names},
            "seconds": round(result.outcome.seconds if result.outcome else result.seconds, 3),
            "run": result.outcome.run_id if result.outcome else None,
            "reason": result.reason,
        }
        for result, own, found in zip(results, words, scores, strict=True)
    ]


def _split(word: str) -> tuple[str, str]:
    key, _, value = word.lstrip("+").partition("=")
    return key, value


def kept_scores(found: Mapping[str, float]) -> dict[str, float]:
    """The scores that are kept, as the store gives them back too: floats."""
    return {name: float(value) for name, value in found.items() if _kind(name)}


def _kind(name: str) -> str:
    return next((kind for kind in _KEPT if name.startswith(kind)), "")


def write_summary(results: Sequence[Result], folder: Path) -> Path:
    """Write tables/summary.json and tables/summary.csv; the folder they are in. Raises StorageError."""
    return write_rows(rows_of(results), folder)


def write_rows(rows: Sequence[Mapping[str, Any]], folder: Path) -> Path:
    """Write rows as tables/summary.json and tables/summary.csv; the folder they are in. Raises StorageError."""
    tables = folder / "tables"
    columns = list(dict.fromkeys(key for row in rows for key in row))
    try:
        tables.mkdir(parents=True, exist_ok=True)
        (tables / "summary.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
        with open(tables / "summary.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise storage_error(tables, error) from None
    return tables
