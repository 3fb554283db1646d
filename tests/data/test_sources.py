"""A dataset that one process reads for all that it forks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.data import source
from nnlab.data.cache import ArrayFact, store
from nnlab.data.fingerprints import bytes_hash
from nnlab.data.idx import decode_all
from nnlab.data.source import Source, load_source, share
from nnlab.data.sources.mnist import Mnist
from nnlab.data.splits import load_splits

PARTS = {"train": 60, "test": 10}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """MNIST as if it had 70 pictures; its arrays are in no cache yet."""
    source._read_shared.cache_clear()
    random = np.random.default_rng(0)
    arrays = {f"x_{part}": random.integers(0, 256, (n, 28, 28)).astype(np.uint8) for part, n in PARTS.items()}
    arrays |= {f"y_{part}": (np.arange(n) % 10).astype(np.uint8) for part, n in PARTS.items()}
    facts = {name: ArrayFact(str(one.dtype), one.shape, bytes_hash(one)) for name, one in arrays.items()}
    monkeypatch.setattr(Mnist, "recipe", replace(Mnist.recipe, arrays=facts, origins=(), decode=decode_all))
    return arrays


def test_what_is_in_the_cache_is_read_once(dataset, cache: Path, small):
    store("mnist", small)
    found = share(dataset("mnist"))
    assert isinstance(found, Source)
    np.testing.assert_array_equal(found.raw.train.x, small["x_train"])
    assert share(dataset("mnist", validation_split=0.5)) is found
    assert share(dataset("mnist", task="reconstruction")) is not found


def test_what_is_not_there_yet_is_not_fetched_and_looked_for_again(dataset, cache: Path, small):
    assert share(dataset("mnist")) is None
    store("mnist", small)
    assert share(dataset("mnist")) is not None


def test_a_damaged_cache_is_left_to_who_needs_it(dataset, cache: Path, small):
    store("mnist", {**small, "x_test": np.zeros_like(small["x_test"])})
    assert share(dataset("mnist")) is None
    assert (cache / "mnist" / "x_test.npy").is_file()


def test_only_published_arrays_are_shared(dataset):
    assert share(dataset("digits")) is None


def test_a_dataset_takes_what_it_was_given_to_hold(dataset, cache: Path, small):
    store("mnist", small)
    read, held = dataset("mnist", validation_split=20), dataset("mnist", validation_split=20)
    plain = load_splits(read, 3)
    held.hold(share(read))
    (cache / "mnist" / "x_train.npy").unlink()
    given = load_splits(held, 3)
    assert given.hash == plain.hash
    for part in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(given, part).x, getattr(plain, part).x)
    assert held.plain() == read.plain()


def test_the_hash_is_of_the_arrays_alone(dataset, cache: Path, small):
    store("mnist", small)
    first = load_source(dataset("mnist"))
    assert first.hash == load_source(dataset("mnist", samples=20)).hash
    assert first.hash != Source(first.spec, first.raw.__class__(first.raw.train)).hash
