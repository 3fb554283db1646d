"""Arrays in an .npz file: headers without loading, arrays without pickles, in bounded memory or on the disk."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from nnlab.data.streaming import cached, identify_file, key_of
from nnlab.errors import DataError
from nnlab.names import suggest
from nnlab.stored import BLOCK_BYTES, StoredArray, open_stored

_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, SyntaxError, NotImplementedError)
_LOCAL_LENGTHS = 26
"""Where a member's own header says how long its name and extra field are (PKWARE APPNOTE, 4.3.7)."""
MEMORY_SHARE = 0.5
"""An array may take up to this share of the machine's memory."""


@dataclass(frozen=True)
class Header:
    """Shape and dtype of one array, and whether it stands column by column."""

    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool = False

    @property
    def size(self) -> int:
        """Its bytes in memory."""
        return int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize


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
    """One array. Raises DataError for damaged files, and for an array too large to be held in memory."""
    check_size(read_headers(path).get(name), name, path)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return arrays[name]
    except (*_BROKEN, KeyError) as error:
        raise DataError(f"{path}: {name} cannot be read ({error}); a whole .npz file") from None


def check_size(header: Header | None, name: str, path: Path) -> None:
    """Raises DataError for an array that is too large to be held in memory."""
    if header and header.size > (most := _memory_limit()):
        raise DataError(
            f"{path}: {name} takes {header.size / 1e9:.1f} GB; at most {most / 1e9:.1f} GB in memory here"
        )


def read_stored(path: Path, name: str, dtype: np.dtype) -> StoredArray:
    """One array that stays on the disk, its values in `dtype` when they are read.

    In the file itself where that is not compressed, else written out once. Its checksum is compared first.
    Raises DataError for damaged files and StorageError where there is no place for it.
    """
    header = read_headers(path)[name]
    if header.fortran:
        raise DataError(
            f"{path}: {name} stands column by column; numpy.ascontiguousarray before numpy.savez, or "
            "dataset.streaming=false"
        )
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(f"{name}.npy")
        if info.compress_type != zipfile.ZIP_STORED:
            key = key_of([path.resolve(), identify_file(path), name])
            return cached(key, header.shape, header.dtype, _unpacked(archive, info, path), name).cast(dtype)
        for _ in _unpacked(archive, info, path):  # reads all, which compares the checksum
            pass
    return open_stored(path, _place(path, info), header.dtype, header.shape, dtype)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Iterator[np.ndarray]:
    """The rows of an array, some at a time. Raises DataError for damaged files."""
    try:
        with archive.open(info) as file:
            shape, dtype, _ = _parse(file)
            row = int(np.prod(shape[1:], dtype=object)) * dtype.itemsize
            step = max(1, BLOCK_BYTES // max(1, row)) * row
            while data := file.read(step):
                yield np.frombuffer(data, dtype).reshape(-1, *shape[1:])
    except _BROKEN as error:
        raise DataError(f"{path}: {info.filename[:-4]} cannot be read ({error}); a whole .npz file") from None


def _place(path: Path, info: zipfile.ZipInfo) -> int:
    """The byte of the file at which an uncompressed array's values begin."""
    with path.open("rb") as file:
        file.seek(info.header_offset + _LOCAL_LENGTHS)
        file.seek(sum(struct.unpack("<HH", file.read(4))), os.SEEK_CUR)
        _parse(file)
        return file.tell()


def _header(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Header:
    with archive.open(info) as file:
        header = Header(*_parse(file))
    if header.dtype.hasobject:
        raise DataError(f"{path}: {info.filename[:-4]} holds Python objects; an array of numbers or texts")
    size = header.size
    if not size <= info.file_size <= size + 65_600:
        raise DataError(
            f"{path}: {info.filename[:-4]} announces {size} bytes and holds {info.file_size}; a whole file"
        )
    return header


def _parse(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype, bool]:
    major, _ = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    return tuple(shape), np.dtype(dtype), fortran


def _memory_limit() -> float:
    import psutil

    return psutil.virtual_memory().total * MEMORY_SHARE
