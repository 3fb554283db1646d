"""conf/optimizer, conf/regularizer and conf/callbacks: whole, at Keras's defaults, and buildable."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from nnlab.construct import construct
from nnlab.names import members, signature
from nnlab.objects import Reader

CONF = Path(__file__).parents[2] / "conf"
# Names that people say, where Keras's class is called otherwise.
SPOKEN = {"loss_scale": "LossScaleOptimizer"}


def load(group: str) -> dict[str, dict[str, Any]]:
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((CONF / group).glob("*.yaml"))
    }


OPTIMIZERS = load("optimizer")
REGULARIZERS = {name: config for name, config in load("regularizer").items() if name != "none"}
CALLBACKS = {name: config for name, config in load("callbacks").items() if name != "none"}


def test_every_optimizer_has_a_file_of_its_name():
    assert {config["name"] for config in OPTIMIZERS.values()} == set(members("optimizer"))
    for file, config in OPTIMIZERS.items():
        assert SPOKEN.get(file, file.replace("_", "")).lower() == config["name"].lower()


def test_every_regularizer_has_a_file():
    assert {config["name"] for config in REGULARIZERS.values()} == set(members("regularizer"))
    assert all(config["apply_to"] == ["kernel"] for config in REGULARIZERS.values())


@pytest.mark.parametrize("file", OPTIMIZERS)
def test_no_value_of_an_optimizer_differs_from_keras(file: str):
    config = OPTIMIZERS[file]
    read = signature(members("optimizer")[config["name"]]).arguments
    given = {
        key: value for key, value in config.items() if key not in ("name", "inner_optimizer", "initial_scale")
    }
    assert given == {key: read[key].default for key in given}


@pytest.mark.parametrize("file", OPTIMIZERS)
def test_every_argument_of_an_optimizer_can_be_overridden(file: str):
    config = OPTIMIZERS[file]
    assert set(config) - {"name"} == set(signature(members("optimizer")[config["name"]]).arguments) - {"name"}


def test_adadelta_keeps_the_rate_of_keras_3():
    assert OPTIMIZERS["adadelta"]["learning_rate"] == 0.001


@pytest.mark.parametrize("file", CALLBACKS)
def test_a_callback_s_label_is_its_file(file: str):
    assert list(CALLBACKS[file]) == [file]
    reader = Reader()
    assert reader.read("callback", CALLBACKS[file][file], file)
    assert reader.problems == []


def test_none_is_nothing():
    assert load("callbacks")["none"] == {}
    assert load("regularizer")["none"]["name"] is None


@pytest.mark.slow
@pytest.mark.parametrize("file", OPTIMIZERS)
def test_keras_builds_every_optimizer(file: str):
    description = Reader().read("optimizer", OPTIMIZERS[file], "optimizer")
    assert description is not None
    built = construct(description)
    assert type(built).__name__ == OPTIMIZERS[file]["name"]


@pytest.mark.slow
def test_loss_scaling_begins_at_keras_s_own_scale():
    from keras.optimizers import SGD, LossScaleOptimizer

    assert OPTIMIZERS["loss_scale"]["initial_scale"] == LossScaleOptimizer(SGD()).initial_scale


@pytest.mark.slow
def test_a_schedule_in_epochs_gives_a_python_float():
    description = Reader().read("callback", CALLBACKS["lr_schedule"]["lr_schedule"], "lr_schedule")
    assert description is not None
    schedule = construct(description).schedule
    assert [schedule(epoch) for epoch in (0, 9, 10, 20)] == pytest.approx([0.01, 0.01, 0.005, 0.0025])
    assert isinstance(schedule(3), float)
