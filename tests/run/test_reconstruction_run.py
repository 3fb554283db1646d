"""Networks that give their inputs back, as whole runs: what is recorded, saved and predicted."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.saving.models import VERIFIED

pytestmark = pytest.mark.slow
NOISE = "dataset.corruption=[{GaussianNoise: {stddev: 0.3}},{ReLU: {max_value: 1.0}}]"
BACK = ("dataset.task=reconstruction", "trainer.progress=lines", "trainer.batch_size=64")
SMALL = (*BACK, "trainer.epochs=2")


def folder_of(here: Path) -> Path:
    (folder,) = here.glob("outputs/*/*")
    return folder


def load(folder: Path) -> Any:
    import keras

    return keras.saving.load_model(folder / "model" / "model.keras")


def test_digits_are_cleaned_recorded_and_predicted(nnlab: Any, here: Path, records: Any):
    from PIL import Image

    done = nnlab("dataset=digits", "model=autoencoder", "model.filters=[4]", NOISE, *SMALL)
    assert done.code == 0, done.err
    (run,) = records(here)
    folder = folder_of(here)
    assert folder.parent.name == "digits-reconstruction"
    assert all(value.startswith(VERIFIED) for key, value in run.data.tags.items() if "saved" in key)
    assert {path.stem for path in (folder / "plots").glob("*.png")} == {
        "history",
        "reconstructions",
        "reconstruction_extremes",
        "reconstruction_errors",
    }
    table = json.loads((folder / "tables" / "reconstruction.json").read_text())
    assert run.data.metrics["test/psnr"] == pytest.approx(table["psnr"])
    assert run.data.metrics["test/mse"] == pytest.approx(run.data.metrics["test/loss"], rel=1e-3)
    assert table["input_mse"] > 0.01

    model = load(folder)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds[0] == "Rescaling"
    assert not {"GaussianNoise", "ReLU"} & set(kinds)
    pixels = np.random.default_rng(0).integers(0, 17, (1, 8, 8)).astype(np.uint8)
    Image.fromarray((pixels[0] * 15).astype(np.uint8)).save(here / "noisy.png")
    assert nnlab("predict", "last", "noisy.png", "--invert", "no").code == 0
    with Image.open(here / "noisy-reconstructed.png") as image:
        given = np.asarray(image)
    values = np.round(pixels[0] * 15 / 255 * 16).astype(np.uint8)
    expected = 255 * np.clip(np.asarray(model(values[None]))[0, ..., 0], 0, 1)
    np.testing.assert_allclose(given, expected, atol=1)


@pytest.mark.long
def test_the_same_noise_is_seen_twice(nnlab: Any, here: Path, records: Any):
    words = ("dataset=digits", "model=autoencoder", "model.filters=[2]", NOISE, *SMALL)
    assert nnlab(*words).code == nnlab(*words, "rerun=true").code == 0
    second, first = (run.data.metrics for run in records(here))
    same = [name for name in first if name.startswith(("train/", "val/", "test/"))]
    assert len(same) > 10
    assert {name: first[name] for name in same} == {name: second[name] for name in same}


@pytest.mark.parametrize("own", [False, True])
def test_a_table_is_given_back_through_a_bottleneck(nnlab: Any, here: Path, own: bool):
    rows = np.random.default_rng(0).normal(size=(80, 2)) @ np.array([[1.0, 2, 0, 5], [0, 1, 3, -1]])
    lines = ["a,b,c,d", *(",".join(f"{value:.4f}" for value in row) for row in rows)]
    (here / "own.csv").write_text("\n".join(lines) + "\n")
    source = ("dataset=csv", "dataset.path=own.csv") if own else ("dataset=boston",)
    words = ("model=mlp", "model.neurons=[2]", "model.activation=linear", "optimizer.learning_rate=0.05")
    done = nnlab(*source, *words, *BACK, "trainer.epochs=60")
    assert done.code == 0, done.err
    folder = folder_of(here)
    table = json.loads((folder / "tables" / "reconstruction.json").read_text())
    # Two linear neurons hold a table of rank two whole, and about half of what Boston's thirteen columns tell.
    assert table["mse"] < (0.05 if own else 0.7)
    assert (folder / "plots" / "predicted_vs_true.png").exists()
    outputs = 4 if own else 13
    assert load(folder).output_shape == (None, outputs)


def test_bytes_of_ones_own_are_given_back_on_the_scale_of_the_preprocessing(nnlab: Any, here: Path):
    np.savez(here / "own.npz", x_train=np.full((40, 6, 6), 204, np.uint8))
    layers = "model.layers=[{Reshape: {target_shape: [6,6,1]}},{Conv2D: {filters: 1, kernel_size: 1}}]"
    words = ("dataset=npz", "dataset.path=own.npz", "dataset.y_train=null", "model=layers", layers)
    scaled = "dataset.preprocessing=[{Rescaling: {scale: 0.00392156862745098}}]"
    done = nnlab(
        *words,
        scaled,
        "trainer.epochs=1",
        "trainer.progress=lines",
        "optimizer=sgd",
        "optimizer.learning_rate=1e-30",
    )
    assert done.code == 0, done.err
    kernel = float(np.asarray(load(folder_of(here)).layers[-1].kernel).reshape(()))
    table = json.loads((folder_of(here) / "tables" / "reconstruction.json").read_text())
    assert table["mse"] == pytest.approx((0.8 * kernel - 0.8) ** 2, rel=1e-3)
