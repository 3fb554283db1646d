"""How a run came to its end, as its journal tells; the store may not have heard so."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.tracking.journal import NAME, Event, read_events

_TAIL = 256
"""Bytes from a journal's end: more than its last line where that says that all is delivered."""


def is_interrupted(folder: Path) -> bool:
    """Whether a run was started here and did not end well. Raises StorageError for a broken journal."""
    return bool(events := read_events(folder / NAME)) and how_ended(events) != "FINISHED"


def is_undelivered(folder: Path) -> bool:
    """Whether a run ended well here and its journal does not say that all of it is in the store."""
    return how_ended(read_events(folder / NAME)) == "FINISHED" and is_unsettled(folder)


def how_ended(events: Sequence[Event]) -> str | None:
    """FINISHED, FAILED or KILLED; None for a run that goes on, or whose process ended without a word."""
    ends = [event for event in events if event.kind in ("finish", "resume")]
    return ends[-1].body["status"] if ends and ends[-1].kind == "finish" else None


def is_unsettled(folder: Path) -> bool:
    """Whether something of a run's journal may be missing in the store. Reads the last line only."""
    file = folder / NAME
    if not file.is_file():
        return False
    with open(file, "rb") as handle:
        handle.seek(max(0, file.stat().st_size - _TAIL))
        tail = handle.read()
    return bool(tail) and b'"kind": "delivered"' not in tail.rstrip(b"\n").rpartition(b"\n")[2]
