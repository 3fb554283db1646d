"""Checkpoints: whole or not there, and enough to end with the same bits."""

import dataclasses
import os
import re
import subprocess
import sys
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


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from nnlab.errors import StorageError
from nnlab.training.checkpoints import Checkpoint, Checkpoints
from nnlab.training.history import History
kept = Checkpoints(Path(sys.argv[1]), print)
state = lambda epoch: Checkpoint(epoch, False, {"w": np.full(9999, epoch)}, {}, {}, History({}, []))
kept.save(state(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))
try:
    kept.save(state(2))
except StorageError as error:
    print(error)
found = kept.newest()
assert found.epoch == 1 and found.weights["w"].tolist() == [1] * 9999
"""


def test_a_full_disk_is_said_and_leaves_the_checkpoint_before(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(
        rf"{tmp_path}/epoch-000002.ckpt: cannot be written: File too large; [\d.]+ GB free\n", done.stdout
    )
    assert os.listdir(tmp_path) == ["epoch-000001.ckpt"]


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
