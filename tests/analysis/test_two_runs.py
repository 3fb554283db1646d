"""What two single runs disagree on, at the command line and in figures with the samples themselves."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.__main__ import main
from nnlab.analysis import disagreement_figures
from nnlab.analysis.disagreement_figures import draw_disagreement, load_test
from nnlab.analysis.recorded_answers import read_disagreement
from nnlab.data.splits import load_splits
from nnlab.errors import DataError, FetchError
from nnlab.spec import DataSpec

SCORES = {"test/accuracy": 0.5, "val/accuracy": 0.5}


@pytest.fixture(scope="module")
def digits(plain_plan: Any) -> Any:
    """The splits of digits as they are cut without a word."""
    from nnlab.checking.reading import read_plan

    plan = read_plan(plain_plan())
    return load_splits(plan.dataset, plan.seed, plan.cv)


@pytest.fixture
def two(put_answers: Any, digits: Any) -> list[Any]:
    """Two runs on digits: one has every zero wrong, the other every one, and both the nines."""
    y, runs = digits.test.y, []
    for name, wrong in (("sgd", 0), ("adam", 1)):
        labels = np.where((y == wrong) | (y == 9), 5, y)
        outputs = (0.01 + 0.9 * np.eye(10)[labels]).astype(np.float32)
        own = {"scores": SCORES, "DATA_HASH": digits.hash, "name": name}
        runs.append(put_answers(f"optimizer={name}", digits.spec, y, outputs, **own))
    return runs


def test_the_counts_are_said_below_the_table(two: Any, digits: Any, capsys: pytest.CaptureFixture[str]):
    assert main(["compare", "adam", "sgd"]) == 0
    zeros, ones, nines = (int((digits.test.y == label).sum()) for label in (0, 1, 9))
    said = capsys.readouterr().out.splitlines()
    assert said[-4:] == [
        "A optimizer=Adam, B optimizer=SGD",
        f"of the same 360 test samples both have {360 - zeros - ones - nines} right",
        f"fixed (A wrong, B right) {ones}, broken (A right, B wrong) {zeros}",
        f"both wrong {nines} ({nines} with the same answer)",
    ]


def test_a_folder_for_figures_gets_the_sheet_and_stdout_stays_a_table(
    two: Any, here: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["compare", "adam", "sgd", "--figures", "drawn", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)
    drawn = {Path(line).name for line in err.splitlines()}
    assert drawn >= {"disagreement.png", "changes_by_class.png", "score_by_key.png"}
    assert drawn == {path.name for path in (here / "drawn").iterdir()}


def test_runs_with_other_test_samples_are_compared_but_for_these(
    put_answers: Any, digits: Any, capsys: pytest.CaptureFixture[str]
):
    outputs = (0.1 + 0.5 * np.eye(10)[digits.test.y]).astype(np.float32)
    for seed in (0, 1):
        put_answers(f"seed={seed}", digits.spec, digits.test.y, outputs, scores=SCORES, name=f"run{seed}")
    assert main(["compare", "run0", "run1"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(
        "not compared sample by sample: RUN: run0 and run1: their test sets were cut by another seed"
    )


def test_two_seeds_of_one_network_are_told_apart_by_them(
    put_answers: Any, capsys: pytest.CaptureFixture[str]
):
    spec, y = DataSpec("digits", "classification", (2,), "float32", ("a", "b")), np.array([0, 1])
    words = "dataset.shuffle=false dataset.stratify=false"
    for seed in (3, 4):
        put_answers(
            f"{words} seed={seed}", spec, y, np.eye(2, dtype=np.float32), scores=SCORES, name=f"run{seed}"
        )
    assert main(["compare", "run4", "run3"]) == 0
    assert "A seed=4, B seed=3" in capsys.readouterr().out


def test_the_pictures_are_those_of_the_test_set(
    two: Any, digits: Any, here: Path, monkeypatch: pytest.MonkeyPatch
):
    drawn = []
    monkeypatch.setattr(
        disagreement_figures, "draw_pictures", lambda *arguments: drawn.append(arguments) or here
    )
    draw_disagreement(read_disagreement(*two), two[0], ("one", "two"), here / "drawn")
    ((groups, images, _, explanation, _),) = drawn
    assert explanation == "A: one; B: two"
    assert [group.name.split(":")[0] for group in groups] == ["fixed", "broken", "both wrong"]
    assert np.array_equal(images, digits.test.x)
    for group, label in zip(groups, "019", strict=True):
        assert group.count == (digits.test.y == int(label)).sum()
        assert {digits.test.y[sample.index] for sample in group.samples} == {int(label)}
        assert {sample.truth for sample in group.samples} == {label}


def test_data_that_have_changed_are_not_shown(two: Any, digits: Any):
    with pytest.raises(DataError, match=r"dataset: digits has changed since run .*; the same data"):
        load_test(two[0], digits.test.y[::-1])


def test_without_the_samples_the_other_figure_says_so(two: Any, here: Path, monkeypatch: pytest.MonkeyPatch):
    def unplugged(*_: Any) -> None:
        raise FetchError("digits: no source answers")

    said = []
    monkeypatch.setattr(disagreement_figures, "load_splits", unplugged)
    monkeypatch.setattr(
        disagreement_figures, "draw_changes", lambda *arguments: said.append(arguments[2]) or here
    )
    draw_disagreement(read_disagreement(*two), two[0], ("one", "two"), here / "drawn")
    assert "the samples cannot be shown: digits: no source answers" in said[0]


def test_numbers_are_drawn_by_their_errors(put_answers: Any, here: Path):
    spec = DataSpec("houses", "regression", (2,), "float32", unit="$")
    y = np.arange(5, dtype=np.float32)
    runs = [
        put_answers(f"optimizer={name}", spec, y, (y + by)[:, None]) for name, by in (("sgd", 1), ("adam", 2))
    ]
    paths = draw_disagreement(read_disagreement(*runs), runs[0], ("one", "two"), here / "drawn")
    assert [path.name for path in paths] == ["closeness.png"]


def test_without_mistakes_there_is_no_sheet(put_answers: Any, digits: Any, here: Path):
    outputs = (0.1 + 0.5 * np.eye(10)[digits.test.y]).astype(np.float32)
    runs = [put_answers(f"optimizer={name}", digits.spec, digits.test.y, outputs) for name in ("sgd", "adam")]
    paths = draw_disagreement(read_disagreement(*runs), runs[0], ("one", "two"), here / "drawn")
    assert [path.name for path in paths] == ["changes_by_class.png"]
