"""`nnlab replay RUN --verify`: the same bits, or what differs and why."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py
import pytest

from nnlab.tracking import tags

LAYERS = "model.layers=[Flatten,{Dense:{units:8,activation:relu}},BatchNormalization,{Dropout:{rate:0.3}}]"
WORDS = (
    "dataset=digits", "model=layers", LAYERS, "name=first", "trainer.epochs=2", "trainer.steps_per_epoch=4",
    "trainer.progress=none", "callbacks=reduce_lr",
)  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture
def trained(nnlab: Any, here: Path, records: Any) -> Any:
    assert nnlab(*WORDS).code == 0
    return records(here)[0]


def test_a_run_is_trained_again_to_the_same_bits_and_found_by_nobody(
    trained: Any, nnlab: Any, here: Path, records: Any
):
    done = nnlab("replay", "first", "--verify")
    assert done.code == 0, done.err
    assert done.err == ""
    assert done.out.startswith("first-replay: test accuracy ")
    lasting = [key for key in trained.data.metrics if not key.startswith(("time/", "memory/"))]
    # Two points of what an epoch has, one of what comes at the end.
    points = len(lasting) + sum(key.startswith(("train/", "val/")) for key in lasting)
    assert f"same bits: {points} metric points and " in done.out
    again, first = records(here)
    assert (again.info.status, again.data.tags[tags.REPLAYED]) == ("FINISHED", trained.info.run_id)
    assert again.data.tags[tags.FOLDER] != first.data.tags[tags.FOLDER]
    # The run itself has the identity, and its own name.
    assert nnlab("-m", *WORDS, "trainer.threads=1", "--dry-run").out.startswith("to do")
    assert "is finished: there is nothing to go on with" in nnlab("resume", "first").out


@pytest.mark.long
def test_a_record_that_was_changed_is_named(trained: Any, nnlab: Any, here: Path):
    change = "UPDATE metrics SET value = value + 0.5 WHERE key = 'val/loss' AND step = 2"
    with closing(sqlite3.connect(here / "mlflow.db")) as store, store:
        store.execute(change)
    done = nnlab("replay", "first", "--verify")
    assert done.code == 1
    *_, answer, cause = done.out.splitlines()
    assert answer.startswith("different: ")
    assert "; val/loss in epoch 2: " in answer
    assert "the metrics in the record were changed" in cause

    with closing(sqlite3.connect(here / "mlflow.db")) as store, store:
        store.execute(change.replace("+", "-"))
    (file,) = here.glob(f"mlartifacts/{trained.info.run_id}/artifacts/model/weights.h5")
    name = spoil(file)
    done = nnlab("replay", "first", "--verify")
    assert done.code == 1
    *_, answer, cause = done.out.splitlines()
    assert f"; weight {name}[" in answer
    assert "the weights in the record were changed" in cause


def spoil(file: Path) -> str:
    """Add 1 to the first array of a file of weights; its name."""
    names: list[str] = []
    with h5py.File(file, "r+") as content:
        content.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        name = min(names)
        content[name][...] = content[name][()] + 1
    return name


def test_what_cannot_be_replayed_is_told_before_anything_is_trained(
    trained: Any, nnlab: Any, here: Path, records: Any, monkeypatch: pytest.MonkeyPatch
):
    with closing(sqlite3.connect(here / "mlflow.db")) as store, store:
        store.execute("UPDATE tags SET value = 'another' WHERE key = 'nnlab.data_hash'")
    done = nnlab("replay", "first")
    assert done.code == 2
    assert done.err.startswith(
        "error: dataset: its samples are not those that 'first' was trained on (hash another in the record, "
    )
    shutil.rmtree(here / "mlartifacts" / trained.info.run_id / "artifacts" / "config")
    done = nnlab("replay", "first")
    assert done.code == 2
    assert done.err.startswith("error: RUN: 'first' has no plan in its record (config/plan.yaml: run ")
    with closing(sqlite3.connect(here / "mlflow.db")) as store, store:
        store.execute("UPDATE runs SET status = 'KILLED'")
    done = nnlab("replay", "first")
    assert (done.code, done.err.startswith("error: RUN: 'first' is killed; a finished run; ")) == (2, True)
    assert nnlab("replay", "first", "trainer.epochs=3").code == 2
    assert len(records(here)) == 1


@pytest.mark.long
def test_another_number_of_threads_is_named_as_the_cause(here: Path):
    """In processes of their own: TensorFlow fixes its threads once."""
    cnn = ("dataset=digits", "model=cnn", "model.filters=[8]", "model.neurons=16", "name=first")
    nnlab(*cnn, "trainer.epochs=3", "trainer.threads=2", "trainer.progress=none")
    done = nnlab("replay", "first", "--verify", "trainer.threads=1")
    assert "not as it was: trainer.threads 2 in the record, 1 now" in done.stderr
    answer = (
        done.stdout.splitlines()[-1] if done.returncode == 0 and "same bits" in done.stdout else done.stdout
    )
    assert "likely cause: trainer.threads 2 in the record, 1 now" in answer


def nnlab(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "nnlab", *words], capture_output=True, text=True, check=False
    )
