"""Which folder a run works in: that of the same run where it was interrupted, else a new one."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nnlab.folder import OUTPUTS, existing_folders, make_folder
from nnlab.replacing import storage_error
from nnlab.tracking.journal import NAME, Event, read_events
from nnlab.tracking.tags import PARENT, SWEEP

LOCK = "lock"


@dataclass(frozen=True)
class Claim:
    """A folder that is ours. interrupted: whether a run is to be gone on with there."""

    folder: Path
    interrupted: bool


@contextmanager
def claimed(experiment: str, identity: str, fresh: bool) -> Iterator[Claim]:
    """Hold the folder of an interrupted run of this identity, or of a new one; always a new one if `fresh`.

    Raises StorageError where a folder cannot be made.
    """
    for folder in [] if fresh else existing_folders(experiment, identity):
        with hold(folder) as held:
            if held and is_interrupted(folder):
                yield Claim(folder, True)
                return
    folder = make_folder(experiment, identity)
    with hold(folder):
        yield Claim(folder, False)


@contextmanager
def hold(folder: Path) -> Iterator[bool]:
    """Lock a run's folder as long as the block or this process lasts; False where another one has it."""
    try:
        handle = open(folder / LOCK, "a", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise storage_error(folder / LOCK, error) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_interrupted(folder: Path) -> bool:
    """Whether a run was started here and did not come to its end. Raises StorageError for a broken journal."""
    events = read_events(folder / NAME)
    ends = [event.body["status"] for event in events if event.kind == "finish"]
    return bool(events) and ends[-1:] != ["FINISHED"]


def find_undelivered(experiment: str, identity: str) -> Path | None:
    """The folder of a run that was finished, but whose end the store may not have heard of; None for none.

    So it is after a kill in the last moment, and after a store that never answered.
    """
    for folder in existing_folders(experiment, identity):
        with hold(folder) as held:
            if held and is_undelivered(folder):
                return folder
    return None


def find_unrecorded(since: float) -> Path | None:
    """The newest folder here of a run that was killed before the store had a record of it; None for none.

    since: seconds since 1970; older ones do not count, nor those of runs that belong under another.
    """
    files = [file for file in Path.cwd().glob(f"{OUTPUTS}/*/*/{NAME}") if file.stat().st_mtime > since]
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        if _is_unrecorded(read_events(file)) and is_interrupted(file.parent):
            return file.parent
    return None


def _is_unrecorded(events: Sequence[Event]) -> bool:
    """Whether a run of its own has begun, and no store said so."""
    starts = [event for event in events if event.kind == "start"]
    alone = not any({PARENT, SWEEP} & event.body["tags"].keys() for event in starts)
    return bool(starts) and alone and not any(event.kind == "bound" for event in events)


def is_undelivered(folder: Path) -> bool:
    """Whether a run ended well here and its journal does not say that all of it is in the store."""
    events = read_events(folder / NAME)
    ends = [event for event in events if event.kind == "finish"]
    return bool(ends) and ends[-1].body["status"] == "FINISHED" and not _delivered_after(events, ends[-1])


def _delivered_after(events: Sequence[Event], end: Event) -> bool:
    return any(event.kind == "delivered" and event.number > end.number for event in events)
