"""Compiled code: kept for the next process, never at the cost of a run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.training import compiled_code
from nnlab.training.compiled_code import find_shelf, kept_code

SCRIPT = """
import hashlib, json, sys
from nnlab.cli.compose import compose_plan
from nnlab.data.splits import load_splits
from nnlab.fitting import prepare, train
from nnlab.training import runtime
from nnlab.training.compiled_code import find_shelf, kept_code
from pathlib import Path
words = ["dataset=digits", "model=mlp", "trainer.jit_compile=true", "trainer.threads=1", "trainer.epochs=2"]
plan = compose_plan([*words, "trainer.progress=none", f"seed={sys.argv[1]}"])
with kept_code(1):
    splits = load_splits(plan.dataset, plan.seed)
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, splits)
    train(prepared, splits, Path(), [])
bits = b"".join(weight.tobytes() for weight in prepared.network.get_weights())
print(json.dumps([str(find_shelf(1)), hashlib.sha256(bits).hexdigest()]))
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process's shelf, in a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    # As it was is what is restored afterwards.
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    monkeypatch.delenv("TF_XLA_FLAGS")
    return find_shelf(1)


def own_folder() -> Path:
    """Where TensorFlow is told to keep what it compiles."""
    return Path(os.environ["TF_XLA_FLAGS"].partition("=")[2])


def names(folder: Path) -> list[str]:
    """What lies in a folder, without checksums."""
    return sorted(path.stem if ".pb." in path.name else path.name for path in folder.iterdir())


@pytest.mark.slow
def test_the_next_process_reads_what_was_compiled_and_gives_the_same_bits(tmp_path: Path):
    def train(seed: int) -> tuple[Path, str]:
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
        environment.pop("TF_XLA_FLAGS", None)
        command = [sys.executable, "-c", SCRIPT, str(seed)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        shelf, bits = json.loads(done.stdout.splitlines()[-1])
        return Path(shelf), bits

    shelf, compiled = train(0)
    (file,) = shelf.iterdir()
    written = file.stat().st_mtime_ns
    assert train(0) == (shelf, compiled)
    assert train(1)[1] != compiled
    assert list(shelf.iterdir()) == [file]
    # TensorFlow would write again what it had not read.
    assert file.stat().st_mtime_ns == written


def test_what_is_new_comes_out_whole_and_what_is_known_goes_in(shelf: Path):
    with kept_code(1):
        (own_folder() / "first.pb").write_text("first")
    with kept_code(1):
        assert names(own_folder()) == ["first.pb"]
        (own_folder() / "second.pb").write_text("second")
        assert names(shelf) == [own_folder().name, "first.pb"]
    assert names(shelf) == ["first.pb", "second.pb"]


def test_of_two_that_were_compiled_at_once_one_is_kept(shelf: Path):
    with kept_code(1):
        (own_folder() / "code.pb").write_text("first")
    with kept_code(1):
        (own_folder() / "code.pb").unlink()
        (own_folder() / "code.pb").write_text("second")
    assert names(shelf) == ["code.pb", "code.pb"]
    with kept_code(1):
        assert names(own_folder()) == ["code.pb"]
    assert names(shelf) == ["code.pb"]


def test_damaged_code_is_not_read(shelf: Path):
    with kept_code(1):
        (own_folder() / "whole.pb").write_text("whole")
    (file,) = shelf.iterdir()
    file.write_text("hole")
    with kept_code(1):
        assert names(own_folder()) == []
    assert names(shelf) == []


def test_other_threads_are_other_code(shelf: Path):
    assert find_shelf(2) != shelf


def test_a_run_that_tensorflow_fails_leaves_nothing_that_may_have_been_the_reason(shelf: Path):
    import tensorflow as tf

    def fail(error: Exception) -> None:
        with kept_code(1):
            (own_folder() / f"{type(error).__name__}.pb").write_text("code")
            raise error

    with pytest.raises(ValueError, match="not of"):
        fail(ValueError("not of TensorFlow's making"))
    assert names(shelf) == ["ValueError.pb"]
    with pytest.raises(tf.errors.InternalError):
        fail(tf.errors.InternalError(None, None, "unreadable"))
    assert names(shelf) == []


def test_what_a_killed_process_left_is_removed(shelf: Path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (shelf / f".{gone.pid}").mkdir(parents=True)
    with kept_code(1):
        assert names(shelf) == [own_folder().name]


def test_the_oldest_go_where_there_are_too_many(shelf: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiled_code, "KEPT", 2)
    for age, name in enumerate(("new.pb", "old.pb", "older.pb")):
        with kept_code(1):
            (own_folder() / name).write_text(name)
            os.utime(own_folder() / name, (1000 - age, 1000 - age))
    assert names(shelf) == ["new.pb", "old.pb"]


def test_flags_of_the_user_s_own_stay(shelf: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_auto_jit=2")
    with kept_code(1):
        assert os.environ["TF_XLA_FLAGS"] == "--tf_xla_auto_jit=2"
    assert not shelf.exists()


def test_code_for_a_gpu_is_not_kept(shelf: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiled_code, "_GPUS", "null")
    with kept_code(1):
        assert "TF_XLA_FLAGS" not in os.environ


def test_a_cache_that_cannot_be_written_costs_no_run(shelf: Path, tmp_path: Path):
    (tmp_path / "nnlab").write_text("in the way")
    with kept_code(1):
        assert "TF_XLA_FLAGS" not in os.environ


@pytest.mark.slow
def test_a_folder_with_a_space_in_its_name_costs_no_run(tmp_path: Path):
    """TensorFlow would take what follows the space for another flag, and write beside the folder."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "my cache")}
    environment.pop("TF_XLA_FLAGS", None)
    subprocess.run([sys.executable, "-c", SCRIPT, "0"], capture_output=True, check=True, env=environment)
    assert list(tmp_path.rglob("*.pb*")) == []
