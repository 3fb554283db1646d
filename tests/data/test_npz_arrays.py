import zipfile
from pathlib import Path

import numpy as np
import pytest
from making import MakeDataset

from nnlab.errors import DataError

PICTURES = np.arange(4 * 5 * 6, dtype=np.uint8).reshape(4, 5, 6)


def saved(tmp_path: Path, **arrays: np.ndarray) -> str:
    np.savez_compressed(tmp_path / "toy.npz", **arrays)  # type: ignore[arg-type]
    return str(tmp_path / "toy.npz")


def refusal(made: MakeDataset, **keys: object) -> str:
    with pytest.raises(DataError) as error:
        made("npz", **keys).spec()
    return str(error.value)


def test_pictures_and_labels(dataset: MakeDataset, tmp_path: Path):
    path = saved(
        tmp_path, x_train=PICTURES, y_train=np.array([2, 0, 1, 0]), images=PICTURES[:1], labels=np.array([2])
    )
    made = dataset("npz", path=path, x_test="images", y_test="labels")
    spec, raw = made.spec(), made.load()
    assert (spec.task, spec.shape, spec.dtype, spec.classes) == (
        "classification",
        (5, 6),
        "uint8",
        ("0", "1", "2"),
    )
    assert raw.train.x.dtype == np.uint8
    assert raw.train.y.tolist() == [2, 0, 1, 0]
    assert raw.test is not None
    assert raw.test.y.tolist() == [2]
    assert raw.validation is None


@pytest.mark.parametrize(
    ("y", "task", "classes", "outputs"),
    [
        (np.array(["b", "a", "b", "c"]), "classification", ("a", "b", "c"), 1),
        (np.array([[1], [0], [1], [1]]), "binary", ("0", "1"), 1),
        (np.array([True, False, True, True]), "binary", ("False", "True"), 1),
        (np.array([0.5, 1, 2, 3]), "regression", (), 1),
        (np.ones((4, 3)), "regression", (), 3),
    ],
)
def test_the_task_follows_from_the_targets(
    dataset: MakeDataset, tmp_path: Path, y: np.ndarray, task: str, classes: tuple[str, ...], outputs: int
):
    spec = dataset("npz", path=saved(tmp_path, x_train=PICTURES, y_train=y)).spec()
    assert (spec.task, spec.classes, spec.outputs) == (task, classes, outputs)


def test_without_targets_it_is_a_reconstruction(dataset: MakeDataset, tmp_path: Path):
    made = dataset("npz", path=saved(tmp_path, x_train=PICTURES), y_train=None)
    assert made.spec().task == "reconstruction"
    assert made.load().train.y is not None
    np.testing.assert_array_equal(made.load().train.y, PICTURES)


def test_other_numbers_become_float32(dataset: MakeDataset, tmp_path: Path):
    made = dataset(
        "npz", path=saved(tmp_path, x_train=PICTURES.astype(np.int32), y_train=np.array([0.5, 1, 2, 3]))
    )
    assert (made.spec().dtype, made.load().train.x.dtype, made.load().train.y.dtype) == ("float32",) * 3


def test_channels_first_pictures_are_turned_by_a_layer(dataset: MakeDataset, tmp_path: Path):
    path = saved(tmp_path, x_train=np.zeros((4, 3, 5, 6), np.uint8), y_train=np.array([0, 1, 0, 1]))
    keys = {"path": path, "data_format": "channels_first", "preprocessing": ["Flatten"]}
    made = dataset("npz", **keys)
    assert made.spec().shape == (3, 5, 6)
    assert [layer.plain() for layer in made.preprocessing] == [{"Permute": {"dims": [2, 3, 1]}}, "Flatten"]
    again = dataset("npz", **{**keys, "preprocessing": made.plain()["preprocessing"]})
    assert again.preprocessing == made.preprocessing


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"x_train": "x_trian"}, "dataset.x_train: 'x_trian' is no array of {path}; did you mean 'x_train'?"),
        ({"y_train": "zzz"}, "dataset.y_train: 'zzz' is no array of {path}; one of x_train, y_train"),
        (
            {"data_format": "channels_first"},
            "dataset.data_format: 'channels_first', and x_train is (4, 5, 6)",
        ),
        (
            {"y_train": None, "task": "binary"},
            "dataset.y_train: null with task 'binary'; the name of an array",
        ),
    ],
)
def test_wrong_keys(dataset: MakeDataset, tmp_path: Path, keys: dict[str, object], text: str):
    path = saved(tmp_path, x_train=PICTURES, y_train=np.array([2, 0, 1, 0]))
    assert refusal(dataset, path=path, **keys).startswith(text.format(path=path))


def test_a_test_label_that_training_never_saw(dataset: MakeDataset, tmp_path: Path):
    path = saved(tmp_path, x_train=PICTURES, y_train=np.array([2, 0, 1, 0]), y_test=np.array([0, 7, 0, 0]))
    with pytest.raises(DataError, match=r"toy\.npz: y_test\[1\] is '7'; one of 0, 1, 2"):
        dataset("npz", path=path, x_test="x_train", y_test="y_test").load()
    with pytest.raises(
        DataError, match=r"dataset\.y_test: null beside dataset\.x_test; the name of an array"
    ):
        dataset("npz", path=path, x_test="x_train").load()


class Canary:
    """Would write a file if it were unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_python_objects_are_refused_and_not_made(dataset: MakeDataset, tmp_path: Path):
    path = saved(tmp_path, x_train=np.array([Canary(tmp_path / "canary")], object), y_train=np.array([1]))
    assert (
        refusal(dataset, path=path) == f"{path}: x_train holds Python objects; an array of numbers or texts"
    )
    assert not (tmp_path / "canary").exists()


def forged(tmp_path: Path, shape: tuple[int, ...], content: bytes) -> str:
    path = tmp_path / "forged.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x_train.npy", "w") as file,
    ):
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        file.write(content)
    return str(path)


def test_a_bomb_is_refused_by_its_header(dataset: MakeDataset, tmp_path: Path):
    huge = forged(tmp_path, (10**6, 10**9), b"")
    assert "x_train announces 1000000000000000 bytes and holds 128" in refusal(dataset, path=huge)


def test_a_header_that_does_not_fit_its_content(dataset: MakeDataset, tmp_path: Path):
    assert "x_train announces 50 bytes and holds" in refusal(
        dataset, path=forged(tmp_path, (5, 10), bytes(200_000))
    )


@pytest.mark.parametrize("damage", ["truncated", "flipped", "text", "pickle"])
def test_damaged_files(dataset: MakeDataset, tmp_path: Path, damage: str):
    noise = np.random.default_rng(0).integers(0, 255, (50, 40), np.uint8)
    path = Path(saved(tmp_path, x_train=noise, y_train=np.arange(50) % 2))
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    variants = {
        "truncated": bytes(content[:900]),
        "flipped": bytes(content),
        "text": b"text",
        "pickle": b"\x80\x04.",
    }
    path.write_bytes(variants[damage])
    with pytest.raises(DataError, match=r"toy\.npz: .*cannot be read"):
        dataset("npz", path=str(path)).load()


def test_labels_that_are_nan(dataset: MakeDataset, tmp_path: Path):
    path = saved(tmp_path, x_train=PICTURES, y_train=np.array([0, np.nan, 1, 1]))
    assert (
        refusal(dataset, path=path, task="binary")
        == f"{path}: y_train[1] is nan, 1 such in all; finite labels"
    )
