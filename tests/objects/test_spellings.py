from pathlib import Path
from typing import Any

import pytest

from nnlab.construct import construct
from nnlab.objects import KerasObject, Reader, keras_object, plain


def read(kind: str, config: Any, *trusted: str) -> KerasObject | None:
    reader = Reader(trusted)
    found = reader.read(kind, config, "key")
    assert reader.problems == []
    return found


@pytest.mark.parametrize(
    "config",
    [
        {"name": "Dense", "units": 3},
        {"Dense": {"units": 3}},
        keras_object("layer", "Dense", units=3).plain(),
    ],
)
def test_three_spellings_mean_one_layer(config: Any):
    assert read("layer", config) == keras_object("layer", "Dense", units=3)


@pytest.mark.parametrize("config", ["Flatten", {"Flatten": None}, {"Flatten": {}}, {"name": "Flatten"}])
def test_a_layer_without_arguments(config: Any):
    assert read("layer", config) == keras_object("layer", "Flatten")


def test_nested_objects_are_described_too():
    found = read(
        "layer", {"Dense": {"units": 3, "kernel_regularizer": {"L2": {"l2": 0.1}}, "activation": "relu"}}
    )
    assert found is not None
    assert found.arguments["kernel_regularizer"] == keras_object("regularizer", "L2", l2=0.1)
    assert found.arguments["activation"] == keras_object("activation", "relu")
    assert found.plain() == {
        "Dense": {"units": 3, "kernel_regularizer": {"L2": {"l2": 0.1}}, "activation": "relu"}
    }


def test_a_schedule_stands_where_a_learning_rate_may():
    schedule = {"name": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 100}
    found = read("optimizer", {"name": "Adam", "learning_rate": schedule})
    assert found is not None
    assert found.arguments["learning_rate"].name == "CosineDecay"


@pytest.mark.parametrize("rate", [1, 0.5, 1e-9])
def test_a_learning_rate_is_any_number_above_0(rate: float):
    found = read("optimizer", {"name": "SGD", "learning_rate": rate})
    assert found is not None
    assert found.arguments["learning_rate"] == rate


def test_a_wrapped_optimizer_is_read_by_the_same_grammar():
    found = read(
        "optimizer", {"name": "LossScaleOptimizer", "inner_optimizer": {"name": "Adam", "beta_1": 0.8}}
    )
    assert found is not None
    assert found.arguments["inner_optimizer"] == keras_object("optimizer", "Adam", beta_1=0.8)


def test_null_stands_where_keras_takes_none():
    found = read("layer", {"name": "Dense", "units": 3, "activation": None, "kernel_regularizer": None})
    assert found is not None
    assert found.arguments == {"units": 3, "activation": None, "kernel_regularizer": None}


def test_plain_reaches_into_lists_and_mappings():
    layer = keras_object("layer", "Dense", units=3)
    assert plain({"a": [layer, (1, layer)], "b": 2}) == {
        "a": [{"Dense": {"units": 3}}, [1, {"Dense": {"units": 3}}]],
        "b": 2,
    }


def test_but_changes_a_copy():
    layer = keras_object("layer", "Dense", units=3)
    assert layer.but(units=4).arguments == {"units": 4}
    assert layer.arguments == {"units": 3}


@pytest.fixture
def own_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "ownlab"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('reading a plan must not import')\n")
    (package / "layers.py").write_text(
        "class Twice:\n    def __init__(self, times=2):\n        self.times = times\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return package


def test_a_trusted_class_is_read_without_being_imported(own_package: Path):
    found = read("layer", {"name": "ownlab.layers.Twice", "times": 3}, "ownlab")
    assert found == KerasObject("layer", "ownlab.layers.Twice", {"times": 3}, "ownlab.layers:Twice")


def test_a_trusted_class_is_constructed(own_package: Path):
    (own_package / "__init__.py").write_text("")
    found = read("layer", {"name": "ownlab.layers.Twice", "times": 3}, "ownlab")
    assert found is not None
    assert construct(found).times == 3
