"""Whether arrays can be trained on at all. One NaN behind a ReLU leaves the loss finite for ever."""

from collections.abc import Iterator, Sequence

import numpy as np

from nnlab.errors import DataError
from nnlab.spec import DataSpec, RawData, Samples

_BLOCK = 4_000_000
_PARTS = {"train": "training set", "validation": "validation set", "test": "test set"}


def inspect(raw: RawData, spec: DataSpec, source: str) -> None:
    """Refuse what cannot be trained on. Raises DataError: the source, the part, the index and the count."""
    for name, words in _PARTS.items():
        part: Samples | None = getattr(raw, name)
        if part is not None:
            inspect_part(part, spec, f"{source}: {words}", least=2 if name == "train" else 1)


def inspect_part(part: Samples, spec: DataSpec, where: str, least: int = 1) -> None:
    """Refuse one part: too few samples, unequal lengths, wrong shapes, no numbers, NaN, Inf, foreign labels.

    where: how errors begin. least: how many samples there must be. Raises DataError.
    """
    if len(part.x) != len(part.y):
        raise DataError(
            f"{where}: {len(part.x)} inputs and {len(part.y)} targets; as many of one as of the other"
        )
    if len(part.x) < least:
        count = f"{len(part.x)} sample{'s' * (len(part.x) != 1)}"
        raise DataError(f"{where}: {count}; at least {least}")
    if part.x.shape[1:] != spec.shape:
        raise DataError(f"{where}: samples of shape {part.x.shape[1:]}; {spec.shape}")
    _inspect_values(part.x, f"{where}: input", spec.features, text=spec.dtype == "string")
    _inspect_targets(part, spec, f"{where}: target")


def _inspect_values(array: np.ndarray, where: str, columns: Sequence[str] = (), text: bool = False) -> None:
    if text and array.dtype.kind in "OSUT":
        return
    if array.dtype.kind not in "buif":
        raise DataError(f"{where}: {_kind(array)}; numbers only")
    if array.dtype.kind == "f":
        _inspect_finite(array, where, columns)


def _kind(array: np.ndarray) -> str:
    words = {"O": "Python objects", "U": "text", "S": "text", "T": "text", "c": "complex numbers"}
    return words.get(array.dtype.kind, f"values of type {array.dtype}")


def _inspect_finite(array: np.ndarray, where: str, columns: Sequence[str]) -> None:
    bad = 0
    first: tuple[int, ...] | None = None
    for start, block in _blocks(array):
        finite = np.isfinite(block)
        if not finite.all():
            bad += int(np.count_nonzero(~finite))
            if first is None:
                row, *rest = (int(axis[0]) for axis in np.nonzero(~finite))
                first = (start + row, *rest)
    if first is not None:
        raise DataError(
            f"{where} {_place(first, columns)} is {array[first]}, {bad} such in all; finite numbers only"
        )


def _blocks(array: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    rows = max(1, _BLOCK * len(array) // max(1, array.size))
    for start in range(0, len(array), rows):
        yield start, array[start : start + rows]


def _place(index: tuple[int, ...], columns: Sequence[str]) -> str:
    if len(index) == 2 and len(columns) > index[1]:
        return f"[{index[0]}, {columns[index[1]]!r}]"
    return str(list(index))


def _inspect_targets(part: Samples, spec: DataSpec, where: str) -> None:
    if spec.task == "reconstruction":
        return
    _inspect_values(part.y, where)
    if spec.task == "regression":
        _expect_shape(part.y, (spec.outputs,) if spec.outputs > 1 else (), where)
        return
    _expect_shape(part.y, (), where)
    foreign = np.nonzero((part.y < 0) | (part.y >= len(spec.classes)) | (part.y != np.floor(part.y)))[0]
    if len(foreign):
        label, count = part.y[foreign[0]], len(foreign)
        raise DataError(
            f"{where} [{foreign[0]}] is {label}, {count} such in all; labels 0 to {len(spec.classes) - 1}"
        )


def _expect_shape(y: np.ndarray, shape: tuple[int, ...], where: str) -> None:
    if y.shape[1:] != shape:
        raise DataError(f"{where}s of shape {y.shape[1:]}; {shape or 'one number a sample'}")
