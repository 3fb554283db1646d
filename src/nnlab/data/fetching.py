"""A published dataset's arrays: from the cache, from files put there by hand, or from an origin."""

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.data.archives import read_members
from nnlab.data.cache import UNFINISHED, ArrayFact, DamagedError, cache_folder, locked, read_cached, store
from nnlab.data.origins import Download, Origin, OriginError
from nnlab.data.progress import say, watched
from nnlab.errors import DataError, FetchError

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """How one dataset is had: what its arrays must be, where they come from, how files become arrays."""

    name: str
    arrays: Mapping[str, ArrayFact]
    origins: tuple[Origin, ...]
    decode: Callable[[Mapping[str, bytes]], Arrays]


def fetch(recipe: Recipe) -> Arrays:
    """The dataset's arrays, each compared with its published hash.

    Raises FetchError, which lists what was tried, and StorageError where the cache cannot be written.
    """
    failures: list[str] = []
    if (found := _cached(recipe, failures)) is not None:
        return found
    with locked(recipe.name):
        # Another process may have fetched it while this one waited for the lock.
        found = _cached(recipe, failures)
        return _from_origins(recipe, failures) if found is None else found


def _cached(recipe: Recipe, failures: list[str]) -> Arrays | None:
    try:
        return read_cached(recipe.name, recipe.arrays)
    except DamagedError as error:
        if (words := f"nnlab's cache: {error}") not in failures:
            say(f"{recipe.name}: {words}; fetching it again")
            failures.append(words)
        return None


def _from_origins(recipe: Recipe, failures: list[str]) -> Arrays:
    by_hand = [(origin, True) for origin in recipe.origins if _found(origin, cache_folder() / recipe.name)]
    for origin, at_hand in [*by_hand, *((origin, False) for origin in recipe.origins)]:
        try:
            arrays = (
                _read(recipe, origin, cache_folder() / recipe.name) if at_hand else _download(recipe, origin)
            )
        except (OriginError, DataError, DamagedError) as error:
            where = "file put by hand" if at_hand else origin.title
            failures.append(f"{where}: {error}")
            say(f"{recipe.name}: {failures[-1]}")
            continue
        store(recipe.name, arrays)
        return arrays
    raise FetchError(_no_source(recipe, failures))


def _download(recipe: Recipe, origin: Origin) -> Arrays:
    """Fetch into a folder beside the cache that is gone afterwards, whatever happens."""
    text = f"{recipe.name}: fetching {origin.megabytes:.0f} MB from {origin.title}"
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=cache_folder() / recipe.name) as name:
        with watched(Path(name), origin.megabytes, text):
            origin.deliver(Path(name))
        say(f"{recipe.name}: checking and decoding")
        return _read(recipe, origin, Path(name))


def _read(recipe: Recipe, origin: Origin, folder: Path) -> Arrays:
    """The arrays out of an origin's files, every known hash compared first."""
    members: dict[str, bytes] = {}
    files = _found(origin, folder)
    if not files:
        raise OriginError(f"it did not deliver {' '.join(origin.files)}")
    for path in files:
        if origin.sha256 and (wrong := _file_hash(path)) != origin.sha256:
            raise OriginError(f"{path.name} has sha256 {wrong[:16]}… and not {origin.sha256[:16]}…")
        members |= read_members(path, set(origin.members.values()))
    arrays = recipe.decode({key: _member(origin, key, members) for key in origin.members})
    for name, fact in recipe.arrays.items():
        if wrong := fact.mismatch(arrays[name]):
            raise DamagedError(f"{name} {wrong}")
    return arrays


def _member(origin: Origin, key: str, members: Mapping[str, bytes]) -> bytes:
    content = members.get(origin.members[key])
    if content is None:
        raise OriginError(f"{origin.members[key]} is not in it")
    if origin.md5 and (found := hashlib.md5(content, usedforsecurity=False).hexdigest()) != origin.md5[key]:
        raise OriginError(f"{origin.members[key]} has md5 {found} and not {origin.md5[key]}")
    return content


def _found(origin: Origin, folder: Path) -> list[Path]:
    """The origin's files in a folder, or none unless all are there."""
    found = [sorted(folder.glob(pattern)) for pattern in origin.files]
    return [paths[0] for paths in found] if all(found) else []


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _no_source(recipe: Recipe, failures: list[str]) -> str:
    origin = recipe.origins[0]
    origin_address = origin.address if isinstance(origin, Download) else f"{origin.title}: "
    return (
        f"{recipe.name}: no source delivered it ({'; '.join(failures)})\n"
        f"  by hand: put {' '.join(origin.files)} from {origin_address}\n"
        f"  into {cache_folder() / recipe.name} and run the command again"
    )
