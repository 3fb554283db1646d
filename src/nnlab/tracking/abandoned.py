"""The record of a run whose process is gone: what its journal still holds goes into the store, and its end."""

from typing import Literal

from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.destination import MlflowDestination, Refused, batches
from nnlab.tracking.journal import NAME, Journal, read_events
from nnlab.tracking.listing import list_runs
from nnlab.tracking.rows import RunRow


def finish_abandoned(
    tracking: Tracking, process: str, status: Literal["FAILED", "KILLED"], reason: str
) -> None:
    """Finish every record that `process` (see tracking.process) has left; none is fine.

    Raises StorageError for a journal that cannot be read or written, TrackingError and MLflow's own errors for a
    store that cannot.
    """
    for row in list_runs(tracking):
        if row.tags.get(tags.PROCESS) == process and row.status != "FINISHED":
            _finish(row, status, reason)


def _finish(row: RunRow, status: str, reason: str) -> None:
    if row.folder is None:
        return
    journal = Journal(row.folder / NAME)
    journal.append("tags", {tags.FAILURE: reason})
    journal.append("finish", {"status": status})
    journal.close()
    destination = MlflowDestination(row.tracking, lambda _: None, row.id)
    events = [event for event in read_events(journal.file) if event.kind not in ("start", "bound")]
    for batch in batches(events):
        try:
            destination.apply(batch)
        except Refused as error:
            print(f"warning: tracking: {error}")
