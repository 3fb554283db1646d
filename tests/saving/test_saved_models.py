"""Three files a model, each proved; nothing good is ever lost to a failed write."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from nnlab.errors import StorageError
from nnlab.replacing import aside, put_in_place, storage_errno, storage_error
from nnlab.saving import models
from nnlab.saving.models import save_models

NAMES = ["model.h5", "model.keras", "weights.h5"]
SAMPLES = np.random.default_rng(0).integers(0, 256, (5, 4, 4)).astype("uint8")


def build() -> keras.Model:
    layers = keras.layers
    network = [
        layers.Rescaling(1 / 255),
        layers.Flatten(),
        layers.Dense(6, activation="relu"),
        layers.Dropout(0.5),
    ]
    return keras.Sequential(
        [keras.Input((4, 4), dtype="uint8"), *network, layers.Dense(3, activation="softmax")]
    )


@pytest.fixture(scope="module")
def model() -> keras.Model:
    network = build()
    network.compile(optimizer="adam", loss="mse")
    network.fit(SAMPLES, np.eye(3)[[0, 1, 2, 0, 1]], verbose=0)
    return network


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_three_files_are_written_and_verified(model, tmp_path, capfd):
    assert save_models(model, tmp_path / "new", SAMPLES, build) == dict.fromkeys(
        ["model.keras", "model.h5", "weights.h5"], "verified"
    )
    assert names(tmp_path / "new") == NAMES
    assert "HDF5" not in capfd.readouterr().err


def test_the_files_predict_from_raw_pixels_what_the_model_predicts(model, tmp_path):
    save_models(model, tmp_path, SAMPLES, build)
    wanted = model.predict(SAMPLES, verbose=0)
    for name in ("model.keras", "model.h5"):
        loaded = keras.saving.load_model(tmp_path / name)
        np.testing.assert_array_equal(loaded.predict(SAMPLES, verbose=0), wanted)


def test_saving_twice_keeps_the_optimizer(model, tmp_path):
    save_models(model, tmp_path, SAMPLES, build)
    save_models(model, tmp_path, SAMPLES, build)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded.optimizer) is keras.optimizers.Adam
    assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations) > 0


def test_a_network_rebuilt_otherwise_is_told(model, tmp_path):
    def other() -> keras.Model:
        return keras.Sequential([keras.Input((4, 4)), keras.layers.Flatten(), keras.layers.Dense(3)])

    result = save_models(model, tmp_path, SAMPLES, other)
    assert result["model.keras"] == result["model.h5"] == "verified"
    assert result["weights.h5"].startswith("cannot be loaded again: ")


def test_different_predictions_are_told_with_their_size(model, tmp_path):
    def sharper() -> keras.Model:
        network = build()
        network.layers[-1].activation = keras.activations.linear
        return network

    result = save_models(model, tmp_path, SAMPLES, sharper)
    assert result["weights.h5"].startswith("predicts differently: by up to ")
    assert result["weights.h5"].endswith(" on 5 samples")


def test_a_format_that_cannot_hold_the_model_does_not_fail_the_run(model, tmp_path, monkeypatch):
    def refuse(path, **_):
        raise NotImplementedError("no such format\nand a long explanation")

    monkeypatch.setattr(model, "save_weights", refuse)
    result = save_models(model, tmp_path, SAMPLES, build)
    assert result["weights.h5"] == "not written: no such format"
    assert names(tmp_path) == ["model.h5", "model.keras"]


def test_predictions_equal_within_the_tolerance_are_said_not_to_be_bitwise():
    wanted = np.array([[0.5]])
    verdict = models._compare(lambda _: lambda x, training: wanted + 1e-9, Path("m"), wanted, SAMPLES)
    assert verdict == "verified within 1e-06"


def test_a_full_disk_is_an_error_with_path_and_space_and_keeps_the_old_file(model, tmp_path, monkeypatch):
    (tmp_path / "model.keras").write_bytes(b"good")

    def fill(path, **_):
        Path(path).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(model, "save", fill)
    with pytest.raises(
        StorageError, match=r"model\.keras: cannot be written: No space left on device; .* GB free$"
    ):
        save_models(model, tmp_path, SAMPLES, build)
    assert (tmp_path / "model.keras").read_bytes() == b"good"
    assert names(tmp_path) == ["model.keras"]


def test_a_file_in_place_of_the_folder_is_a_storage_error(model, tmp_path):
    (tmp_path / "model").write_text("a file")
    with pytest.raises(StorageError, match=r"model: cannot be written: File exists; "):
        save_models(model, tmp_path / "model", SAMPLES, build)


def test_what_hdf5_says_of_a_full_disk_is_understood():
    inner = RuntimeError(
        "Can't write data (file write failed: time = x, errno = 28, error message = 'No space left')"
    )
    outer = ValueError("could not save")
    outer.__cause__ = inner
    assert storage_errno(outer) == errno.ENOSPC
    assert storage_errno(ValueError("errno = 5000")) is None
    assert storage_errno(OSError("Unable to open file ([Errno 13] Permission denied)")) == errno.EACCES


def test_leftovers_of_a_killed_process_are_cleared(tmp_path):
    (tmp_path / ".saving-dead").mkdir()
    with aside(tmp_path) as place:
        (place / "file").write_text("new")
        put_in_place(place / "file", tmp_path / "file")
    assert names(tmp_path) == ["file"]


def test_a_storage_error_names_the_free_space_of_the_nearest_folder(tmp_path):
    text = str(storage_error(tmp_path / "a" / "b", OSError(errno.EROFS, "x")))
    assert text.startswith(f"{tmp_path / 'a' / 'b'}: cannot be written: Read-only file system; ")


LIMITED = """
import resource, sys
from pathlib import Path
import keras, numpy as np
from nnlab.errors import StorageError
from nnlab.saving.models import save_models
build = lambda: keras.Sequential([keras.Input((64,)), keras.layers.Dense(500), keras.layers.Dense(500)])
model, folder, samples = build(), Path(sys.argv[1]), np.ones((2, 64), "float32")
save_models(model, folder, samples, build)
before = {path.name: path.read_bytes() for path in folder.iterdir()}
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    save_models(model, folder, samples, build)
except StorageError as error:
    print(error)
assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
assert len(before) == 3
print("kept")
"""


@pytest.mark.slow
def test_a_real_limit_on_file_size_keeps_all_three_files(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    assert done.returncode == 0, done.stderr
    assert "model.keras: cannot be written: File too large; " in done.stdout
    assert done.stdout.endswith("kept\n")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 300_000
