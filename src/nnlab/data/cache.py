"""nnlab's own cache: every published array as one .npy file whose content hash is known beforehand."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from nnlab.data.fingerprints import bytes_hash
from nnlab.errors import StorageError

UNFINISHED = ".fetch-"
HASHES = "hashes.json"


@dataclass(frozen=True)
class ArrayFact:
    """What a published array must be: dtype, shape, and the first 16 digits of the SHA-256 of its bytes.

    sha256: None where nobody published it; then the cache compares with what it wrote down itself.
    """

    dtype: str
    shape: tuple[int, ...]
    sha256: str | None

    def mismatch(self, array: np.ndarray) -> str | None:
        """What is wrong with an array that should be this one, in words; None when it is the one."""
        if array.dtype != np.dtype(self.dtype) or array.shape != self.shape:
            return f"is {array.dtype} {array.shape} and not {self.dtype} {self.shape}"
        if self.sha256 is None or (found := bytes_hash(array)) == self.sha256:
            return None
        return f"has sha256 {found}… and not {self.sha256}…"


class DamagedError(Exception):
    """A cached or decoded array is not the published one."""


def cache_folder() -> Path:
    """$NNLAB_DATA, or nnlab/data in the place where this system keeps caches."""
    if given := os.environ.get("NNLAB_DATA"):
        return Path(given).expanduser()
    return user_folder() / "data"


def user_folder() -> Path:
    """Where nnlab keeps for this user what can be had again."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "nnlab"


def is_cached(name: str, facts: Mapping[str, ArrayFact]) -> bool:
    """Whether the cache holds a file for every array; their content is checked when they are read."""
    return all((cache_folder() / name / f"{array}.npy").is_file() for array in facts)


def read_cached(name: str, facts: Mapping[str, ArrayFact]) -> dict[str, np.ndarray] | None:
    """The arrays, each compared with its hash; None where not all are there. Raises DamagedError."""
    if not is_cached(name, facts):
        return None
    found = {}
    recorded = _recorded(name)
    for array, fact in facts.items():
        path = cache_folder() / name / f"{array}.npy"
        try:
            found[array] = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DamagedError(f"{path} cannot be read ({error})") from None
        known = replace(fact, sha256=fact.sha256 or recorded.get(array, "unknown"))
        if wrong := known.mismatch(found[array]):
            raise DamagedError(f"{path} {wrong}")
    return found


def store(name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write aside and rename, so that a kill leaves whole files or none. Raises StorageError."""
    folder = cache_folder() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        hashes = json.dumps({array: bytes_hash(values) for array, values in arrays.items()})
        write_whole(folder / HASHES, lambda file: file.write(hashes.encode()))
        for array, values in arrays.items():
            write_whole(
                folder / f"{array}.npy", lambda file, values=values: np.save(file, values, allow_pickle=False)
            )
    except OSError as error:
        raise StorageError(f"{folder}: the dataset cannot be stored: {error.strerror or error}") from None


def write_whole(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """What `fill` writes, whole or not at all, whatever happens meanwhile. Raises OSError."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with aside.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _recorded(name: str) -> dict[str, str]:
    """The hashes that were written down when the arrays were stored."""
    try:
        found = json.loads((cache_folder() / name / HASHES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the dataset's lock, so that two processes do not fetch it twice; a kill frees it.

    What a killed process left unfinished is removed first. Raises StorageError.
    """
    folder = cache_folder() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("a+b")
    except OSError as error:
        raise StorageError(
            f"{folder}: the cache cannot be written ({error.strerror or error}); set NNLAB_DATA"
        ) from None
    with file:
        _lock(file.fileno())
        for left in [*folder.glob(f"{UNFINISHED}*"), *folder.glob(".*.tmp")]:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield


def _lock(descriptor: int) -> None:
    # Without fcntl (Windows) two processes may fetch the same files; renaming still keeps the result whole.
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
