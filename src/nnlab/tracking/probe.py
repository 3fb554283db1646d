"""Can the store be used? Asked before training, answered in `tracking.timeout`, without MLflow's import."""

import base64
import os
import shutil
import sqlite3
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from nnlab.errors import TrackingError
from nnlab.plan import Tracking
from nnlab.tracking.address import KEY, artifact_location, database, redact, store_uri
from nnlab.tracking.store import newest_schema, schema_of

LEAST_FREE = 16 * 2**20
"""Bytes: a new store and a small model need about that much."""


def check_store(tracking: Tracking) -> None:
    """Return when runs can be recorded. Raises RequestError for a bad address, TrackingError otherwise."""
    file = database(tracking)
    if file is None:
        check_server(store_uri(tracking), tracking.timeout)
    else:
        check_file(file, tracking.timeout)
    location = artifact_location(tracking)
    if location and location.startswith("file:"):
        check_folder(_nearest(Path(unquote(urlsplit(location).path))), "tracking.artifacts")


def check_file(file: Path, timeout: float) -> None:
    """A sqlite store that can be written, or a folder to make it in. Raises TrackingError."""
    check_folder(file.parent, KEY)
    found = schema_of(file, timeout)
    if found is None:
        return
    if found != newest_schema():
        raise TrackingError(
            f"{KEY}: {file} is of another MLflow (schema {found}, this one wants {newest_schema()}); "
            f"copy it, then: mlflow db upgrade sqlite:///{file}"
        )
    try:
        with closing(sqlite3.connect(file, timeout=timeout, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise TrackingError(
            f"{KEY}: {file} cannot be written: {error}; free it, or name another file"
        ) from None


def check_folder(folder: Path, key: str) -> None:
    """A folder that exists or can be made, can be written, and has room. Raises TrackingError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        raise TrackingError(f"{key}: {folder}: {error.strerror}; a folder that can be written") from None
    if free < LEAST_FREE:
        raise TrackingError(
            f"{key}: {folder}: {free / 2**20:.0f} MB free; a run needs {LEAST_FREE / 2**20:.0f} MB at least"
        )


def _nearest(folder: Path) -> Path:
    """The folder, or what it will be made in: a request that is refused later must not leave it behind."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def check_server(uri: str, timeout: float) -> None:
    """An MLflow server that answers within `timeout` seconds in all, and lets us in. Raises TrackingError."""
    answers: list[Exception | None] = []
    # A thread, because urllib's timeout starts again with every packet and does not cover the name's look-up.
    asking = threading.Thread(target=lambda: answers.append(_ask(uri, timeout)), daemon=True)
    asking.start()
    asking.join(timeout)
    if not answers:
        raise TrackingError(_silent(uri, timeout, "no answer"))
    if (error := answers[0]) is None:
        return
    if isinstance(error, urllib.error.HTTPError):
        raise TrackingError(_refused(uri, error.code))
    raise TrackingError(_silent(uri, timeout, str(getattr(error, "reason", error))))


def _ask(uri: str, timeout: float) -> Exception | None:
    try:
        with urllib.request.urlopen(_request(uri), timeout=timeout) as answer:
            found = answer.headers.get_content_type()
            return (
                None
                if found == "application/json"
                else ValueError(f"it sent {found}, not what an MLflow server sends")
            )
    except (OSError, ValueError) as error:
        return error


def _request(uri: str) -> urllib.request.Request:
    """Ask for one experiment with the login that MLflow would use: the address's, or the environment's."""
    parts = urlsplit(uri)
    host = parts.netloc.rpartition("@")[2]
    address = urlunsplit(
        (parts.scheme, host, parts.path + "/api/2.0/mlflow/experiments/search", "max_results=1", "")
    )
    request = urllib.request.Request(address)
    user = unquote(parts.username or os.environ.get("MLFLOW_TRACKING_USERNAME", ""))
    password = unquote(parts.password or os.environ.get("MLFLOW_TRACKING_PASSWORD", ""))
    if user:
        request.add_header(
            "Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        )
    elif token := os.environ.get("MLFLOW_TRACKING_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    return request


def _silent(uri: str, timeout: float, reason: str) -> str:
    return (
        f"{KEY}: {redact(uri)} does not answer within {timeout:g} s ({redact(reason)}); "
        "start the server, mend the address, or use tracking=local"
    )


def _refused(uri: str, code: int) -> str:
    if code in (401, 403):
        return (
            f"{KEY}: {redact(uri)} refuses this login (HTTP {code}); "
            "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )
    return (
        f"{KEY}: {redact(uri)} answers, but not as an MLflow server (HTTP {code}); an MLflow server's address"
    )
