"""The folder of one run: outputs/<experiment>/<identity>/, made once and never shared."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from nnlab.errors import StorageError

OUTPUTS = "outputs"


def make_folder(experiment: str, identity: str) -> Path:
    """Make the run's own folder under ./outputs; a second run of the same identity gets `<identity>-2`.

    Raises StorageError where it cannot be made.
    """
    parent = _parent(experiment)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for folder in _names(parent, identity):
            try:
                folder.mkdir()
                return folder
            except FileExistsError:
                continue
    except OSError as error:
        raise StorageError(f"{parent}: {error.strerror or error}; a folder that can be written") from None
    raise AssertionError("there is always another number")


def existing_folders(experiment: str, identity: str) -> list[Path]:
    """The folders that runs of this identity have made, the newest first."""
    there = itertools.takewhile(Path.is_dir, _names(_parent(experiment), identity))
    return list(there)[::-1]


def _parent(experiment: str) -> Path:
    return Path.cwd() / OUTPUTS / slug(experiment)


def _names(parent: Path, identity: str) -> Iterator[Path]:
    yield parent / identity
    yield from (parent / f"{identity}-{number}" for number in itertools.count(2))


def slug(name: str) -> str:
    """A name that is safe as one folder: letters, digits, `.`, `_` and `-`, at most 80 of them.

    >>> slug("../../<b>Ünïcode</b>")
    'b-n-code-b'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-_")[:80] or "experiment"
