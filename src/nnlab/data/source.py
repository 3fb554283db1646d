"""A whole dataset before it is cut, and what processes that are forked need not read again."""

import functools
from contextlib import suppress
from dataclasses import dataclass

from nnlab.data.cache import DamagedError
from nnlab.data.fingerprints import fingerprint_data
from nnlab.data.inspection import inspect
from nnlab.data.published import Published
from nnlab.errors import DataError
from nnlab.plan import Dataset
from nnlab.spec import DataSpec, RawData


@dataclass(frozen=True)
class Source:
    """All arrays of a dataset, and what they are."""

    spec: DataSpec
    raw: RawData

    @functools.cached_property
    def hash(self) -> str:
        """The fingerprint of everything."""
        return fingerprint_data(self.raw)


def load_source(dataset: Dataset) -> Source:
    """The dataset, inspected; the one it was given to hold, if any. Raises DataError and FetchError."""
    if isinstance(dataset, Published) and isinstance(dataset.held, Source):
        return dataset.held
    spec, raw = dataset.spec(), dataset.load()
    inspect(raw, spec, str(getattr(dataset, "path", dataset.name)))
    return Source(spec, raw)


def share(dataset: Dataset) -> Source | None:
    """What a process may read once for all that it forks: published arrays that are in the cache, or None.

    Nothing is fetched and no thread is started; what is wrong is left to be said by who needs the data. The last
    two datasets stay in memory.
    """
    if isinstance(dataset, Published):
        with suppress(LookupError, DamagedError, DataError):
            return _read_shared(type(dataset), dataset.spec())
    return None


@functools.lru_cache(maxsize=2)
def _read_shared(kind: type[Published], spec: DataSpec) -> Source:
    """With its hash. Raises LookupError where the cache has no such arrays, which is not remembered."""
    if (raw := kind.read_cached()) is None:
        raise LookupError(spec.name)
    inspect(raw, spec, spec.name)
    source = Source(spec, raw)
    source.hash  # noqa: B018
    return source
