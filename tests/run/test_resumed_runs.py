"""Rows 2 to 8: a run that was broken off goes on in its own record and ends with the bits of the straight one."""

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

EPOCHS = 60
"""Many short ones: a kill that is meant for the third comes before the last also where reading is slow."""
WORDS = (
    "dataset=digits",
    "model=layers",
    "model.layers=[Flatten,{Dense:{units:16,activation:relu}},BatchNormalization,{Dropout:{rate:0.3}}]",
    "callbacks=[reduce_lr,early_stopping]",
    "callbacks.reduce_lr.patience=1",
    "callbacks.early_stopping.patience=20",
    f"trainer.epochs={EPOCHS}",
    "trainer.progress=lines",
)
Start = Callable[..., "subprocess.Popen[str]"]


def weights(folder: Path) -> dict[str, np.ndarray]:
    (file,) = folder.glob("outputs/*/*/model/weights.h5")
    return read_weights(file)


def read_weights(file: Path) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    with h5py.File(file) as content:
        content.visititems(
            lambda name, item: found.update({name: item[()]} if hasattr(item, "dtype") else {})
        )
    return found


def series(folder: Path, run: Any) -> dict[str, list[tuple[int, float]]]:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    return {
        key: [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, key)]
        for key in run.data.metrics
        if not key.startswith(("time/", "memory/"))
    }


def kill_after(process: "subprocess.Popen[str]", text: str, number: signal.Signals = signal.SIGKILL) -> None:
    assert process.stderr is not None
    assert any(text in line for line in process.stderr), f"{text!r} was never said"
    process.send_signal(number)
    process.wait(timeout=30)


def finish(process: "subprocess.Popen[str]") -> tuple[str, str]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out, err


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sys

    folder = tmp_path_factory.mktemp("straight")
    subprocess.run([sys.executable, "-m", "nnlab", *WORDS], cwd=folder, check=True, capture_output=True)
    return folder


def assert_same(here: Path, straight: Path, records: Any) -> None:
    (run,), (expected,) = records(here), records(straight)
    assert run.info.status == "FINISHED"
    assert series(here, run) == series(straight, expected)
    ours, theirs = weights(here), weights(straight)
    assert ours.keys() == theirs.keys()
    assert all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)


@pytest.mark.slow
def test_a_killed_run_goes_on_when_it_is_typed_again(start: Start, here: Path, straight: Path, records: Any):
    kill_after(start(*WORDS), f"epoch  3/{EPOCHS}")
    _, said = finish(start(*WORDS))
    # Epoch 3 has been said, and perhaps not kept yet.
    assert re.search("goes on after epoch [23] of", said)
    assert f"epoch  2/{EPOCHS}" not in said
    assert_same(here, straight, records)


@pytest.mark.long
@pytest.mark.slow
def test_a_terminated_run_goes_on_by_resume(start: Start, here: Path, straight: Path, records: Any):
    kill_after(start(*WORDS), f"epoch  3/{EPOCHS}", signal.SIGTERM)
    assert records(here)[0].info.status == "KILLED"

    refused = start("resume", "last", "trainer.epochs=20", "trainer.batch_size=128")
    _, err = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert err == (
        "error: trainer.epochs: 20; 60: a run goes on with its own plan, "
        "`nnlab trainer.epochs=20` trains another\n"
    )

    newest = max(here.glob("outputs/*/*/checkpoints/*.ckpt"))
    newest.write_bytes(newest.read_bytes()[:-1])
    _, said = finish(start("resume", "last"))
    assert f"{newest}: damaged; the one before it is tried" in said
    assert_same(here, straight, records)

    out, _ = finish(start("resume", "last"))
    assert "is finished: there is nothing to go on with" in out


@pytest.mark.long
@pytest.mark.slow
def test_a_run_without_a_whole_checkpoint_begins_anew_only_when_asked(
    start: Start, here: Path, straight: Path, records: Any
):
    kill_after(start(*WORDS), f"epoch  3/{EPOCHS}", signal.SIGTERM)
    for file in here.glob("outputs/*/*/checkpoints/*.ckpt"):
        file.write_bytes(b"")
    broken = start("resume", "last")
    _, err = broken.communicate(timeout=120)
    assert broken.returncode == 1
    # Two, or three where the signal came between the newest and the tidying up.
    assert re.search(r"none of [23] checkpoints is whole; --restart begins anew$", err.splitlines()[-1])
    finish(start("resume", "last", "--restart"))
    assert_same(here, straight, records)


@pytest.mark.long
@pytest.mark.slow
def test_a_streamed_run_goes_on_to_the_bits_of_one_in_memory(
    start: Start, nnlab: Any, here: Path, records: Any
):
    random = np.random.default_rng(0)
    x = random.normal(size=(600, 8, 8)).astype(np.float32)
    np.savez(here / "own.npz", x_train=x, y_train=(x.mean((1, 2)) > 0).astype(np.int64))
    words = (*WORDS[1:], "dataset=npz", f"dataset.path={here / 'own.npz'}")
    kill_after(start(*words, "dataset.streaming=true"), f"epoch  3/{EPOCHS}")
    _, said = finish(start(*words, "dataset.streaming=true"))
    assert "goes on after epoch" in said
    assert nnlab(*words, "dataset.streaming=false", "rerun=true").code == 0
    in_memory, streamed = records(here)
    assert series(here, streamed) == series(here, in_memory)
    first, second = (read_weights(file) for file in sorted(here.glob("outputs/*/*/model/weights.h5")))
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)


@pytest.mark.long
@pytest.mark.slow
def test_two_at_once_are_one_too_many(start: Start, here: Path):
    long = (*WORDS[:-2], "trainer.epochs=100000", "trainer.progress=lines")
    first = start(*long)
    assert first.stderr is not None
    assert any("epoch      2" in line for line in first.stderr)
    second = start("resume", "last")
    _, err = second.communicate(timeout=120)
    assert second.returncode == 2
    assert "is running; one process at a time" in err
