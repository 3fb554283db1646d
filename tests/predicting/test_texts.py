"""Texts in files, in tables and typed, to a network that takes them."""

import io
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from nnlab.cli.predict import main
from nnlab.data.text_layers import WordVectorization
from nnlab.errors import DataError
from nnlab.predicting import texts
from nnlab.predicting.model_input import ModelInput
from nnlab.predicting.samples import open_file, to_samples
from nnlab.spec import DataSpec

TEXT, ROW = ModelInput((), "string", 0, 1), ModelInput((2,), "float32", 0, 1)
REVIEWS = DataSpec("reviews", "binary", (), "string", ("bad", "good"), features=("review",))
HOUSES = DataSpec("houses", "regression", (2,), "float32", features=("rooms", "age"), target="price")


def written(folder: Path, content: str | bytes, name: str = "x.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, wanted: ModelInput = TEXT, spec: DataSpec = REVIEWS) -> str:
    with pytest.raises(DataError) as caught:
        to_samples(open_file(path), wanted, spec, "auto")
    return str(caught.value).removeprefix(f"{path}: ")


def typed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_a_file_is_a_text(tmp_path: Path):
    (sample,) = to_samples(
        open_file(written(tmp_path, "\ufeffFine.<br />\nNot bad. " * 9)), TEXT, REVIEWS, "auto"
    )
    assert sample.values.shape == ()
    assert str(sample.values).startswith("Fine.<br />\nNot bad. ")
    assert (sample.name, sample.note) == ("x.txt", "“Fine. Not bad. Fine. Not bad. Fine. Not bad. Fine…”")


@pytest.mark.parametrize(
    "content", ['review\ngood film\n"bad, film"\n', 'id,review\n1,good film\n2,"bad, film"\n']
)
def test_a_table_has_a_text_a_row(tmp_path: Path, content: str):
    found = to_samples(open_file(written(tmp_path, content, "x.csv")), TEXT, REVIEWS, "auto")
    assert [sample.name for sample in found] == ["x.csv[0]", "x.csv[1]"]
    assert [str(sample.values) for sample in found] == ["good film", "bad, film"]


def test_what_is_typed(monkeypatch: pytest.MonkeyPatch):
    typed(monkeypatch, "I liked it.\nSecond line: é".encode())
    (sample,) = to_samples(open_file(Path("-")), TEXT, REVIEWS, "auto")
    assert (sample.name, str(sample.values)) == ("-", "I liked it.\nSecond line: é")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "the file is empty (0 bytes); a picture, a .npy, .csv or .txt file"),
        (b" \n\t", "no words; a text"),
        (b"caf\xe9", "byte 0xe9 at 3 is no UTF-8; a text in UTF-8"),
        (b"x" * (texts.MOST_BYTES + 1), "more than 1 MB; one text"),
    ],
)
def test_what_is_no_text(tmp_path: Path, content: bytes, line: str):
    assert refusal(written(tmp_path, content)) == line


@pytest.mark.parametrize(
    ("content", "line"), [(b"", "no words; a text"), (b"\xff", "byte 0xff at 0 is no UTF-8; a text in UTF-8")]
)
def test_what_was_typed_is_no_text(monkeypatch: pytest.MonkeyPatch, content: bytes, line: str):
    typed(monkeypatch, content)
    with pytest.raises(DataError) as caught:
        open_file(Path("-"))
    assert str(caught.value) == f"what was typed: {line}"


def test_a_table_without_the_column(tmp_path: Path):
    path = written(tmp_path, "id,revue\n1,x\n", "x.csv")
    assert refusal(path) == f"'review' is no column of {path}; did you mean 'revue'?"
    assert refusal(written(tmp_path, "review\n", "x.csv")) == "no rows below the header; at least one"


def test_what_a_network_does_not_take(tmp_path: Path):
    text, array = written(tmp_path, "fine"), tmp_path / "x.npy"
    np.save(array, np.zeros(2))
    assert refusal(text, ROW, HOUSES) == "a text; the network takes .csv rows with rooms, age"
    takes = "the network takes .txt files, .csv files of texts, or - for what is typed"
    assert refusal(array) == f"an array; {takes}"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good is what says `good` more often than `bad`."""
    words = WordVectorization(4, "count")
    words.adapt(np.array(["good good good", "bad bad"], object))
    head = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((), dtype="string"), words, head])
    head.set_weights([np.array([[0], [0], [4], [-4]], np.float32), np.zeros(1, np.float32)])
    network.save(path := tmp_path_factory.mktemp("model") / "model.keras")
    return path


def test_the_answer_to_files(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    files = written(tmp_path, "Good, GOOD!"), written(tmp_path, "text\nso bad\nwell\n", "rows.csv")
    assert main([str(model), *map(str, files)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "x.txt: 1 > 99.9 %, then 0 < 0.1 % (“Good, GOOD!”)",
        "rows.csv[0]: 0 98.2 %, then 1 1.8 % (“so bad”)",
        "rows.csv[1]: 0 50.0 %, then 1 50.0 % (“well”)",
    ]


@pytest.mark.slow
def test_a_text_through_a_pipe(model: Path):
    words = [sys.executable, "-m", "nnlab", "predict", str(model), "-"]
    done = subprocess.run(words, input="such a good film", capture_output=True, text=True, check=True)
    assert done.stdout == "-: 1 98.2 %, then 0 1.8 % (“such a good film”)\n"
