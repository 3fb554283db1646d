"""Writes in which a process kills itself: what SIGKILL, or a power cut, may leave of them."""

import os
import signal
from pathlib import Path
from typing import Any

CHECKPOINT_EMPTY, CHECKPOINT_HALF = "a checkpoint, empty", "a checkpoint, half-written"
RENAME = "a file that is whole and not yet in its place"
JOURNAL = "a line of the journal"
WRITES = {CHECKPOINT_EMPTY: 3, CHECKPOINT_HALF: 3, RENAME: 5, JOURNAL: 10}
"""Every kind, and how many of them a process gets to at most before it dies."""


def die_in(kind: str, count: int) -> None:
    """From now on, this process kills itself in the `count`-th write of a kind."""
    left = iter(range(count - 1, -1, -1))
    if kind == JOURNAL:
        _tear_journal(left)
    elif kind == RENAME:
        _never_rename(left)
    else:
        _tear_checkpoint(left, 0 if kind == CHECKPOINT_EMPTY else 2)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _tear_checkpoint(left: Any, part: int) -> None:
    """part: 0 writes nothing of it, 2 a half."""
    write = Path.write_bytes

    def tear(path: Path, data: bytes) -> int:
        if path.suffix == ".part" and next(left) == 0:
            write(path, data[: len(data) // part] if part else b"")
            _die()
        return write(path, data)

    Path.write_bytes = tear  # type: ignore[method-assign, assignment]


def _never_rename(left: Any) -> None:
    """Checkpoints and models are written aside and renamed; a new store is too."""
    replace = os.replace

    def swap(source: Any, target: Any) -> None:
        if next(left) == 0:
            _die()
        replace(source, target)

    os.replace = swap  # type: ignore[assignment]


def _tear_journal(left: Any) -> None:
    from nnlab.tracking.journal import Journal

    append = Journal.append

    def tear(journal: Journal, kind: Any, body: dict[str, Any]) -> Any:
        if next(left) == 0:
            journal._handle.write(b'{"number": 9, "kind": "met')
            journal._handle.flush()
            _die()
        return append(journal, kind, body)

    Journal.append = tear  # type: ignore[method-assign]
