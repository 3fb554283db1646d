"""The folder of one run: outputs/<experiment>/<identity>/, made once and never shared."""

import re
from pathlib import Path

from nnlab.errors import StorageError

OUTPUTS = "outputs"


def make_folder(experiment: str, identity: str) -> Path:
    """Make the run's own folder under ./outputs; a second run of the same identity gets `<identity>-2`.

    Raises StorageError where it cannot be made.
    """
    parent = Path.cwd() / OUTPUTS / slug(experiment)
    number = 1
    try:
        parent.mkdir(parents=True, exist_ok=True)
        while True:
            folder = parent / (identity if number == 1 else f"{identity}-{number}")
            try:
                folder.mkdir()
                return folder
            except FileExistsError:
                number += 1
    except OSError as error:
        raise StorageError(f"{parent}: {error.strerror or error}; a folder that can be written") from None


def slug(name: str) -> str:
    """A name that is safe as one folder: letters, digits, `.`, `_` and `-`, at most 80 of them.

    >>> slug("../../<b>Ünïcode</b>")
    'b-n-code-b'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-_")[:80] or "experiment"
