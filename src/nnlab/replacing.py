"""Files that are either the whole new one or the whole old one, whatever happens while they are written."""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnlab.errors import StorageError

_ASIDE = ".saving-"
_STORAGE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENOTDIR,
    errno.EIO,
    errno.EEXIST,
}


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A folder inside `folder` to write into, gone afterwards; what a killed process left is cleared first.

    One process at a time writes to `folder`. Raises StorageError when it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{_ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
    except OSError as error:
        raise storage_error(folder, error) from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def put_in_place(written: Path, target: Path) -> None:
    """Make `written` durable, then let it take the place of `target` in one step. Raises StorageError."""
    try:
        _sync(written)
        os.replace(written, target)
        _sync(target.parent)
    except OSError as error:
        raise storage_error(target, error) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def storage_error(path: Path, error: BaseException) -> StorageError:
    """The failure as one line: path, the system's reason, and how much is free there."""
    number = storage_errno(error)
    reason = os.strerror(number) if number else str(error).splitlines()[0]
    return StorageError(f"{path}: cannot be written: {reason}; {free_space(path)}")


def storage_errno(error: BaseException | None) -> int | None:
    """The number of the storage fault behind an exception, or None where it is none.

    HDF5 wraps the system's errors and keeps their number in its text only.
    """
    while error is not None:
        number = getattr(error, "errno", None) or _written_errno(str(error))
        if number in _STORAGE:
            return number
        error = error.__cause__ or error.__context__
    return None


def _written_errno(text: str) -> int | None:
    found = re.search(r"errno = (\d+)|\[Errno (\d+)\]", text)
    return int(found[1] or found[2]) if found else None


def free_space(path: Path) -> str:
    """How much is free where `path` would be: `3.2 GB free`, or that it cannot be told."""
    there = next((place for place in (path, *path.parents) if place.is_dir()), Path())
    try:
        return f"{shutil.disk_usage(there).free / 1e9:.1f} GB free"
    except OSError:
        return "free space unknown"
