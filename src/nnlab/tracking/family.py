"""Parents and their children in the store: who belongs under whom, put right after something was killed."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.errors import TrackingError
from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.abandoned import WITHOUT_A_WORD, BadEnd, finish_record
from nnlab.tracking.address import KEY, redact
from nnlab.tracking.client import connect
from nnlab.tracking.listing import list_runs
from nnlab.tracking.rows import INTERRUPTED, RunRow

_OPEN = ("RUNNING", INTERRUPTED)


def children_of(tracking: Tracking, parent: str) -> list[RunRow]:
    """The runs below a run, in the order in which they began. Raises TrackingError."""
    return [row for row in reversed(list_runs(tracking)) if row.tags.get(tags.PARENT) == parent]


def adopt(tracking: Tracking, child: str, parent: str) -> None:
    """Put a run below another. Raises TrackingError."""
    with _answered():
        connect(tracking).set_tag(child, tags.PARENT, parent)


def release(row: RunRow) -> None:
    """Take a run that ended badly from below its parent; its record is closed and kept.

    Raises TrackingError for a store that cannot be written.
    """
    if row.status in _OPEN:
        _finish(row, "KILLED", WITHOUT_A_WORD)
    with _answered():
        connect(row.tracking).delete_tag(row.id, tags.PARENT)


def finish_lost(tracking: Tracking, carrier: str, status: BadEnd, reason: str) -> None:
    """Close the record of a run that `carrier` (see tags.CARRIER) carried, whose process or machine is gone.

    Its folds too; no record is fine. Raises TrackingError for a store that cannot be written.
    """
    rows = [row for row in list_runs(tracking) if row.status in _OPEN]
    lost = {row.id for row in rows if row.tags.get(tags.CARRIER) == carrier}
    for row in rows:
        if row.id in lost or row.tags.get(tags.PARENT) in lost:
            _finish(row, status, reason)


def _finish(row: RunRow, status: BadEnd, reason: str) -> None:
    """From its journal where that lies here; else in the store alone: the rest went with its machine."""
    if row.status == INTERRUPTED and row.folder:
        finish_record(row.tracking, row.folder, (status, reason))
        return
    with _answered():
        client = connect(row.tracking)
        client.set_tag(row.id, tags.FAILURE, reason)
        client.set_terminated(row.id, status)


@contextmanager
def _answered() -> Iterator[None]:
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        raise TrackingError(redact(f"{KEY}: {error.message.splitlines()[0]}")) from None
