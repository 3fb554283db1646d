"""nnlab's compiled loop does what Keras's own steps do, batch by batch, and its pieces never show."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from witnesses import Steps

from nnlab.fitting import prepare
from nnlab.seeds import reseed
from nnlab.training import loop, runtime
from nnlab.training.weights import sample_weights

CASES = {
    "plain": [],
    "a batch that divides the data": ["trainer.batch_size=20"],
    "one batch larger than the data": ["trainer.batch_size=64"],
    "xla": ["trainer.jit_compile=true"],
    "xla, weighted": ["trainer.jit_compile=true", "trainer.class_weight={0: 3.0, 1: 0.5}"],
    "class weights": ["trainer.class_weight={0: 3.0, 1: 0.5}"],
    "one-hot targets": ["loss=CategoricalCrossentropy"],
    "regularizers": ["regularizer=l2", "regularizer.apply_to=[kernel,bias,activity]"],
    "dropout": ["model.dropout=0.5"],
    "regression": ["dataset=boston", "dataset.preprocessing=[]", "optimizer.clipnorm=1"],
    "binary": ["dataset=diabetes", "dataset.preprocessing=[]"],
    "fewer steps": ["trainer.steps_per_epoch=2"],
    "eager": ["trainer.execution=eager", "model.dropout=0.5"],
}


def plain_keras(plan: Any, data: Any) -> list[np.ndarray]:
    """The same network, trained by Keras's `train_on_batch` over the same batches."""
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, data)
    network = prepared.network
    feed = prepared.feed(data.train, "train", sample_weights(plan.trainer, data.spec, data.train.y))
    size = plan.trainer.batch_size
    for epoch in range(plan.trainer.epochs):
        reseed(network, plan.seed, epoch)
        order = feed.order(plan.seed, epoch, plan.trainer.shuffle)
        starts = list(range(0, feed.size, size))[: plan.trainer.steps_per_epoch]
        for start in starts:
            network.train_on_batch(*feed.batch(feed.tensors(), order[start : start + size]))
    return network.get_weights()


QUICK = ("eager", "xla, weighted", "class weights", "one-hot targets", "dropout")


def marks(case: str) -> list[pytest.MarkDecorator]:
    """How the time that a case takes is said."""
    if case in QUICK:
        return []
    return [pytest.mark.slow] if case == "xla" else [pytest.mark.slow, pytest.mark.long]


@pytest.mark.parametrize("case", [pytest.param(case, marks=marks(case)) for case in CASES])
def test_the_weights_are_those_of_keras_s_own_steps(case: str, plan: Any, train: Any):
    asked = plan(*CASES[case])
    prepared, history, data = train(asked)
    for own, keras_s in zip(prepared.network.get_weights(), plain_keras(asked, data), strict=True):
        np.testing.assert_allclose(own, keras_s, rtol=1e-4, atol=1e-5)
    assert history.epochs == 2


@pytest.mark.parametrize("xla", ["true", "false"])
def test_the_size_of_a_chunk_never_changes_a_bit(
    xla: str, plan: Any, train: Any, monkeypatch: pytest.MonkeyPatch
):
    asked = plan(f"trainer.jit_compile={xla}", "model.dropout=0.5")
    found = []
    for first, seconds in ((1, 0.0), (1000, 1e9)):
        monkeypatch.setattr(loop, "FIRST_CHUNK", first)
        monkeypatch.setattr(loop, "CHUNK_SECONDS", seconds)
        steps = Steps()
        prepared, history, _ = train(asked, [steps])
        found.append((steps.found, prepared.network.get_weights(), history.series))
    (ones, weights, series), (whole, same_weights, same_series) = found
    assert ones == [1, 2, 3, 1, 2, 3]
    assert whole == [3, 3]
    assert all(np.array_equal(*pair) for pair in zip(weights, same_weights, strict=True))
    assert series == same_series


def test_running_scores_are_means_over_the_samples_seen(plan: Any, train: Any):
    """Without learning, the epoch's loss is the loss of the untouched network over all samples."""
    asked = plan("optimizer=sgd", "optimizer.learning_rate=1e-30", "trainer.epochs=1")
    prepared, history, data = train(asked)
    x, y = data.train.x / 16, data.train.y
    probabilities = np.asarray(prepared.network(x))
    loss = -np.log(probabilities[np.arange(len(y)), y]).mean()
    assert history.series["loss"] == pytest.approx([loss], rel=1e-5)
    assert history.series["accuracy"] == pytest.approx([(probabilities.argmax(1) == y).mean()])


def test_evaluation_is_without_dropout_and_in_order(plan: Any, train: Any, tmp_path: Path):
    from nnlab.fitting import evaluate

    prepared, _, data = train(plan("model.dropout=0.9"))
    scores, outputs = evaluate(prepared, data.test)
    assert outputs.dtype == np.float32
    np.testing.assert_allclose(outputs, np.asarray(prepared.network(data.test.x / 16)), atol=1e-6)
    assert scores["loss"] == pytest.approx(-np.log(outputs[np.arange(20), data.test.y]).mean(), rel=1e-5)


def test_logits_become_probabilities_before_they_are_judged(plan: Any, train: Any):
    from nnlab.fitting import evaluate

    prepared, _, data = train(plan("model.head.activation=linear"))
    _, outputs = evaluate(prepared, data.test)
    np.testing.assert_allclose(outputs.sum(axis=1), 1, atol=1e-5)
    raw = np.asarray(prepared.network(data.test.x / 16))
    np.testing.assert_allclose(outputs, np.exp(raw) / np.exp(raw).sum(1, keepdims=True), atol=1e-5)
