"""Rung 4: every option that makes an object is built and takes a step; the folders say which there are."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from nnlab.cli.compose import compose_plan
from nnlab.construct import construct
from nnlab.data.splits import Splits
from nnlab.fitting import prepare, train
from nnlab.spec import Samples
from nnlab.training import runtime

CONF = Path(__file__).parents[2] / "conf"


def names(group: str) -> list[str]:
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def data() -> tuple[np.ndarray, np.ndarray]:
    return np.random.default_rng(0).integers(0, 17, (16, 8, 8)).astype(np.uint8), np.arange(16) % 10


def plain_loss(kernel: np.ndarray, bias: np.ndarray) -> float:
    """The cross-entropy of a perceptron, by hand."""
    x, y = data()
    scores = x.reshape(16, 64) / 16 @ kernel + bias
    right = np.exp(scores)[np.arange(16), y] / np.exp(scores).sum(axis=1)
    return float(-np.log(right).mean())


def step(folder: Path, *words: str) -> tuple[list[np.ndarray], list[np.ndarray], Any]:
    """The weights before and after one epoch of two small batches, and the history."""
    given = {word.split("=")[0] for word in words}
    small = {"trainer.epochs": 1, "trainer.batch_size": 8, "trainer.progress": "none"}
    usual = [f"{key}={value}" for key, value in small.items() if key not in given]
    plan = compose_plan(["dataset=digits", *usual, *words])
    spec, (x, y) = plan.dataset.spec(), data()
    samples = Samples(x, x if spec.task == "reconstruction" else y)
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, splits := Splits(samples, samples, samples, spec, False, ""))
    before = prepared.network.get_weights()
    history = train(prepared, splits, folder, [])
    assert np.isfinite(history.series["loss"]).all()
    return before, prepared.network.get_weights(), history


def moved(before: list[np.ndarray], after: list[np.ndarray]) -> list[bool]:
    return [not np.array_equal(*pair) for pair in zip(before, after, strict=True)]


def test_the_folders_are_not_empty():
    assert len(names("model")) >= 4
    assert len(names("optimizer")) >= 14
    assert len(names("callbacks")) >= 8
    assert len(names("regularizer")) >= 5


NEEDS = {
    # Pixels stand for the ids of words.
    "text_conv": ["dataset.preprocessing=[{Reshape: {target_shape: [64]}}]"],
    "autoencoder": ["dataset.task=reconstruction"],
    # Pictures of 8×8 can be halved three times.
    "vgg": ["model.filters=[[8,8],[8],[8]]", "model.neurons=[16]"],
    "alexnet": ["model.strides=1", "model.filters=[8,8,8]", "model.neurons=[16]"],
}


@pytest.mark.parametrize("model", names("model"))
def test_every_family_learns_in_every_weight(model: str, tmp_path: Path):
    words = ["optimizer=sgd", "optimizer.learning_rate=0.5", *NEEDS.get(model, [])]
    before, after, _ = step(tmp_path, f"model={model}", *words)
    assert all(moved(before, after))
    assert after[-1].shape == ((1,) if model == "autoencoder" else (10,))


@pytest.mark.parametrize("optimizer", names("optimizer"))
def test_every_optimizer_moves_the_weights(optimizer: str, tmp_path: Path):
    before, after, _ = step(tmp_path, "model.neurons=4", f"optimizer={optimizer}")
    assert any(moved(before, after))


@pytest.mark.parametrize("callback", [name for name in names("callbacks") if name != "none"])
def test_every_callback_lives_through_an_epoch(callback: str, tmp_path: Path):
    averaging = ["optimizer.use_ema=true"] if callback == "swap_ema" else []
    _, _, history = step(tmp_path, "model=perceptron", f"callbacks={callback}", *averaging)
    assert history.epochs == 1


@pytest.mark.parametrize("regularizer", [name for name in names("regularizer") if name != "none"])
def test_every_regularizer_adds_its_penalty(regularizer: str, tmp_path: Path):
    """The loss of the first, full batch is larger by what Keras's own object says of the kernel."""
    words = ["model=perceptron", "trainer.batch_size=16", "optimizer.learning_rate=1e-30"]
    before, _, history = step(tmp_path, *words, f"regularizer={regularizer}")
    plain = plain_loss(before[0], before[1])
    plan = compose_plan(["dataset=digits", "model=perceptron", f"regularizer={regularizer}"])
    assert plan.regularizer.regularizer is not None
    penalty = float(np.asarray(construct(plan.regularizer.regularizer)(before[0])))
    assert penalty > 0
    assert history.series["loss"][0] - plain == pytest.approx(penalty, rel=1e-3)


@pytest.mark.parametrize("trainer", names("trainer"))
def test_every_trainer_trains(trainer: str, tmp_path: Path):
    asked = yaml.safe_load((CONF / "trainer" / f"{trainer}.yaml").read_text(encoding="utf-8"))
    words = ["model=perceptron", f"trainer={trainer}", "trainer.epochs=2"]
    _, _, history = step(tmp_path, *words)
    assert history.epochs == 2
    plan = compose_plan(words)
    assert plan.trainer.batch_size == asked.get("batch_size", 128)
    assert plan.trainer.precision == asked.get("precision", "float32")
