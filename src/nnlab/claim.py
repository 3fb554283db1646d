"""Which folder a run works in: that of the same run where it was interrupted, else a new one."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import RequestError
from nnlab.folder import OUTPUTS, existing_folders, make_folder
from nnlab.replacing import storage_error
from nnlab.tracking import tags
from nnlab.tracking.ending import is_interrupted, is_undelivered
from nnlab.tracking.journal import NAME, Event, read_events, read_start

LOCK = "lock"


@dataclass(frozen=True)
class Claim:
    """A folder that is ours. interrupted: whether a run is to be gone on with there."""

    folder: Path
    interrupted: bool


@contextmanager
def claimed(experiment: str, identity: str, fresh: bool, known: Path | None = None) -> Iterator[Claim]:
    """Hold the folder of an interrupted run of this identity, or of a new one; always a new one if `fresh`.

    known: the run to go on with, and no other. Raises RequestError where a process is at it, StorageError where a
    folder cannot be made.
    """
    if known:
        with hold_alone(known):
            yield Claim(known, True)
        return
    for folder in [] if fresh else existing_folders(experiment, identity):
        with hold(folder) as held:
            if held and is_interrupted(folder):
                yield Claim(folder, True)
                return
    folder = make_folder(experiment, identity)
    with hold(folder, wait=True):
        yield Claim(folder, False)


@contextmanager
def hold_alone(folder: Path) -> Iterator[None]:
    """As `hold`. Raises RequestError where another process has it."""
    with hold(folder) as held:
        if not held:
            raise RequestError(f"{folder}: the run is running; one process at a time")
        yield


@contextmanager
def hold(folder: Path, wait: bool = False) -> Iterator[bool]:
    """Lock a run's folder as long as the block or this process lasts; False where another one has it.

    wait: until that one is done, where it only looks.
    """
    try:
        handle = open(folder / LOCK, "a", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise storage_error(folder / LOCK, error) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


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
    alone = not any({tags.PARENT, tags.SWEEP} & event.body["tags"].keys() for event in starts)
    return bool(starts) and alone and not any(event.kind == "bound" for event in events)


def check_unchanged(folder: Path, identity: str, data_hash: str) -> None:
    """Raises RequestError where a run would not go on as it began: with other data, or by another nnlab."""
    began = read_start(folder / NAME)["tags"]
    if began.get(tags.IDENTITY) == identity:
        return
    if tags.REPLAYED in began:
        raise RequestError(f"{folder}: a replay; `nnlab replay {began[tags.REPLAYED][:8]}` begins another")
    changed = f"nnlab {began.get(tags.VERSION)} began it, and this one's results are others"
    if began.get(tags.DATA_HASH) != data_hash:
        changed = "dataset: its samples are not those that the run began with"
    raise RequestError(f"{folder}: {changed}; bring them back, or train anew with `nnlab`")
