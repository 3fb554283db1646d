from pathlib import Path

import pytest

from nnlab.checking.discovery import options
from nnlab.cli.data import main
from nnlab.data.cache import store
from nnlab.data.fetching import Recipe
from nnlab.data.sources.mnist import Mnist
from nnlab.errors import ConfigError, DataError, FetchError, RequestError
from nnlab.plan import Dataset


def test_list_says_what_there_is_and_where(capsys: pytest.CaptureFixture[str], cache: Path):
    assert main(["list"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if ":" not in line}
    assert set(options(Dataset)) <= set(rows)
    assert " ".join(rows["mnist"].split()) == "mnist classification 60 000 10 000 28×28 10 55.0 not here"
    assert rows["boston"].split() == ["boston", "regression", "506", "–", "13", "–", "0.0", "always", "here"]
    assert rows["csv"].split() == ["csv", "your", "files"]


def test_list_says_the_sources_in_order_and_the_cache(capsys: pytest.CaptureFixture[str], cache: Path):
    main(["list"])
    lines = capsys.readouterr().out.splitlines()
    assert "cifar10: from the cache, else www.cs.toronto.edu, else npm convnetjs 0.1.4" in lines
    assert lines[-1] == f"cache: {cache}"


def test_list_fits_eighty_columns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    main(["list"])
    assert "…" not in capsys.readouterr().out


def test_what_is_in_the_cache_is_said(capsys: pytest.CaptureFixture[str]):
    import numpy as np

    store("mnist", {name: np.zeros(1) for name in Mnist.recipe.arrays})
    main(["list"])
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("mnist "))
    assert row.rstrip().endswith("in the cache")


def test_check_reads_everything(capsys: pytest.CaptureFixture[str]):
    assert main(["check", "digits", "diabetes"]) == 0
    out = capsys.readouterr().out
    assert "train 1797 8×8 uint8 0 … 16 int64 0 … 9" in [" ".join(line.split()) for line in out.splitlines()]
    assert "digits: classification, sound, content hash 6081e060d46516de" in out
    assert [line.split() for line in out.splitlines() if line.startswith(("healthy", "diabetes  "))] == [
        ["healthy", "500"],
        ["diabetes", "268"],
    ]


def test_check_takes_the_keys_of_own_files(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text("x,kind\n" + "1,[red]\n2,blue\n" * 3)
    assert main(["check", "csv", f"dataset.path={path}", "dataset.target=kind"]) == 0
    assert "[red]" in capsys.readouterr().out
    path.write_text("x,kind\n1,red\n2,blue\n,red\n")
    with pytest.raises(DataError, match=r"own\.csv: training set: input \[2, 'x'\] is nan, 1 such"):
        main(["check", "csv", f"dataset.path={path}", "dataset.target=kind"])


def test_check_shows_the_extremes_of_many_classes(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text("x,kind\n" + "".join(f"1,kind{index:02}\n" * (index + 1) for index in range(15)))
    main(["check", "csv", f"dataset.path={path}", "dataset.target=kind"])
    out = capsys.readouterr().out
    counts = [int(line.split()[1]) for line in out.splitlines() if line.startswith("kind")]
    assert counts == [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]
    assert "the rarest and the most frequent of 15 classes" in out


def test_fetch_of_what_is_always_here(capsys: pytest.CaptureFixture[str]):
    assert main(["fetch", "digits"]) == 0
    assert capsys.readouterr().out == "digits: always here, nothing to fetch\n"


def test_fetch_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch):
    recipe = Recipe("mnist", Mnist.recipe.arrays, Mnist.recipe.origins[:1], Mnist.recipe.decode)
    monkeypatch.setattr(Mnist, "recipe", recipe)
    monkeypatch.setattr("nnlab.data.origins.urllib.request.urlopen", refuse)
    with pytest.raises(FetchError) as error:
        main(["fetch", "mnist"])
    lines = str(error.value).splitlines()
    assert lines[0] == ("mnist: no source delivered it (ossci-datasets.s3.amazonaws.com: no answer (closed))")
    assert "put train-images-idx3-ubyte.gz" in lines[1]
    assert len(lines) == 3


def refuse(*_: object, **__: object) -> None:
    raise OSError("closed")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["fetch", "mnst"], "data fetch: 'mnst'; one of .*; did you mean 'mnist'?"),
        (["fetch", "csv"], "data fetch: 'csv' reads your own files; one of"),
        (["fetch"], "data fetch: the following arguments are required: NAME; see `nnlab data fetch --help`"),
        ([], "data: the following arguments are required: list | fetch | check"),
        (["lst"], "data: .*invalid choice: 'lst'"),
        (["check", "dataset.samples=3"], "data check: no dataset named; one of boston"),
    ],
)
def test_wrong_words(words: list[str], text: str):
    with pytest.raises(RequestError, match=text.replace("|", r"\|")):
        main(words)


def test_check_of_no_dataset():
    with pytest.raises(ConfigError, match=r"dataset: 'mnst'.*did you mean 'mnist'"):
        main(["check", "mnst"])
