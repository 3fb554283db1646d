"""What leaves a network, as its judges take it."""

from typing import Any

import numpy as np
import pytest

from nnlab.evaluation import judge
from nnlab.fitting import evaluate
from nnlab.spec import Samples
from nnlab.training import steps
from nnlab.training.judge import Judge


@pytest.mark.parametrize("head", ["relu", "linear"])
def test_a_head_that_overshoots_is_judged_as_it_was_trained(head: str, plan: Any, train: Any):
    """Trained by MSE on 0 and 1 it means 0.5 by its threshold, whatever it gives beyond 1."""
    words = ("dataset=diabetes", f"model.head.activation={head}", "loss=MeanSquaredError")
    prepared, _, data = train(plan(*words, "model=perceptron"))
    prepared.network.set_weights([np.linspace(-0.5, 1, 8, dtype=np.float32)[:, None], np.array([0.3])])
    logs, outputs = evaluate(prepared, data.test)
    assert (outputs.min(), outputs.max()) == (0, 1)
    scores = judge(prepared.spec, Samples(data.test.x, data.test.y), outputs).scores
    assert scores["accuracy"] == pytest.approx(logs["accuracy"])
    raw = np.asarray(prepared.whole()(data.test.x))
    np.testing.assert_allclose(outputs, np.clip(raw, 0, 1), rtol=1e-5, atol=1e-6)


def test_validation_and_test_are_judged_by_one_trace(plan: Any, train: Any):
    """A trace runs the network's Python once; the numbers are those of Keras's own evaluation."""
    prepared, _, data = train(plan("model=perceptron"))
    traced, compute_loss = [], prepared.network.compute_loss
    prepared.network.compute_loss = lambda *of, **more: traced.append(0) or compute_loss(*of, **more)
    assert data.validation is not None
    validated = prepared.judging(data.validation, "validation").scores()
    logs, _ = evaluate(prepared, data.test)
    assert len(traced) == 0  # training has traced it
    for found, samples in ((validated, data.validation), (logs, data.test)):
        x = np.asarray(prepared.preprocessing[0](samples.x)) if prepared.preprocessing else samples.x
        wanted = prepared.network.evaluate(x, samples.y, verbose=0, return_dict=True)
        assert found == pytest.approx(wanted, rel=1e-5)


def test_a_watched_test_set_is_judged_again_only_by_other_weights(plan: Any, train: Any, monkeypatch: Any):
    """The last epoch has judged it already; weights that a callback brought back, or a moving mean, have not."""
    inferred, infer = [], steps.TestSteps._infer
    monkeypatch.setattr(steps.TestSteps, "_infer", lambda own: inferred.append(0) or infer(own))
    layers = "model.layers=[Flatten,BatchNormalization,{Dense:{units:4}}]"
    words = ("model=layers", layers, "dataset.validation_split=test", "trainer.epochs=2")
    prepared, history, data = train(plan(*words))
    assert len(inferred) == 2
    logs, outputs = evaluate(prepared, data.test)
    assert len(inferred) == 2
    assert logs["loss"] == history.series["val_loss"][-1]
    feed = prepared.feed(data.test, "test")
    again = steps.TestSteps(Judge(prepared.network, feed), feed, 512)
    assert again.scores() == logs
    np.testing.assert_array_equal(again.outputs()[1], outputs)
    moving = prepared.network.layers[1].moving_mean
    moving.assign(moving + 1)
    assert evaluate(prepared, data.test)[0]["loss"] != logs["loss"]


def test_a_loop_is_compiled_only_for_many_batches_and_finds_the_same(plan: Any, train: Any, monkeypatch: Any):
    prepared, _, data = train(plan("model=perceptron"))
    feed = prepared.feed(data.test, "test")
    judge, ran, run = Judge(prepared.network, feed), [], steps.TestSteps.run
    monkeypatch.setattr(steps.TestSteps, "run", lambda own, *of: ran.append(0) or run(own, *of))
    few = steps.TestSteps(judge, feed, 50)
    many = steps.TestSteps(judge, feed, 50, rounds=steps.LOOP_WORTH_BATCHES + 1)
    found = few.scores()
    assert not ran
    assert many.scores() == found
    assert ran


def test_spoilt_inputs_are_judged_in_each_part(plan: Any, train: Any):
    """Validation sees other noise than the test, so that the same samples are other inputs."""
    spoilt = "dataset.corruption=[{GaussianNoise: {stddev: 0.5}}]"
    words = ("dataset.task=reconstruction", "model=autoencoder", "model.filters=[2]", spoilt)
    prepared, history, data = train(plan(*words, "dataset.validation_split=test"))
    assert evaluate(prepared, data.test)[0]["loss"] != history.series["val_loss"][-1]
