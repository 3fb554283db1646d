"""The record of a run whose process is gone: what its journal still holds goes into the store, and its end."""

from typing import Literal

from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.listing import list_runs
from nnlab.tracking.recorder import Recorder


def finish_abandoned(
    tracking: Tracking, process: str, status: Literal["FAILED", "KILLED"], reason: str
) -> None:
    """Finish every record that `process` (see `name_process`) has left on this machine; none is fine.

    Raises StorageError for a journal that cannot be read or written, TrackingError for a store that cannot.
    """
    for row in list_runs(tracking):
        if row.tags.get(tags.PROCESS) == process and row.status != "FINISHED" and row.folder:
            recorder = Recorder(tracking, row.folder)
            recorder.resume()
            recorder.tags({tags.FAILURE: reason})
            recorder.finish(status)
