"""Datasets that others have published: facts known beforehand, arrays fetched once."""

from typing import Any, ClassVar

import numpy as np
from pydantic import PrivateAttr

from nnlab.data.cache import is_cached, read_cached
from nnlab.data.fetching import Arrays, Recipe, fetch
from nnlab.plan import Dataset
from nnlab.spec import DataSpec, RawData, Samples


class Known(Dataset):
    """A dataset whose facts, and numbers of training and test samples, are known without looking."""

    facts: ClassVar[DataSpec]
    counts: ClassVar[tuple[int, int]]

    def spec(self) -> DataSpec:
        """The facts, or those of a reconstruction; nothing is read."""
        return self.facts.of_inputs() if self.task else self.facts

    def load(self) -> RawData:
        """The arrays. Raises FetchError or DataError."""
        return self.read()

    @classmethod
    def read(cls) -> RawData:
        """The arrays, which do not depend on any key of the configuration. Raises FetchError or DataError."""
        raise NotImplementedError


class Published(Known):
    """A dataset that is fetched by its `recipe`, with arrays x_train, y_train, x_test and y_test."""

    recipe: ClassVar[Recipe]
    _held: Any = PrivateAttr(default=None)

    @property
    def held(self) -> Any:
        """What `hold` was given."""
        return self._held

    def hold(self, source: Any) -> None:
        """Keep what another process has read, to be taken in place of the files."""
        self._held = source

    @classmethod
    def read(cls) -> RawData:
        """From the cache, or fetched. Raises FetchError."""
        return cls.arrange(fetch(cls.recipe))

    @classmethod
    def read_cached(cls) -> RawData | None:
        """From the cache alone; None where it does not have all. Raises DamagedError."""
        arrays = read_cached(cls.recipe.name, cls.recipe.arrays)
        return None if arrays is None else cls.arrange(arrays)

    @classmethod
    def arrange(cls, arrays: Arrays) -> RawData:
        """The recipe's arrays as samples."""
        return RawData(train=_samples(arrays, "train"), test=_samples(arrays, "test"))

    @classmethod
    def is_here(cls) -> bool:
        """Whether they are in the cache; nothing is read."""
        return is_cached(cls.recipe.name, cls.recipe.arrays)


def _samples(arrays: Arrays, part: str) -> Samples:
    return Samples(arrays[f"x_{part}"], arrays[f"y_{part}"].astype(np.int64))
