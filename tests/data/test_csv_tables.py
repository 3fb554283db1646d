import re
import time
from pathlib import Path

import numpy as np
import pytest
from making import MakeDataset

from nnlab.data.splits import load_splits
from nnlab.data.targets import decide
from nnlab.errors import DataError

TABLE = "age, weight,kind,price\n1,2.5,cat,10\n3,4,dog,20.5\n5,6,cat,30\n7,8,dog,1e2\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "pets.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def refusal(made: MakeDataset, **keys: object) -> str:
    with pytest.raises(DataError) as error:
        made("csv", **keys).load()
    return str(error.value)


def test_text_targets_are_classes_in_order(dataset: MakeDataset, table: Path):
    pets = dataset("csv", path=str(table), target="kind")
    spec = pets.spec()
    assert (spec.task, spec.classes, spec.features) == ("binary", ("cat", "dog"), ("age", "weight", "price"))
    train = pets.load().train
    assert train.x.dtype == np.float32
    assert train.x.tolist() == [[1, 2.5, 10], [3, 4, 20.5], [5, 6, 30], [7, 8, 100]]
    assert train.y.tolist() == [0, 1, 0, 1]
    assert train.y.dtype == np.int64


def test_features_are_taken_by_name_and_in_the_order_given(dataset: MakeDataset, table: Path):
    pets = dataset("csv", path=str(table), target="price", features=["weight", "age"])
    assert pets.spec().task == "regression"
    assert pets.spec().shape == (2,)
    assert pets.load().train.x[0].tolist() == [2.5, 1]
    assert pets.load().train.y.tolist() == [10, 20.5, 30, 100]


def test_the_task_can_be_said(dataset: MakeDataset, table: Path):
    keys = {"path": str(table), "target": "kind", "features": ["age", "weight"]}
    assert dataset("csv", **keys, task="classification").spec().task == "classification"
    assert "row 0 of 'kind' is 'cat', 4 such in all; numbers" in refusal(dataset, **keys, task="regression")
    three = refusal(dataset, path=str(table), target="age", features=["weight"], task="binary")
    assert three == "dataset.task: 'binary', and the target has 4 classes; 2 classes"


def test_a_reconstruction_has_no_target(dataset: MakeDataset, table: Path):
    pets = dataset("csv", path=str(table), features=["age", "weight"], task="reconstruction")
    assert (pets.spec().task, pets.spec().outputs) == ("reconstruction", 2)
    np.testing.assert_array_equal(pets.load().train.x, pets.load().train.y)


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["b", "a", "c"], "classification", ("a", "b", "c")),
        (["1", "0", "1"], "binary", ("0", "1")),
        (["10", "9", "1.0"], "classification", ("1", "9", "10")),
        (["1.5", "2"], "regression", ()),
        ([str(number) for number in range(21)], "regression", ()),
        ([str(number) for number in range(20)], "classification", tuple(map(str, range(20)))),
        (["1", "x"], "binary", ("1", "x")),
    ],
)
def test_what_values_mean(values: list[str], task: str, classes: tuple[str, ...]):
    assert (decide(values, "auto").task, decide(values, "auto").classes) == (task, classes)


def test_other_delimiters_and_byte_order_marks(dataset: MakeDataset, tmp_path: Path):
    path = tmp_path / "german.csv"
    path.write_bytes(b"\xef\xbb\xbfx;y\n1;0\n2;1\n\n3;1\n")
    train = dataset("csv", path=str(path), target="y", delimiter=";").load().train
    assert (train.x.tolist(), train.y.tolist()) == ([[1], [2], [3]], [0, 1, 1])


def test_files_for_test_and_validation(dataset: MakeDataset, table: Path, tmp_path: Path):
    other = tmp_path / "other.csv"
    other.write_text("kind,price,weight,age\ndog,4,3,2\n")
    pets = dataset(
        "csv",
        path=str(table),
        target="kind",
        test_path=str(other),
        test_split="given",
        validation_split="test",
    )
    splits = load_splits(pets, 0)
    assert (len(splits.train), splits.test.x.tolist(), splits.test.y.tolist()) == (4, [[2, 3, 4]], [1])
    other.write_text("kind,price,weight,age\ncow,4,3,2\n")
    with pytest.raises(DataError, match=re.escape(f"{other}: row 0 of 'kind' is 'cow'; one of cat, dog")):
        load_splits(pets, 0)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"target": "knd"}, "dataset.target: 'knd' is no column of {path}; did you mean 'kind'?"),
        ({"target": "zzz"}, "dataset.target: 'zzz' is no column of {path}; one of age, weight, kind, price"),
        (
            {"target": None},
            "dataset.target: None with task 'auto'; one of age, weight, kind, price, or null for",
        ),
        ({"features": ["agee"]}, "dataset.features: 'agee' is no column of {path}; did you mean 'age'?"),
        (
            {"features": ["age", "kind"]},
            "dataset.features: 'kind' is the target; columns other than the target",
        ),
        ({"features": []}, "dataset.features: no column; columns other than the target"),
        ({"path": "none.csv"}, "dataset.path: 'none.csv' does not exist; a file"),
        ({"test_path": "none.csv"}, "dataset.test_path: 'none.csv' does not exist; a file"),
    ],
)
def test_wrong_keys(dataset: MakeDataset, table: Path, keys: dict[str, object], text: str):
    keys = {"path": str(table), "target": "kind", **keys}
    assert refusal(dataset, **keys).startswith(text.format(path=table))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "is empty; a file with data"),
        (
            b"x,y\n1,a\noops,b\n3,a\n",
            "row 1 of 'x' is 'oops', 1 such in all; numbers, or leave the column out",
        ),
        (b"x,y\n1,a\n2\n", "row 1 has no 'y', 1 such in all; a value in every row"),
        (b"x,y\n1,a\n2,nan\n", "row 1 has no 'y'"),
        (b"x,x\n1,2\n", "column 'x' twice in the first line"),
        (b"x,\n1,2\n", "a column without a name in the first line"),
        (b"x,y\n1,a\n1,b,3\n", "row 1 has 3 values, 1 such in all; 2, as the first line has names"),
        (b"x,y\n1,a\n2,a\n", "the target has 1 classes; at least 2"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "cannot be read"),
        (b"\x80\x04\x95pickle", "cannot be read"),
    ],
)
def test_bad_files(dataset: MakeDataset, tmp_path: Path, content: bytes, text: str):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    message = refusal(dataset, path=str(path), target="y")
    assert str(path) in message or message.startswith("dataset.task: ")
    assert text in message


@pytest.mark.parametrize(("cell", "shown"), [("", "nan"), ("inf", "inf"), ("1e300", "inf")])
def test_gaps_and_infinite_numbers_are_named_by_row_and_column(
    dataset: MakeDataset, tmp_path: Path, cell: str, shown: str
):
    path = tmp_path / "gap.csv"
    path.write_text(f"x,z,y\n1,1,a\n2,{cell},b\n3,1,a\n")
    with pytest.raises(DataError) as error:
        load_splits(dataset("csv", path=str(path), target="y"), 0)
    expected = f"{path}: training set: input [1, 'z'] is {shown}, 1 such in all; finite numbers only"
    assert str(error.value) == expected


def test_the_spec_of_a_long_table_takes_little_time(dataset: MakeDataset, tmp_path: Path):
    path = tmp_path / "long.csv"
    path.write_text("x,z,y\n" + "1,2,0.5\n" * 20_000)
    made = dataset("csv", path=str(path), target="y")
    start = time.perf_counter()
    assert made.spec().task == "regression"
    assert time.perf_counter() - start < 0.5
