"""Training, validation and test set: cut once, a pure function of data, keys and seed."""

from dataclasses import dataclass, replace

import numpy as np

from nnlab.data.cutting import Cut
from nnlab.data.folds import held_out
from nnlab.data.source import Source, load_source
from nnlab.errors import DataError
from nnlab.plan import CrossValidation, Dataset
from nnlab.spec import DataSpec, RawData, Samples
from nnlab.stored import StoredArray, pick


@dataclass(frozen=True)
class Splits:
    """The three sets. leak: the validation set is the test set. hash: of the whole data before it was cut.

    test_rows: where a fold's test samples stand in the source's training set; None for any other test set.
    """

    train: Samples
    validation: Samples | None
    test: Samples
    spec: DataSpec
    leak: bool
    hash: str
    test_rows: np.ndarray | None = None

    @property
    def held_bytes(self) -> int:
        """What training holds of the inputs in memory: the arrays and the tensors that are made of them."""
        parts = [self.train, self.test, None if self.leak else self.validation]
        return 2 * sum(part.x.nbytes for part in parts if part and not isinstance(part.x, StoredArray))


def load_splits(dataset: Dataset, seed: int, cv: CrossValidation | None = None) -> Splits:
    """Load, inspect, fingerprint and cut a dataset.

    The test set is cut first, then the validation set from what is left, then `samples` from the rest.
    Every cut has its own random numbers: changing one leaves the earlier ones as they are. A test set that
    is cut, or is a fold, takes the place of the source's own. Raises DataError and FetchError.
    """
    return split(load_source(dataset), dataset, seed, cv)


def without_fold(source: Source, cv: CrossValidation, seed: int) -> Source:
    """The data as if the test samples of `cv.fold` had never been: what a choice inside the fold may see."""
    raw = source.raw
    rows = np.delete(np.arange(len(raw.train)), held_out(raw, source.spec, cv, seed))
    groups = None if raw.groups is None else raw.groups[rows]
    return Source(source.spec, replace(raw, train=_pick(raw.train, rows), test=None, groups=groups))


def split(source: Source, dataset: Dataset, seed: int, cv: CrossValidation | None = None) -> Splits:
    """Cut inspected arrays as the dataset's keys and the fold say. Raises DataError naming the key."""
    spec, raw = source.spec, source.raw
    labels = raw.train.y if dataset.stratify and spec.classes else None
    rows = np.arange(len(raw.train))
    fold = held_out(raw, spec, cv, seed) if cv else None
    raw = _of_inputs(raw) if spec.task == "reconstruction" else raw
    if fold is not None:
        rows, test = np.delete(rows, fold), _pick(raw.train, fold)
    else:
        rows, test = _test(raw, rows, Cut("test_split", seed, dataset.shuffle, labels), dataset)
    rows, validation = _validation(
        raw, test, rows, Cut("validation_split", seed, dataset.shuffle, labels), dataset
    )
    if dataset.samples is not None:
        # Always drawn by seed: the first ones of a source sorted by class would be of one class.
        rows = Cut("samples", seed, True, labels).take(rows, dataset.samples)
    leak = dataset.validation_split == "test"
    return Splits(_pick(raw.train, rows), validation, test, spec, leak, source.hash, fold)


def _test(raw: RawData, rows: np.ndarray, cut: Cut, dataset: Dataset) -> tuple[np.ndarray, Samples]:
    if dataset.test_split == "given":
        return rows, _given(raw.test, "test", dataset)
    rest, taken = cut.divide(rows, dataset.test_split)
    return rest, _pick(raw.train, taken)


def _validation(
    raw: RawData, test: Samples, rows: np.ndarray, cut: Cut, dataset: Dataset
) -> tuple[np.ndarray, Samples | None]:
    if dataset.validation_split == "test":
        return rows, test
    if dataset.validation_split == "given":
        return rows, _given(raw.validation, "validation", dataset)
    if dataset.validation_split == 0:
        return rows, None
    rest, taken = cut.divide(rows, dataset.validation_split)
    return rest, _pick(raw.train, taken)


def _given(part: Samples | None, name: str, dataset: Dataset) -> Samples:
    if part is None:
        allowed = "a fraction or a count"
        raise DataError(
            f"dataset.{name}_split: 'given', and {dataset.name} has no {name} set of its own; {allowed}"
        )
    return part


def _of_inputs(raw: RawData) -> RawData:
    """The inputs as their own targets: one array, not two."""
    parts = {name: getattr(raw, name) for name in ("train", "validation", "test")}
    return replace(raw, **{name: part and Samples(part.x, part.x) for name, part in parts.items()})


def _pick(samples: Samples, rows: np.ndarray) -> Samples:
    """The rows, without a copy where they follow one another."""
    first, last = int(rows[0]), int(rows[-1]) + 1
    chosen = slice(first, last) if last - first == len(rows) else rows
    x = pick(samples.x, chosen)
    return Samples(x, x if samples.y is samples.x else samples.y[chosen])
