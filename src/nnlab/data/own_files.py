"""The user's own files: found, or refused with the key that names them."""

from pathlib import Path

from nnlab.errors import DataError


def own_file(name: str, key: str = "dataset.path") -> Path:
    """The file called `name`. Raises DataError naming the key."""
    path = Path(name).expanduser()
    if not path.exists():
        raise DataError(f"{key}: {name!r} does not exist; a file")
    if not path.is_file():
        raise DataError(f"{key}: {name!r} is no file; a file")
    if not path.stat().st_size:
        raise DataError(f"{key}: {name!r} is empty; a file with data")
    return path


def own_folder(name: str, key: str = "dataset.path") -> Path:
    """The folder called `name`. Raises DataError naming the key."""
    path = Path(name).expanduser()
    if not path.is_dir():
        words = "is no folder" if path.exists() else "does not exist"
        raise DataError(f"{key}: {name!r} {words}; a folder")
    return path
