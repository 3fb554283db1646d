"""Arrays in an .npz file: headers without loading, arrays without pickles, memory bounded."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from nnlab.errors import DataError
from nnlab.names import suggest

_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, SyntaxError, NotImplementedError)
MEMORY_SHARE = 0.5
"""An array may take up to this share of the machine's memory."""


@dataclass(frozen=True)
class Header:
    """Shape and dtype of one array."""

    shape: tuple[int, ...]
    dtype: np.dtype


def read_headers(path: Path) -> dict[str, Header]:
    """The header of every array in the file. Raises DataError."""
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            return {info.filename[:-4]: _header(archive, info, path) for info in arrays}
    except _BROKEN as error:
        raise DataError(f"{path}: cannot be read ({error}); an .npz file of numpy.savez") from None


def find_header(headers: dict[str, Header], name: str, key: str, path: Path) -> Header:
    """The header of one array. Raises DataError naming the key, with the arrays there are."""
    if name in headers:
        return headers[name]
    meant = suggest(name, headers)
    hint = f"did you mean {meant!r}?" if meant else f"one of {', '.join(headers) or 'none'}"
    raise DataError(f"{key}: {name!r} is no array of {path}; {hint}")


def read_array(path: Path, name: str) -> np.ndarray:
    """One array. Raises DataError for damaged files."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return arrays[name]
    except (*_BROKEN, KeyError) as error:
        raise DataError(f"{path}: {name} cannot be read ({error}); a whole .npz file") from None


def _header(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Header:
    with archive.open(info) as file:
        shape, dtype = _parse(file)
    if dtype.hasobject:
        raise DataError(f"{path}: {info.filename[:-4]} holds Python objects; an array of numbers or texts")
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if size > (most := _memory_limit()):
        raise DataError(
            f"{path}: {info.filename[:-4]} takes {size / 1e9:.1f} GB; at most {most / 1e9:.1f} GB here"
        )
    if not size <= info.file_size <= size + 65_600:
        raise DataError(
            f"{path}: {info.filename[:-4]} announces {size} bytes and holds {info.file_size}; a whole file"
        )
    return Header(shape, dtype)


def _parse(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    major, _ = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    return tuple(shape), np.dtype(dtype)


def _memory_limit() -> float:
    import psutil

    return psutil.virtual_memory().total * MEMORY_SHARE
