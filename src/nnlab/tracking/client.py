"""The one door to MLflow: how it is set before its import, and a client for the store."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING

from nnlab.plan import Tracking
from nnlab.tracking.address import artifact_location, database, store_uri
from nnlab.tracking.store import ensure_store, newest_schema

if TYPE_CHECKING:
    from mlflow import MlflowClient

ALWAYS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_UV_AUTO_DETECT": "false",
}
# MLflow's own patience, 7 tries that double their wait, keeps a dead server's callers for minutes.
UNLESS_SET = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
}


def set_mlflow() -> None:
    """Set MLflow's environment before its import: no telemetry, no pickles, no chatter, short patience."""
    os.environ.update(ALWAYS)
    for name, value in UNLESS_SET.items():
        os.environ.setdefault(name, value)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    # For a process that had imported MLflow before: it reads its environment once.
    logging.getLogger("mlflow").setLevel(os.environ["MLFLOW_LOGGING_LEVEL"].upper() or "INFO")


def prepare_connecting() -> None:
    """Do what needs no store of a first connection, for all processes that are forked from this one.

    MLflow reads its 67 migrations before each to know the newest, half of the time a connection takes.
    """
    from mlflow.store.db import utils
    from sqlalchemy.orm import configure_mappers

    newest_schema()
    configure_mappers()
    with suppress(AttributeError):  # MLflow's own business, which another version may do otherwise
        utils._get_latest_schema_revision = cache(utils._get_latest_schema_revision)
        utils._get_latest_schema_revision()


@contextmanager
def connecting(tracking: Tracking) -> Iterator[None]:
    """Make the first connection, with its import and a new store, in a thread beside the block; end with both.

    For a block that waits for other processes. What is wrong with a store is left to be said by who uses it.
    """
    thread = Thread(target=_try_to_connect, args=(tracking,), name="nnlab-connecting")
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _try_to_connect(tracking: Tracking) -> None:
    with suppress(Exception):
        connect(tracking)


def connect(tracking: Tracking) -> "MlflowClient":
    """A client for the store, which is created if it is a local file that does not exist.

    Imports MLflow, about 1.5 s. Raises RequestError for a bad address, TrackingError for a store of no use.
    """
    set_mlflow()
    if (file := database(tracking)) is not None:
        ensure_store(file, artifact_location(tracking))
    return client_of(tracking)


def client_of(tracking: Tracking) -> "MlflowClient":
    """A client for a store that `connect` has found to be of use."""
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=store_uri(tracking))
