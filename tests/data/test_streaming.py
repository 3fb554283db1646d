"""Arrays on the disk: read as numpy reads them, written once, and refused as data in memory are."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from making import MakeDataset
from PIL import Image

from nnlab import stored
from nnlab.data import streaming
from nnlab.data.fingerprints import fingerprint
from nnlab.data.splits import load_splits
from nnlab.data.streaming import cached, scratch
from nnlab.errors import DataError, StorageError
from nnlab.stored import StoredArray, pick

X = np.random.default_rng(0).integers(0, 255, (50, 3, 2), np.uint8)
Y = np.arange(50) % 2


@pytest.fixture
def array() -> StoredArray:
    return scratch([X[:20], X[20:]], len(X))


def saved(tmp_path: Path, **arrays: np.ndarray) -> str:
    np.savez(tmp_path / "toy.npz", **arrays)  # type: ignore[arg-type]
    return str(tmp_path / "toy.npz")


@pytest.mark.parametrize(
    "index",
    [
        np.s_[:],
        np.s_[7:31],
        np.s_[40:99],
        np.s_[::-7],
        -1,
        3,
        np.array([5, 6, 7, 2, 3, 49, 5, 0]),
        Y == 1,
        (4, 2, 1),
        np.array([], np.int64),
    ],
    ids=str,
)
def test_rows_are_read_as_numpy_reads_them(array: StoredArray, index: object):
    np.testing.assert_array_equal(array[index], X[index])
    rows = np.array([*range(9, 50), 4, 30, *range(7)])
    np.testing.assert_array_equal(array.pick(rows)[index], X[rows][index])


def test_picking_reads_nothing_and_can_be_repeated(array: StoredArray):
    some = pick(pick(array, np.flatnonzero(Y)), slice(3, 9))
    assert (some.shape, some.nbytes, some.ndim, some.size) == ((6, 3, 2), 36, 3, 36)
    np.testing.assert_array_equal(np.asarray(some), X[Y == 1][3:9])
    assert (some.min(), some.max()) == (X[Y == 1][3:9].min(), X[Y == 1][3:9].max())
    np.testing.assert_array_equal(array.cast(np.dtype("float32"))[:2], X[:2].astype(np.float32))


def test_the_fingerprint_is_that_of_the_array_in_memory(array: StoredArray, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stored, "BLOCK_BYTES", 100)
    assert len(list(array.blocks())) > 1
    assert fingerprint(array) == fingerprint(X)  # type: ignore[arg-type]


def test_a_cached_array_is_made_once(cache: Path):
    made: list[int] = []

    def blocks() -> object:
        made.append(1)
        yield X

    for _ in range(2):
        found = cached("key", X.shape, X.dtype, blocks(), "toys")  # type: ignore[arg-type]
        np.testing.assert_array_equal(found[:], X)
    assert len(made) == 1
    np.testing.assert_array_equal(np.load(cache / "streams" / "key.npy"), X)


def test_nothing_half_written_is_left(cache: Path):
    def blocks() -> object:
        yield X[:20]
        raise DataError("broken.png: no picture")

    with pytest.raises(DataError, match=r"broken\.png"):
        cached("key", X.shape, X.dtype, blocks(), "toys")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="20 samples where 50 were"):
        cached("key", X.shape, X.dtype, [X[:20]], "toys")
    assert [path.name for path in (cache / "streams").iterdir()] == [".lock"]


def test_a_disk_that_is_too_small_is_told_first():
    with pytest.raises(StorageError, match=r"1000000\.0 GB are needed to stream; [\d.]+ GB free"):
        cached("key", (10**6, 10**9), np.dtype("uint8"), [], "toys")


def test_what_is_long_unused_goes(cache: Path):
    cached("old", X.shape, X.dtype, [X], "toys")
    cached("kept", X.shape, X.dtype, [X], "toys")
    os.utime(cache / "streams" / "old.npy", (1, 1))
    cached("new", X.shape, X.dtype, [X], "toys")
    assert sorted(path.stem for path in (cache / "streams").glob("*.npy")) == ["kept", "new"]


def test_auto_streams_what_does_not_fit(
    dataset: MakeDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = saved(tmp_path, x_train=X, y_train=Y)
    for free, kind in ((3 * X.nbytes, np.ndarray), (3 * X.nbytes - 1, StoredArray)):
        monkeypatch.setattr(streaming, "free_memory", lambda free=free: free)
        assert isinstance(dataset("npz", path=path).load().train.x, kind)
    assert isinstance(dataset("npz", path=path, streaming=False).load().train.x, np.ndarray)
    monkeypatch.setattr(streaming, "free_memory", lambda: 0)
    assert isinstance(dataset("npz", path=path, y_train=None).load().train.x, np.ndarray)


def test_a_changed_file_is_read_anew(dataset: MakeDataset, tmp_path: Path):
    path = tmp_path / "toy.csv"
    for number in (1, 2):
        path.write_text(f"x,y\n{number},a\n3,b\n")
        os.utime(path, ns=(number, number))
        assert dataset("csv", path=str(path), target="y", streaming=True).load().train.x[:].tolist() == [
            [number],
            [3],
        ]


def test_a_reconstruction_is_refused_before_anything_is_read(dataset: MakeDataset, tmp_path: Path):
    path = saved(tmp_path, x_train=X)
    with pytest.raises(DataError, match=r"dataset.streaming: true for a reconstruction, .*; auto or false"):
        dataset("npz", path=path, y_train=None, streaming=True).spec()


def refusal(made: MakeDataset, name: str, **keys: object) -> str:
    with pytest.raises(DataError) as error:
        load_splits(made(name, streaming=True, **keys), 0)
    return str(error.value)


def test_broken_data_are_named_as_in_memory(dataset: MakeDataset, tmp_path: Path):
    bad = X.astype(np.float64)
    bad[7, 2, 1] = np.nan
    path = saved(tmp_path, x_train=bad, y_train=Y)
    assert refusal(dataset, "npz", path=path) == (
        f"{path}: training set: input [7, 2, 1] is nan, 1 such in all; finite numbers only"
    )
    path = saved(tmp_path, x_train=np.asfortranarray(X), y_train=Y)
    assert "x_train stands column by column; numpy.ascontiguousarray before numpy.savez" in refusal(
        dataset, "npz", path=path
    )
    path = saved(tmp_path, x_train=X, y_train=Y)
    content = bytearray(Path(path).read_bytes())
    content[content.index(X.tobytes()) + 11] ^= 1
    Path(path).write_bytes(content)
    assert re.search(r"toy\.npz: .*cannot be read \(Bad CRC", refusal(dataset, "npz", path=path))


def test_a_broken_picture_and_a_text_among_numbers_are_named(dataset: MakeDataset, tmp_path: Path):
    for number in range(6):
        path = tmp_path / "photos" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(path)
    (tmp_path / "photos" / "b" / "3.png").write_text("text")
    keys = {"path": str(tmp_path / "photos"), "image_size": [4, 4]}
    assert refusal(dataset, "image_folder", **keys).endswith(
        "b/3.png: cannot be read (no picture); one of PNG, JPEG, BMP, GIF, WEBP, TIFF"
    )
    table = tmp_path / "toy.csv"
    table.write_text("x,y\n" + "1,a\n2,b\n" * 40_000 + "oops,a\n")
    assert refusal(dataset, "csv", path=str(table), target="y") == (
        f"{table}: row 80000 of 'x' is 'oops', 1 such in all; numbers, or leave the column out "
        "(dataset.features)"
    )


def test_an_array_too_large_for_memory_is_refused_or_streamed(
    dataset: MakeDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = saved(tmp_path, x_train=X, y_train=Y.astype(np.uint8))
    monkeypatch.setattr("nnlab.data.zipped_arrays._memory_limit", lambda: 299.0)
    with pytest.raises(DataError, match=r"x_train takes 0\.0 GB; at most 0\.0 GB in memory here"):
        dataset("npz", path=path, streaming=False).spec()
    assert dataset("npz", path=path, streaming=True).spec().shape == (3, 2)


def test_only_what_is_in_memory_counts_as_held(dataset: MakeDataset, tmp_path: Path):
    path = saved(tmp_path, x_train=X, y_train=Y)
    held = [load_splits(dataset("npz", path=path, streaming=word), 0).held_bytes for word in (False, True)]
    assert held == [2 * X.nbytes, 0]
