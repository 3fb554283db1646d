"""Every mistake in an object's description, with the exact words it is answered with."""

from typing import Any

import pytest

from nnlab.objects import Reader

NAN = float("nan")
CASES: list[tuple[str, Any, list[str]]] = [
    ("layer", "Dens", ["key: 'Dens'; the name of a Keras layer; did you mean 'Dense'?"]),
    ("layer", "Qwerty", ["key: 'Qwerty'; the name of a Keras layer"]),
    ("layer", "Lambda", ["key: 'Lambda'; a Keras layer that plain values describe whole"]),
    (
        "optimizer",
        "MultiOptimizer",
        ["key: 'MultiOptimizer'; a Keras optimizer that plain values describe whole"],
    ),
    ("loss", "mse", ["key: 'mse'; the name of a Keras loss; did you mean 'MeanSquaredError'?"]),
    ("layer", 3, ["key: 3; the name of a Keras layer, or `name:` with its arguments"]),
    ("layer", None, ["key: null; the name of a Keras layer, or `name:` with its arguments"]),
    ("layer", True, ["key: true; the name of a Keras layer, or `name:` with its arguments"]),
    ("layer", {}, ["key: {}; the name of a Keras layer, or `name:` with its arguments"]),
    ("layer", {"Dense": 3}, ["key: {'Dense': 3}; the name of a Keras layer, or `name:` with its arguments"]),
    ("activation", 3, ["key: 3; the name of a Keras activation"]),
    ("layer", "Dense", ["key.units: missing; Dense needs it"]),
    (
        "layer",
        {"Dense": {"unit": 3}},
        ["key.units: missing; Dense needs it", "key.unit: unknown argument of Dense; did you mean 'units'?"],
    ),
    ("constraint", {"NonNeg": {"qqq": 1}}, ["key.qqq: unknown argument of NonNeg; it takes no arguments"]),
    ("regularizer", {"L2": {"qqq": 1}}, ["key.qqq: unknown argument of L2; it takes l2"]),
    ("layer", {"Dense": {"units": 0}}, ["key.units: 0; a whole number of at least 1"]),
    ("layer", {"Dense": {"units": 1.5}}, ["key.units: 1.5; a whole number of at least 1"]),
    ("layer", {"Dense": {"units": "3"}}, ["key.units: '3'; a whole number of at least 1"]),
    ("layer", {"Dense": {"units": None}}, ["key.units: null; a whole number of at least 1"]),
    ("layer", {"Dense": {"units": 3, "use_bias": 1}}, ["key.use_bias: 1; true or false"]),
    (
        "layer",
        {"Dense": {"units": 3, "activation": "rleu"}},
        ["key.activation: 'rleu'; the name of a Keras activation; did you mean 'relu'?"],
    ),
    (
        "layer",
        {"Dense": {"units": 3, "kernel_initializer": "HeNrmal"}},
        ["key.kernel_initializer: 'HeNrmal'; the name of a Keras initializer; did you mean 'HeNormal'?"],
    ),
    (
        "layer",
        {"Dense": {"units": 3, "kernel_regularizer": {"L2": {"l2": -1}}}},
        ["key.kernel_regularizer.l2: -1; a number of at least 0"],
    ),
    (
        "schedule",
        {"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": "0 %", "warmup_steps": "many"}},
        [
            "key.decay_steps: '0 %'; a whole number of at least 1, or a share of the run such as '80 %'",
            "key.warmup_steps: 'many'; a whole number of at least 0, or a share of the run such as '20 %'",
        ],
    ),
    ("layer", {"Dropout": {"rate": 1}}, ["key.rate: 1; a number from 0 up to, but not, 1"]),
    (
        "layer",
        {"Conv2D": {"filters": 1, "kernel_size": [3, 0]}},
        ["key.kernel_size: [3, 0]; a whole number of at least 1, or a list of them"],
    ),
    (
        "layer",
        {"Conv2D": {"filters": 1, "kernel_size": 3, "padding": "smae"}},
        ["key.padding: 'smae'; one of valid, same, causal"],
    ),
    ("layer", {"Rescaling": {"scale": NAN}}, ["key.scale: nan; plain values only"]),
    ("layer", {"Rescaling": {"scale": [1.0, NAN]}}, ["key.scale: nan; plain values only"]),
    (
        "optimizer",
        {"name": "Adam", "learning_rate": -1},
        ["key.learning_rate: -1; a number above 0, or a learning-rate schedule"],
    ),
    (
        "optimizer",
        {"name": "Adam", "learning_rate": "abc"},
        ["key.learning_rate: 'abc'; a number above 0, or a learning-rate schedule"],
    ),
    (
        "optimizer",
        {"name": "Adam", "learning_rate": None},
        ["key.learning_rate: null; a number above 0, or a learning-rate schedule"],
    ),
    (
        "optimizer",
        {"name": "Adam", "learning_rate": [1]},
        ["key.learning_rate: [1]; a number above 0, or a learning-rate schedule"],
    ),
    (
        "optimizer",
        {"name": "Adam", "learning_rate": True},
        ["key.learning_rate: true; a number above 0, or a learning-rate schedule"],
    ),
    (
        "optimizer",
        {"name": "Adam", "learning_rate": {"name": "CosinDecay"}},
        ["key.learning_rate: 'CosinDecay'; the name of a Keras schedule; did you mean 'CosineDecay'?"],
    ),
    ("optimizer", {"name": "Adam", "beta_1": 1}, ["key.beta_1: 1; a number from 0 up to, but not, 1"]),
    ("optimizer", {"name": "SGD", "momentum": 1.5}, ["key.momentum: 1.5; a number from 0 to 1"]),
    (
        "callback",
        {"name": "LearningRateScheduler", "schedule": 0.1},
        ["key.schedule: 0.1; the name of a Keras schedule, or `name:` with its arguments"],
    ),
    ("callback", {"name": "EarlyStopping", "mode": "mni"}, ["key.mode: 'mni'; one of auto, min, max"]),
    ("callback", {"name": "ReduceLROnPlateau", "factor": 1.5}, ["key.factor: 1.5; a number between 0 and 1"]),
    (
        "layer",
        "os.system",
        ["key: 'os.system'; a Keras layer, or a class whose package is listed in trusted_packages"],
    ),
    ("layer", "..x", ["key: '..x'; a Keras layer, or a class whose package is listed in trusted_packages"]),
    (
        "layer",
        "json.nothing.Here",
        ["key: 'json.nothing.Here'; a class that exists in a module that can be found from here"],
    ),
    (
        "layer",
        "json.Nothing",
        ["key: 'json.Nothing'; a class that exists in a module that can be found from here"],
    ),
    ("layer", "json.load", ["key: 'json.load'; a class that exists in a module that can be found from here"]),
]


@pytest.mark.parametrize(("kind", "config", "messages"), CASES)
def test_a_mistake_is_answered_in_these_words(kind: str, config: Any, messages: list[str]):
    reader = Reader(("json",))
    assert reader.read(kind, config, "key") is None
    assert [str(problem) for problem in reader.problems] == messages


def test_a_list_keeps_what_is_right_and_numbers_what_is_wrong():
    reader = Reader()
    found = reader.read_list("layer", ["Flatten", "Dens", {"Dense": {"units": 0}}], "model.layers")
    assert [layer.name for layer in found] == ["Flatten"]
    assert [problem.key for problem in reader.problems] == ["model.layers[1]", "model.layers[2].units"]


def test_what_is_no_list_is_said():
    reader = Reader()
    assert reader.read_list("layer", "Flatten", "model.layers") == ()
    assert str(reader.problems[0]) == "model.layers: 'Flatten'; a list of layers"


def test_long_values_are_cut():
    reader = Reader()
    reader.read("layer", "x" * 1000, "key")
    reader.read("layer", ["x"] * 1000, "key")
    assert [len(problem.given) for problem in reader.problems] == [58, 58]
    assert all(problem.given.endswith("…") for problem in reader.problems)
