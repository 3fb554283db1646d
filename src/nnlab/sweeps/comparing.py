"""What a sweep's results say together, as `nnlab compare --sweep` says it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from nnlab.analysis.comparison import Comparison, Question, compare
from nnlab.analysis.selection import leaves_of
from nnlab.analysis.writing import SUFFIXES, WRITERS
from nnlab.errors import NnlabError
from nnlab.plan import Tracking
from nnlab.replacing import storage_error
from nnlab.sweeps.jobs import Result
from nnlab.tracking.listing import list_runs

NAME = "comparison"
WRITTEN = (".csv", ".json", ".md")
_NOTHING = "no run that the store knows has finished"


def compare_results(results: Sequence[Result]) -> Comparison | str:
    """As `compare_runs`, of what a sweep's jobs came to."""
    found = [result.outcome.run_id for result in results if result.outcome and result.outcome.run_id]
    bad = Counter(result.state for result in results if not result.good)
    return compare_runs(results[0].job.plan.tracking, found, bad) if results else _NOTHING


def compare_runs(tracking: Tracking, finished: Sequence[str], others: Mapping[str, int]) -> Comparison | str:
    """The comparison of what has finished, or why there is none, in one line.

    finished: the ids of runs. others: how many have not, by how they ended. Runs over several datasets have none:
    they were tested on different samples.
    """
    if not finished:
        return _NOTHING
    try:
        return _compare(tracking, tuple(dict.fromkeys(finished)), tuple(others.items()))  # type: ignore[arg-type]
    except NnlabError as error:
        return str(error).removeprefix("RUN: ")


# A sweep writes what its command then prints. A frozen model has a hash, though pyright does not see it.
@lru_cache(maxsize=1)
def _compare(tracking: Tracking, ids: tuple[str, ...], left_out: tuple[tuple[str, int], ...]) -> Comparison:
    return compare(leaves_of(ids, list_runs(tracking)), Question(), dict(left_out))


def write_comparison(comparison: Comparison, folder: Path) -> Path:
    """Write tables/comparison.csv, .json and .md; the folder they are in. Raises StorageError."""
    tables = folder / "tables"
    try:
        tables.mkdir(parents=True, exist_ok=True)
        for suffix in WRITTEN:
            (tables / f"{NAME}{suffix}").write_text(WRITERS[SUFFIXES[suffix]](comparison), encoding="utf-8")
    except OSError as error:
        raise storage_error(tables, error) from None
    return tables
