"""The runs of a store, newest first: from a local sqlite file directly, from a server through MLflow.

Reading the file costs milliseconds where MLflow costs three seconds of imports. A test compares the two.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import TrackingError
from nnlab.plan import Tracking
from nnlab.tracking.address import KEY, database, redact, store_uri
from nnlab.tracking.client import connect
from nnlab.tracking.probe import check_server
from nnlab.tracking.rows import RunRow, local_time, seconds_between, status_of
from nnlab.tracking.store import read_only, schema_of

if TYPE_CHECKING:
    from mlflow.entities import Run

_RUNS = """
    SELECT r.run_uuid, r.name, e.name, r.status, r.start_time, r.end_time, r.artifact_uri
    FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id
    WHERE r.lifecycle_stage = 'active' ORDER BY r.start_time DESC, r.run_uuid LIMIT ?
"""
_PAGE = 1000


def list_runs(tracking: Tracking, limit: int | None = None) -> list[RunRow]:
    """The runs of a store, newest first, at most `limit`; none when the local store does not exist yet.

    Raises RequestError for a bad address and TrackingError for a store that cannot be read.
    """
    file = database(tracking)
    if file is None:
        check_server(store_uri(tracking), tracking.timeout)
        return list(islice(from_mlflow(tracking), limit))
    return from_file(tracking, file, limit) if schema_of(file) else []


def from_file(tracking: Tracking, file: Path, limit: int | None = None) -> list[RunRow]:
    """The runs of a sqlite store, read without MLflow. Raises TrackingError."""
    try:
        with closing(read_only(file)) as connection:
            connection.execute("BEGIN")
            runs = connection.execute(_RUNS, (-1 if limit is None else limit,)).fetchall()
            wanted = {run[0] for run in runs}
            tags = _by_run(connection, "SELECT run_uuid, key, value FROM tags", wanted)
            scores = _by_run(
                connection, "SELECT run_uuid, key, value FROM latest_metrics WHERE NOT is_nan", wanted
            )
    except sqlite3.Error as error:
        raise TrackingError(f"{KEY}: {file}: {error}; a store of the installed MLflow") from None
    return [_row(tracking, run, tags.get(run[0], {}), scores.get(run[0], {})) for run in runs]


def _by_run(connection: sqlite3.Connection, query: str, wanted: set[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for run, key, value in connection.execute(query):
        if run in wanted:
            found.setdefault(run, {})[key] = value
    return found


def _row(tracking: Tracking, run: tuple[Any, ...], tags: dict[str, str], scores: dict[str, float]) -> RunRow:
    identity, name, experiment, status, start, end, artifacts = run
    return RunRow(
        id=identity,
        name=name or "",
        experiment=experiment,
        status=status_of(status, tags),
        started=local_time(start),
        seconds=seconds_between(start, end),
        scores=scores,
        tags=tags,
        artifact_uri=artifacts,
        tracking=tracking,
    )


def from_mlflow(tracking: Tracking) -> Iterator[RunRow]:
    """The runs of any store, read through MLflow, page by page. Raises TrackingError."""
    client = connect(tracking)
    from mlflow.exceptions import MlflowException

    try:
        experiments = {found.experiment_id: found.name for found in client.search_experiments()}
        token = None
        while True:
            page = client.search_runs(
                list(experiments),
                order_by=["attributes.start_time DESC"],
                max_results=_PAGE,
                page_token=token,
            )
            yield from (_from_entity(tracking, run, experiments[run.info.experiment_id]) for run in page)
            if not (token := page.token):
                return
    except MlflowException as error:
        raise TrackingError(redact(f"{KEY}: {error.message.splitlines()[0]}")) from None


def _from_entity(tracking: Tracking, run: "Run", experiment: str) -> RunRow:
    info, data = run.info, run.data
    columns = (
        info.run_id,
        info.run_name,
        experiment,
        info.status,
        info.start_time,
        info.end_time,
        info.artifact_uri,
    )
    scores = {key: value for key, value in data.metrics.items() if value == value}
    return _row(tracking, columns, dict(data.tags), scores)
