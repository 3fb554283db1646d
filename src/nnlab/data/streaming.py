"""Data that stay on the disk: when they do, and the files they are read from.

What a memory map could not show (pictures, tables, compressed arrays) is written once into the cache as one
`.npy` file, named by what it was made from. Unused for a month, it goes when another one is written.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.lib import format as npy

from nnlab.data.cache import cache_folder, locked, write_whole
from nnlab.data.progress import watched
from nnlab.errors import DataError, StorageError
from nnlab.plan import Dataset, Truth
from nnlab.replacing import free_space, storage_error
from nnlab.spec import Task
from nnlab.stored import StoredArray

FOLDER = "streams"
COPIES = 3
"""How often an array is in memory at the most: as it was read, cut, and as a tensor."""
UNUSED_SECONDS = 30 * 24 * 3600.0
SPEAK_BYTES = 50_000_000
"""Files larger than this take so long that they are announced."""


class Streamable(Dataset):
    """A dataset that can stay on the disk.

    streaming: true reads inputs from the disk batch by batch, false holds them in memory, "auto" streams
    what would not fit. The results are the same bits. Targets are always in memory.
    """

    streaming: Literal["auto"] | Truth

    def check_streaming(self, task: Task) -> None:
        """Raises DataError where inputs cannot stay on the disk and are asked to."""
        if self.streaming is True and task == "reconstruction":
            raise DataError(
                "dataset.streaming: true for a reconstruction, whose outputs are as large as its inputs; "
                "auto or false"
            )

    def streams(self, size: int, task: Task) -> bool:
        """Whether inputs of `size` bytes stay on the disk."""
        if task == "reconstruction" or self.streaming is False:
            return False
        return self.streaming is True or COPIES * size > free_memory()


def free_memory() -> int:
    """How many bytes can be had now without another program losing any."""
    import psutil

    return psutil.virtual_memory().available


def key_of(facts: Iterable[object]) -> str:
    """The name of a cached array, from whatever decides what is in it."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(f"{fact!r}\n".encode())
    return digest.hexdigest()[:32]


def identify_file(path: Path) -> tuple[str, int, int]:
    """What tells a file from the one it was before: its name, size and time of change in nanoseconds."""
    there = path.stat()
    return path.name, there.st_size, there.st_mtime_ns


def cached(
    key: str, shape: tuple[int, ...], dtype: np.dtype, blocks: Iterable[np.ndarray], told: str
) -> StoredArray:
    """The array of that key, made of `blocks` of rows where it is not there yet.

    told: what is being read, for the user. Raises StorageError where the disk is too small, and what `blocks`
    raises; a half-written array is never seen.
    """
    with locked(FOLDER):
        path = cache_folder() / FOLDER / f"{key}.npy"
        if not path.is_file():
            _write(path, shape, dtype, blocks, told)
        os.utime(path)
        file = path.open("rb", buffering=0)
    return StoredArray(file, _data_offset(file), dtype, shape)


def scratch(blocks: Iterable[np.ndarray], rows: int) -> StoredArray:
    """So many rows, at least one, in a file without a name, which goes with the process. Raises StorageError."""
    folder = cache_folder() / FOLDER
    shape, dtype = (rows,), np.dtype(np.float32)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (open as long as the array is used)
        for block in blocks:
            shape, dtype = (rows, *block.shape[1:]), block.dtype
            file.write(np.ascontiguousarray(block).data)
        file.flush()
    except OSError as error:
        raise storage_error(folder, error) from None
    return StoredArray(file, 0, dtype, shape)


def _write(
    path: Path, shape: tuple[int, ...], dtype: np.dtype, blocks: Iterable[np.ndarray], told: str
) -> None:
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    _remove_unused(path.parent)
    if size > shutil.disk_usage(path.parent).free:
        raise StorageError(
            f"{path.parent}: {size / 1e9:.1f} GB are needed to stream; {free_space(path.parent)}; set NNLAB_DATA"
        )
    announced = (
        watched(path.parent, size / 1e6, f"{told} into the cache") if size > SPEAK_BYTES else nullcontext()
    )
    try:
        with announced:
            write_whole(path, lambda file: _fill(file, shape, dtype, blocks))
    except OSError as error:
        raise storage_error(path, error) from None


def _fill(file: IO[bytes], shape: tuple[int, ...], dtype: np.dtype, blocks: Iterable[np.ndarray]) -> None:
    header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(file, header)
    rows = 0
    for block in blocks:
        rows += len(block)
        file.write(np.ascontiguousarray(block, dtype).data)
    if rows != shape[0]:
        raise DataError(
            f"dataset.path: {rows} samples where {shape[0]} were; data that stay while they are read"
        )


def _remove_unused(folder: Path) -> None:
    for path in folder.glob("*.npy"):
        if time.time() - path.stat().st_mtime > UNUSED_SECONDS:
            path.unlink()


def _data_offset(file: IO[bytes]) -> int:
    npy.read_magic(file)
    npy.read_array_header_1_0(file)
    return file.tell()
