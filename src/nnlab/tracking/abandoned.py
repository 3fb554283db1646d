"""The record of a run whose process is gone: what its journal still holds goes into the store, and its end."""

from pathlib import Path
from typing import Literal

from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.ending import how_ended
from nnlab.tracking.journal import NAME, read_events
from nnlab.tracking.listing import list_runs
from nnlab.tracking.recorder import Recorder

BadEnd = Literal["FAILED", "KILLED"]
WITHOUT_A_WORD = "its process ended without a word: killed, or the power failed"


def finish_abandoned(tracking: Tracking, process: str, status: BadEnd, reason: str) -> None:
    """Finish every record that `process` (see `name_process`) has left on this machine; none is fine.

    Raises StorageError for a journal that cannot be read or written, TrackingError for a store that cannot.
    """
    for row in list_runs(tracking):
        if row.tags.get(tags.PROCESS) == process and row.status != "FINISHED" and row.folder:
            finish_record(tracking, row.folder, (status, reason))


def finish_record(tracking: Tracking, folder: Path, known: tuple[BadEnd, str] | None = None) -> str:
    """Bring a journal into the store, with the end it tells of, else as KILLED without a word; that end.

    known: who ended the run knows better how and why, unless it had ended well by then. Call it when no process is
    at the run. Raises StorageError and TrackingError.
    """
    recorder = Recorder(tracking, folder)
    ended = how_ended(read_events(folder / NAME))
    if ended == "FINISHED" or (ended and not known):
        recorder.deliver()
        return ended
    status, reason = known or ("KILLED", WITHOUT_A_WORD)
    recorder.resume()
    recorder.tags({tags.FAILURE: reason})
    recorder.finish(status)
    return status
