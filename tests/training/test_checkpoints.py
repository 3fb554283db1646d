"""Checkpoints: whole or not there, and enough to end with the same bits."""

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import CheckpointError, StorageError
from nnlab.training.checkpoints import Checkpoint, Checkpoints
from nnlab.training.history import History

STATE = {
    "wait": 2,
    "best": 0.5,
    "monitor": "val_loss",
    "best_weights": [np.arange(3.0), np.eye(2)],
    "none": None,
}


def checkpoint(epoch: int) -> Checkpoint:
    history = History({"loss": [1 / 3] * epoch}, [0.1] * epoch)
    weights = {"0 kernel": np.full((2, 2), epoch, np.float32), "1 state": np.array([1, 2], np.uint32)}
    return Checkpoint(
        epoch, False, weights, {"0 iteration": np.int64(7)}, {"0 EarlyStopping": STATE}, history
    )


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def checkpoints(tmp_path: Path, heard: list[str]) -> Checkpoints:
    return Checkpoints(tmp_path / "checkpoints", heard.append)


def test_what_is_saved_comes_back_to_the_bit(checkpoints: Checkpoints):
    checkpoints.save(checkpoint(3))
    found = checkpoints.newest()
    assert found is not None
    assert (found.epoch, found.stopped, found.history) == (3, False, checkpoint(3).history)
    for name, value in checkpoint(3).weights.items():
        assert found.weights[name].dtype == value.dtype
        assert found.weights[name].tobytes() == value.tobytes()
    state = found.callbacks["0 EarlyStopping"]
    assert {key: state[key] for key in ("wait", "best", "monitor", "none")} == {
        key: STATE[key] for key in ("wait", "best", "monitor", "none")
    }
    assert [array.tolist() for array in state["best_weights"]] == [[0, 1, 2], [[1, 0], [0, 1]]]


def test_two_are_kept(checkpoints: Checkpoints):
    for epoch in range(1, 6):
        checkpoints.save(checkpoint(epoch))
    assert [file.name for file in checkpoints.files()] == ["epoch-000005.ckpt", "epoch-000004.ckpt"]
    assert sorted(os.listdir(checkpoints.folder)) == ["epoch-000004.ckpt", "epoch-000005.ckpt"]


def test_nothing_saved_is_nothing_found(checkpoints: Checkpoints):
    assert checkpoints.newest() is None


def flip(data: bytes) -> bytes:
    return data[:200] + bytes([data[200] ^ 1]) + data[201:]


@pytest.mark.parametrize(
    "damage",
    [flip, lambda data: data[: len(data) // 2], lambda _: b"", lambda _: b"text\n", lambda data: data[:64]],
    ids=["bit", "half", "empty", "text", "digest only"],
)
def test_a_damaged_one_is_said_and_the_one_before_it_taken(
    checkpoints: Checkpoints, heard: list[str], damage
):
    for epoch in (1, 2):
        checkpoints.save(checkpoint(epoch))
    newest = checkpoints.files()[0]
    newest.write_bytes(damage(newest.read_bytes()))
    found = checkpoints.newest()
    assert found is not None
    assert found.epoch == 1
    assert heard == [f"warning: {newest}: damaged; the one before it is tried"]

    checkpoints.files()[1].write_bytes(b"")
    with pytest.raises(CheckpointError, match="none of 2 checkpoints is whole; --restart begins anew"):
        checkpoints.newest()


def test_a_half_written_file_is_no_checkpoint(checkpoints: Checkpoints):
    checkpoints.save(checkpoint(1))
    (checkpoints.folder / "epoch-000002.part").write_bytes(b"half")
    found = checkpoints.newest()
    assert found is not None
    assert found.epoch == 1


def test_a_checkpoint_that_cannot_be_written_says_path_and_space(tmp_path: Path, heard: list[str]):
    (tmp_path / "checkpoints").write_text("in the way")
    with pytest.raises(StorageError, match=r"epoch-000001.ckpt: cannot be written: .* GB free"):
        Checkpoints(tmp_path / "checkpoints", heard.append).save(checkpoint(1))


def test_every_field_is_kept(checkpoints: Checkpoints):
    checkpoints.save(dataclasses.replace(checkpoint(2), stopped=True))
    found = checkpoints.newest()
    assert found is not None
    assert found.stopped
    assert found.optimizer["0 iteration"] == 7


def test_a_finished_run_keeps_none(checkpoints: Checkpoints):
    checkpoints.save(checkpoint(1))
    (checkpoints.folder / "best.keras").write_text("a callback's")
    checkpoints.clear()
    assert os.listdir(checkpoints.folder) == ["best.keras"]
