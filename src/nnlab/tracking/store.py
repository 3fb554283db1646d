"""The local store: a sqlite file with MLflow's schema, created whole or not at all.

Processes that open a new store at once break it, and one killed in the middle of MLflow's migrations leaves
a file that no later one can use. So it is made aside, under a lock, and renamed.
"""

import fcntl
import importlib.util
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from nnlab.errors import TrackingError
from nnlab.tracking.address import KEY

_REVISION = re.compile(r"^(down_)?revision\s*(?::[^=]*)?=\s*[\"'(]*([0-9a-f]+)", re.MULTILINE)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the store's lock, a file beside it, against other processes. Raises TrackingError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = open(file.with_name(file.name + ".lock"), "a", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise TrackingError(f"{KEY}: {file}: {error.strerror}; a folder that can be written") from None
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure_store(file: Path, artifacts: str | None) -> None:
    """Create the store unless it is there; safe for any number of processes at once. Raises TrackingError."""
    if schema_of(file):
        return
    with locked(file):
        if schema_of(file):
            return
        aside = file.with_name(file.name + ".new")
        aside.unlink(missing_ok=True)
        _migrate(aside, artifacts)
        os.replace(aside, file)


def _migrate(file: Path, artifacts: str | None) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore(f"sqlite:///{file}", artifacts or file.with_name("mlartifacts").as_uri())
    store.engine.dispose()


def read_only(file: Path, timeout: float = 10.0) -> sqlite3.Connection:
    """A connection that cannot write, and waits `timeout` seconds for who does. Raises sqlite3.Error."""
    try:
        with closing(_read_only(file, timeout)) as trial:
            trial.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        # A process was killed in the middle of a transaction, and only who may write can take it back.
        with closing(sqlite3.connect(file, timeout=timeout)) as writer:
            writer.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    return _read_only(file, timeout)


def _read_only(file: Path, timeout: float) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=timeout)


def schema_of(file: Path, timeout: float = 10.0) -> str | None:
    """The schema's revision; None for a store that is not there. Raises TrackingError for a foreign one."""
    if not file.exists() or (file.is_file() and file.stat().st_size == 0):
        return None
    try:
        with closing(read_only(file, timeout)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise TrackingError(f"{KEY}: {file} is locked by another program; end that one") from None
        raise TrackingError(
            f"{KEY}: {file} is no MLflow store: {error}; another file, or move this one away"
        ) from None
    if row is None:
        raise TrackingError(f"{KEY}: {file} is a half-made MLflow store; move it away")
    return str(row[0])


@cache
def newest_schema() -> str:
    """The revision that the installed MLflow wants, read from its migrations without importing it."""
    spec = importlib.util.find_spec("mlflow")
    if spec is None or spec.origin is None:
        raise TrackingError("mlflow: not installed; pip install nnlab")
    made: set[str] = set()
    replaced: set[str] = set()
    for file in (Path(spec.origin).parent / "store" / "db_migrations" / "versions").glob("*.py"):
        for down, revision in _REVISION.findall(file.read_text(encoding="utf-8")):
            (replaced if down else made).add(revision)
    return next(iter(made - replaced))
