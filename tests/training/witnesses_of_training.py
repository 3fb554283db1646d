"""What each key of the run itself and of the trainer changes."""

import math
from typing import Any

import numpy as np
import pytest
from witnesses import STILL, Steps, Tools, first_loss, same, witness

from nnlab.errors import ConfigError


@witness("seed")
def _(tools: Tools) -> None:
    assert same(tools.network("seed=1"), tools.network("seed=1"))
    assert not same(tools.network("seed=1"), tools.network("seed=2"))


@witness("optimizer")
def _(tools: Tools) -> None:
    """One step of plain descent: twice the rate goes twice as far."""
    words = ("optimizer=sgd", "trainer.batch_size=40", "dataset.preprocessing=[]")
    start, near, far = (
        tools.network(*words, f"optimizer.learning_rate={rate}").get_weights()[0]
        for rate in ("1e-30", "0.001", "0.002")
    )
    np.testing.assert_allclose(far - start, 2 * (near - start), rtol=1e-2, atol=1e-6)
    assert np.abs(near - start).max() > 0


@witness("loss")
def _(tools: Tools) -> None:
    loss, network, data = first_loss(
        tools, "dataset=boston", "loss=MeanAbsoluteError", "dataset.preprocessing=[]"
    )
    guess = np.asarray(network(data.train.x))[:, 0]
    assert loss == pytest.approx(np.abs(guess - data.train.y).mean(), rel=1e-5)


@witness("metrics")
def _(tools: Tools) -> None:
    _, history, _ = tools.train(tools.plan("metrics=[accuracy,SparseTopKCategoricalAccuracy]"))
    assert {"accuracy", "val_sparse_top_k_categorical_accuracy"} <= set(history.series)


@witness("callbacks")
def _(tools: Tools) -> None:
    tools.network("callbacks=csv_logger", "callbacks.csv_logger.filename=mine.csv")
    assert (tools.folder / "mine.csv").is_file()


@witness("trusted_packages")
def _(tools: Tools) -> None:
    (tools.folder / "mylab.py").write_text("import keras\nclass Mine(keras.callbacks.Callback):\n    pass\n")
    word = "callbacks.mine={name: mylab.Mine}"
    assert tools.plan(word, "trusted_packages=[mylab]").callbacks["mine"].name == "mylab.Mine"
    with pytest.raises(ConfigError, match="trusted_packages"):
        tools.plan(word)


@witness("trainer.epochs")
def _(tools: Tools) -> None:
    assert tools.train(tools.plan("trainer.epochs=3"))[1].epochs == 3


@witness("trainer.batch_size")
def _(tools: Tools) -> None:
    assert int(tools.network("trainer.batch_size=7").optimizer.iterations) == math.ceil(40 / 7)


@witness("trainer.steps_per_epoch")
def _(tools: Tools) -> None:
    prepared, _, _ = tools.train(tools.plan("trainer.epochs=3", "trainer.steps_per_epoch=2"))
    assert int(prepared.network.optimizer.iterations) == 6


@witness("trainer.augmentation")
def _(tools: Tools) -> None:
    """Inverted pictures give the untouched network another loss; the validation's stay as they are."""
    plain = tools.train(tools.plan(*STILL))[1].series
    inverted = tools.train(
        tools.plan(*STILL, "trainer.augmentation=[{RandomInvert: {factor: [1, 1], value_range: [0, 16]}}]")
    )
    assert inverted[1].series["loss"][0] != pytest.approx(plain["loss"][0], rel=1e-3)
    assert inverted[1].series["val_loss"][0] == pytest.approx(plain["val_loss"][0], rel=1e-6)


@witness("trainer.shuffle")
def _(tools: Tools) -> None:
    from nnlab.training.feed import Feed

    orders: list[list[int]] = []
    own = Feed.order

    def spy(self: Feed, *words: Any) -> Any:
        found = own(self, *words)
        orders.append(np.asarray(found).tolist())
        return found

    tools.patch.setattr(Feed, "order", spy)
    tools.network("trainer.shuffle=false")
    tools.network("trainer.shuffle=true")
    assert orders[0] == list(range(40))
    assert orders[1] != orders[0]
    assert sorted(orders[1]) == orders[0]


@witness("trainer.class_weight")
def _(tools: Tools) -> None:
    loss, network, data = first_loss(tools, "trainer.class_weight={0: 5.0, 3: 0.0625}")
    weights = np.array([5.0, 1, 1, 0.0625, 1, 1, 1, 1, 1, 1])[data.train.y]
    right = np.asarray(network(data.train.x / 16))[np.arange(40), data.train.y]
    assert loss == pytest.approx((weights * -np.log(right)).mean(), rel=1e-4)


@witness("trainer.precision")
def _(tools: Tools) -> None:
    *_, hidden, head = tools.network("trainer.precision=mixed_bfloat16").layers
    assert (hidden.compute_dtype, hidden.variable_dtype) == ("bfloat16", "float32")
    assert head.compute_dtype == "float32"


@witness("trainer.execution")
def _(tools: Tools) -> None:
    """Whether Python looks up after every one of the twenty steps, and whether it runs them itself."""
    import keras
    import tensorflow as tf

    own, eager = keras.Model.train_step, list[bool]()

    def spy(self: Any, *words: Any) -> Any:
        eager.append(tf.executing_eagerly())
        return own(self, *words)

    tools.patch.setattr(keras.Model, "train_step", spy)
    for word in ("auto", "stepwise", "eager"):
        steps = Steps()
        eager.clear()
        words = (f"trainer.execution={word}", "trainer.epochs=1", "trainer.batch_size=2")
        tools.train(tools.plan(*words), [steps])
        assert steps.found[-1] == 20
        assert (steps.found == list(range(1, 21))) == (word != "auto")
        assert eager == ([True] * 20 if word == "eager" else [False])


@witness("trainer.jit_compile")
def _(tools: Tools) -> None:
    from nnlab.training.compilation import uses_xla

    network = tools.network()
    found = [uses_xla(tools.plan(f"trainer.jit_compile={word}"), network, 40) for word in ("true", "false")]
    assert found == [True, False]
    long = tools.plan("trainer.jit_compile=auto", "trainer.epochs=5000")
    assert uses_xla(long, network, 40)
    assert not uses_xla(tools.plan("trainer.jit_compile=auto"), network, 40)


@witness("trainer.threads")
def _(tools: Tools) -> None:
    """TensorFlow fixes them once a process; test_same_bits.py sees one thread in a process of its own."""
    tools.network()
    with pytest.raises(ConfigError, match=r"trainer.threads: 77; this process already works with \d+"):
        tools.network("trainer.threads=77")


@witness("trainer.progress")
def _(tools: Tools) -> None:
    from nnlab.training.progress import choose_progress

    def shown(kind: str) -> str:
        trainer = tools.plan(f"trainer.progress={kind}").trainer
        tools.printed.readouterr()
        with choose_progress(trainer.progress, 5) as progress:
            progress.on_chunk(2, 1, 3, {"loss": 0.5})
            progress.on_epoch(2, {"loss": 0.5}, 1.25)
        return tools.printed.readouterr().err

    assert shown("lines") == "epoch 2/5   loss 0.5   1.2 s\n"
    assert shown("auto") == shown("lines")
    assert shown("none") == ""
    assert "epoch 2/5   loss 0.5" in shown("bar")
