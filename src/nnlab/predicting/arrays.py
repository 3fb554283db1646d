"""Raw samples in .npy files: one of them, or a batch."""

from pathlib import Path

import numpy as np

from nnlab.errors import DataError
from nnlab.models.shapes import format_shape
from nnlab.predicting.model_input import ModelInput


def open_array(path: Path) -> np.ndarray:
    """The array of a .npy file, still on disk: nothing is unpickled or read. Raises DataError."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        objects = "Python objects" in str(error) or "allow_pickle" in str(error)
        reason = "it holds Python objects" if objects else str(error).splitlines()[0]
        raise DataError(f"{path}: cannot be read ({reason}); a whole .npy file of numbers") from None


def batch(array: np.ndarray, wanted: ModelInput, path: Path) -> np.ndarray:
    """The samples, shape (n, *wanted.shape), in the network's dtype, every value unchanged.

    A channel axis of 1 may be missing or be too many. Raises DataError for other shapes, for values that the
    dtype cannot hold exactly, that lie outside the network's range, or that are not finite.
    """
    samples = _shaped(array, wanted, path)
    if samples.dtype.kind not in "biuf":
        raise DataError(f"{path}: holds {samples.dtype}; numbers of type {wanted.dtype}")
    values = np.asarray(samples)
    if not np.isfinite(values).all():
        raise DataError(
            f"{path}: {int((~np.isfinite(values)).sum())} values are NaN or infinite; finite numbers"
        )
    with np.errstate(invalid="ignore", over="ignore"):
        cast = values.astype(wanted.dtype)
    if np.issubdtype(cast.dtype, np.integer) and not np.array_equal(cast, values):
        bounds = f"{wanted.low:g} to {wanted.high:g}"
        raise DataError(
            f"{path}: {values.min():g} to {values.max():g} as {array.dtype}; whole numbers from {bounds}"
        )
    if wanted.is_picture and np.issubdtype(cast.dtype, np.integer) and cast.size and cast.max() > wanted.high:
        raise DataError(f"{path}: values up to {cast.max()}; {wanted.low:g} to {wanted.high:g}")
    return cast


def _shaped(array: np.ndarray, wanted: ModelInput, path: Path) -> np.ndarray:
    shape = wanted.shape
    bare = shape[:-1] if shape[-1:] == (1,) else shape
    for sample in {shape, bare, (*bare, 1)}:
        if array.shape == sample:
            return array.reshape(1, *shape)
        if array.ndim == len(sample) + 1 and array.shape[1:] == sample and len(array):
            return array.reshape(-1, *shape)
    one = format_shape(shape)
    raise DataError(
        f"{path}: an array of {format_shape(array.shape)}; one sample of {one}, or a batch n×{one}"
    )
