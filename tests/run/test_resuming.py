"""Row 6: what `nnlab resume` goes on with, and what it refuses; in this process, broken off after training."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab import run
from nnlab.errors import WorkError

WORDS = (
    "dataset=digits",
    "model=perceptron",
    "trainer.epochs=2",
    "trainer.steps_per_epoch=3",
    "trainer.progress=lines",
)


@pytest.fixture
def break_off(nnlab: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A command line whose run fails after its last epoch, before its scores."""

    def call(*words: str) -> None:
        def fail(*_: Any) -> None:
            raise WorkError("broken off")

        with monkeypatch.context() as patch:
            patch.setattr(run, "_judge", fail)
            assert nnlab(*words).code == 1

    return call


def test_a_repeated_run_goes_on_as_itself(break_off: Any, nnlab: Any, here: Path, records: Any):
    """`rerun=true` is how it began; going on must not begin another one, nor find the first."""
    assert nnlab(*WORDS).code == 0
    break_off(*WORDS, "rerun=true")
    assert [run.info.status for run in records(here)] == ["FAILED", "FINISHED"]
    done = nnlab("resume", "last")
    assert done.code == 0, done.err
    assert done.err.startswith("goes on after epoch 2 of 2\n")
    assert [run.info.status for run in records(here)] == ["FINISHED", "FINISHED"]
    first, second = (
        {k: v for k, v in run.data.metrics.items() if not k.startswith(("time", "memory"))}
        for run in records(here)
    )
    assert first == second


def test_the_run_that_is_named_goes_on_and_no_other(break_off: Any, nnlab: Any, here: Path, records: Any):
    break_off(*WORDS)
    break_off(*WORDS, "rerun=true")
    older = records(here)[1]
    assert nnlab("resume", older.info.run_id).code == 0
    assert [run.info.status for run in records(here)] == ["FAILED", "FINISHED"]


def test_a_run_does_not_go_on_with_other_data(break_off: Any, nnlab: Any, here: Path, records: Any):
    rows = [f"{number},{number % 7},{number % 3}" for number in range(60)]
    table = here / "table.csv"
    table.write_text("\n".join(["a,b,y", *rows]))
    words = ["dataset=csv", f"dataset.path={table}", "dataset.target=y", "dataset.task=regression"]
    break_off(*words, "model=perceptron", "trainer.epochs=1", "trainer.progress=none")
    table.write_text("\n".join(["a,b,y", *rows[:-1], "59,3,1"]))
    done = nnlab("resume", "last")
    assert done.code == 2
    (folder,) = (here / "outputs/csv-regression").iterdir()
    assert done.err == (
        f"error: {folder}: dataset: its samples are not those that the run began with; "
        "bring them back, or train anew with `nnlab`\n"
    )
    assert [run.info.status for run in records(here)] == ["FAILED"]
