"""Fault table, rows 18 and 19: each mistake, and the exact line it is answered with."""

# ruff: noqa: E501 (one line a text, as a user reads it)

from typing import Any

import pytest

NAN = float("nan")
SPLIT = "a fraction between 0 and 1, a count of samples, 0 for none, 'given' or 'test'"
RATE = "a number above 0, or a learning-rate schedule"
WRITTEN_OUT = "an interpolation; values must be written out; only tracking.uri may hold ${oc.env:NAME}"
TRUSTED = "or a class whose package is listed in trusted_packages"


def layers(*names: Any) -> dict[str, Any]:
    return {"name": "layers", "layers": list(names), "head": {}}


BACK = {"dataset.task": "reconstruction", "model": {**layers({"Rescaling": {"scale": 1}}), "head": None}}
ONE_MISTAKE: list[tuple[dict[str, Any], str]] = [
    # counts
    ({"trainer.batch_size": 0}, "trainer.batch_size: 0; a number of at least 1"),
    ({"trainer.batch_size": -1}, "trainer.batch_size: -1; a number of at least 1"),
    ({"trainer.batch_size": "abc"}, "trainer.batch_size: 'abc'; a whole number"),
    ({"trainer.batch_size": 1.5}, "trainer.batch_size: 1.5; a whole number"),
    ({"trainer.batch_size": True}, "trainer.batch_size: true; a whole number"),
    ({"trainer.batch_size": None}, "trainer.batch_size: null; a whole number"),
    ({"trainer.epochs": 0}, "trainer.epochs: 0; a number of at least 1"),
    ({"trainer.threads": 0}, "trainer.threads: 0; a number of at least 1"),
    ({"dataset.samples": 0}, "dataset.samples: 0; a number of at least 1"),
    ({"model.neurons": 0}, "model.neurons[0]: 0; a number of at least 1"),
    ({"model.neurons": [64, -1]}, "model.neurons[1]: -1; a number of at least 1"),
    ({"model.neurons": "64,64"}, "model.neurons[0]: '64,64'; a whole number"),
    ({"seed": -1}, "seed: -1; a number of at least 0"),
    ({"seed": 2**31}, "seed: 2147483648; a number below 2147483648"),
    ({"seed": 1.0}, "seed: 1.0; a whole number"),
    ({"seed": None}, "seed: null; a whole number"),
    # fractions
    ({"dataset.validation_split": 1.5}, f"dataset.validation_split: 1.5; {SPLIT}"),
    ({"dataset.validation_split": -0.1}, f"dataset.validation_split: -0.1; {SPLIT}"),
    ({"dataset.validation_split": "gven"}, f"dataset.validation_split: 'gven'; {SPLIT}"),
    ({"dataset.validation_split": NAN}, "dataset.validation_split: nan; a finite number"),
    (
        {"dataset.test_split": 0},
        "dataset.test_split: 0; a fraction between 0 and 1, a count of samples, or 'given'",
    ),
    ({"model.dropout": 1}, "model.dropout: 1; a number below 1"),
    ({"model.dropout": -0.5}, "model.dropout: -0.5; a number of at least 0"),
    ({"tracking.timeout": 601}, "tracking.timeout: 601; a number of at most 600"),
    ({"tracking.timeout": 0}, "tracking.timeout: 0; a number above 0"),
    # words
    ({"debug": "x"}, "debug: 'x'; true or false"),
    ({"name": 3}, "name: 3; a text"),
    (
        {"trainer.precision": "float16"},
        "trainer.precision: 'float16'; 'float32', 'mixed_float16' or 'mixed_bfloat16'",
    ),
    ({"trainer.execution": "fast"}, "trainer.execution: 'fast'; 'auto', 'stepwise' or 'eager'"),
    ({"trainer.jit_compile": "yes"}, "trainer.jit_compile: 'yes'; 'auto' or true or false"),
    ({"trainer.progress": "no"}, "trainer.progress: 'no'; 'auto', 'bar', 'lines' or 'none'"),
    (
        {"trainer.class_weight": "balancd"},
        "trainer.class_weight: 'balancd'; null, 'balanced', or a weight above 0 for each label",
    ),
    (
        {"trainer.class_weight": {0: -1}},
        "trainer.class_weight: {0: -1}; null, 'balanced', or a weight above 0 for each label",
    ),
    ({"trainer.class_weight": {12: 1}}, "trainer.class_weight: label 12; labels 0 to 9"),
    (
        {"trainer.execution": "eager", "trainer.jit_compile": True},
        "trainer.execution: eager; auto or stepwise beside trainer.jit_compile=true",
    ),
    ({"trusted_packages": ["toylab", 3]}, "trusted_packages[1]: 3; a text"),
    # keys and names
    ({"debg": True}, "debg: unknown key; did you mean 'debug'?"),
    ({"trainer.batchsize": 3}, "trainer.batchsize: unknown key; did you mean 'batch_size'?"),
    ({"model.qqq": 3}, "model.qqq: unknown key; one of name, head, neurons, activation, dropout"),
    (
        {"model.name": "mpl"},
        "model.name: 'mpl'; one of alexnet, autoencoder, cnn, layers, mlp, perceptron, resnet, text_conv, vgg; "
        "did you mean 'mlp'?",
    ),
    (
        {"optimizer.learning_rte": 0.1},
        "optimizer.learning_rte: unknown argument of Adam; did you mean 'learning_rate'?",
    ),
    ({"optimizer.name": "Adm"}, "optimizer: 'Adm'; the name of a Keras optimizer; did you mean 'Adam'?"),
    ({"loss": "mse"}, "loss: 'mse'; the name of a Keras loss; did you mean 'MeanSquaredError'?"),
    (
        {"metrics": ["accuracy", "acuracy"]},
        "metrics[1]: 'acuracy'; a Keras metric, or accuracy; did you mean 'accuracy'?",
    ),
    ({"metrics": 3}, "metrics[0]: 3; the name of a Keras metric, or `name:` with its arguments"),
    (
        {"model.activation": "rleu"},
        "model.activation: 'rleu'; the name of a Keras activation; did you mean 'relu'?",
    ),
    ({"model.activation": 3}, "model.activation: 3; the name of a Keras activation"),
    (
        {"model": layers("Conv2d")},
        "model.layers[0]: 'Conv2d'; the name of a Keras layer; did you mean 'Conv2D'?",
    ),
    ({"model.head": {"unit": 3}}, "model.head.unit: unknown argument of Dense; did you mean 'units'?"),
    # values of Keras arguments
    ({"optimizer.learning_rate": -1}, f"optimizer.learning_rate: -1; {RATE}"),
    ({"optimizer.learning_rate": "abc"}, f"optimizer.learning_rate: 'abc'; {RATE}"),
    ({"optimizer.learning_rate": NAN}, "optimizer.learning_rate: nan; a finite number"),
    (
        {"optimizer.clipnorm": 1, "optimizer.clipvalue": 1},
        "optimizer.clipvalue: given beside clipnorm; only one of clipnorm, clipvalue, global_clipnorm",
    ),
    (
        {"regularizer": {"name": "L2", "l2": -1, "apply_to": ["kernel"]}},
        "regularizer.l2: -1; a number of at least 0",
    ),
    (
        {"regularizer": {"name": None, "l2": 1, "apply_to": ["kernel"]}},
        "regularizer.l2: unknown key; there is no regularizer: choose regularizer=l2, l1 …",
    ),
    (
        {"regularizer": {"name": "L2", "apply_to": ["kernl"]}},
        "regularizer.apply_to[0]: 'kernl'; 'kernel', 'bias' or 'activity'",
    ),
    ({"regularizer": {"name": "L2", "apply_to": []}}, "regularizer.apply_to: []; at least 1 of them"),
    # sections
    ({"trainer": None}, "trainer: null; a section, or an option of conf/trainer/"),
    ({"model": "cnn"}, "model: 'cnn'; a section, or an option of conf/model/"),
    ({"regularizer": "l2"}, "regularizer: 'l2'; a section, or an option of conf/regularizer/"),
    ({"optimizer": {}}, "optimizer: {}; the name of a Keras optimizer, or `name:` with its arguments"),
    (
        {"callbacks": ["early_stopping"]},
        "callbacks: ['early_stopping']; callbacks by label, each with `name:`, or options of conf/callbacks/",
    ),
    ({"dataset.preprocessing": "Rescaling"}, "dataset.preprocessing: 'Rescaling'; a list of layers"),
    ({"model.head": "softmax"}, "model.head: 'softmax'; null, or arguments of Dense"),
    ({"model.head": {"Dense": 3}}, "model.head.Dense: 3; arguments of Dense"),
    # parts against each other
    (
        {"model": layers({"Conv2D": {"filters": 2, "kernel_size": 3}})},
        "model: 26×26×10 reaches the output; put Flatten or GlobalAveragePooling2D before the head",
    ),
    (
        {"model": layers({"Reshape": {"target_shape": [5]}})},
        "model.layers: layer 1, Reshape: cannot make 5 (5 numbers) of 28×28 (784)",
    ),
    (
        {"dataset.preprocessing": [{"Reshape": {"target_shape": [5]}}]},
        "dataset.preprocessing: layer 1, Reshape: cannot make 5 (5 numbers) of 28×28 (784)",
    ),
    ({"model.head": {"units": 3}}, "model.head.units: 3 outputs; 10, for the classification of toy"),
    ({"model.head": None}, "model: 8 outputs; 10, for the classification of toy"),
    ({"dataset.task": "reconstruction"}, "model: the network gives 8; a reconstruction gives 28×28"),
    (
        {"dataset.task": "reconstruction", "model": {**layers("Flatten"), "head": None}},
        "model: the network gives 784; a reconstruction gives 28×28: end with Reshape: {target_shape: [28, 28]}",
    ),
    (
        {"model": {**layers({"Reshape": {"target_shape": [28, 28, 1]}}), "head": None}},
        "model: 28×28×1 reaches the output; dataset.task=reconstruction for a network that gives its input back",
    ),
    ({"dataset.corruption": []}, "dataset.corruption: []; null, or a list of at least one layer"),
    (
        {"dataset.corruption": ["ReLU"]},
        "dataset.corruption: given for a classification; null, or dataset.task=reconstruction; a network's own "
        "GaussianNoise works in training alone",
    ),
    (
        {**BACK, "dataset.corruption": [{"GaussianNoise": {"stddev": 1, "seed": 3}}]},
        "dataset.corruption[0].seed: 3; none: noise follows from the run's seed",
    ),
    (
        {**BACK, "dataset.corruption": ["ReLU", {"Dense": {"units": 28}}]},
        "dataset.corruption[1]: Dense learns; nothing to learn: GaussianNoise, Dropout, ReLU to cut off …",
    ),
    (
        {**BACK, "dataset.corruption": ["Flatten"]},
        "dataset.corruption[0]: Flatten gives 784; samples stay 28×28: GaussianNoise, Dropout, ReLU to cut off …",
    ),
    (
        {**BACK, "dataset.corruption": [{"UpSampling2D": {"size": 2}}]},
        "dataset.corruption[0]: UpSampling2D: needs height, width and channels, and gets 28×28",
    ),
    (
        {**BACK, "trainer.class_weight": "balanced"},
        "trainer.class_weight: 'balanced'; toy has no classes: null",
    ),
    (
        {"callbacks": {"stop": {"name": "EarlyStopping", "monitor": "val_acc"}}},
        "callbacks.stop.monitor: 'val_acc'; one of loss, accuracy, val_loss, val_accuracy; did you mean 'val_accuracy'?",
    ),
    (
        {"callbacks": {"stop": {"name": "EarlyStopping"}}, "dataset.validation_split": 0},
        "callbacks.stop.monitor: 'val_loss'; one of loss, accuracy (dataset.validation_split=0: no validation set); did you mean 'loss'?",
    ),
    (
        {"callbacks": {"board": "TensorBoard"}},
        "callbacks.board: TensorBoard; a callback whose package is here: install tensorboard",
    ),
    (
        {"callbacks": {"swap": "SwapEMAWeights"}},
        "callbacks.swap: SwapEMAWeights; only with optimizer.use_ema=true",
    ),
    (
        {"dataset.task": "regression", "metrics": "accuracy"},
        "metrics[0]: accuracy; a metric of numbers that are predicted: MeanAbsoluteError …",
    ),
    (
        {"dataset.task": "regression", "loss": "SparseCategoricalCrossentropy"},
        "loss: SparseCategoricalCrossentropy; toy is a regression: MeanSquaredError, MeanAbsoluteError, Huber …",
    ),
    (
        {"dataset.task": "binary", "loss": "CategoricalCrossentropy"},
        "loss: CategoricalCrossentropy; toy has two classes and one output; did you mean 'BinaryCrossentropy'?",
    ),
    (
        {"dataset.task": "regression", "trainer.class_weight": "balanced"},
        "trainer.class_weight: 'balanced'; toy has no classes: null",
    ),
    (
        {"dataset.task": "regression", "dataset.stratify": True},
        "dataset.stratify: true; toy has no classes: false",
    ),
    (
        {
            "regularizer": {"name": "L2", "apply_to": ["kernel"]},
            "model": {
                "name": "layers",
                "layers": ["Flatten", {"Reshape": {"target_shape": [784]}}],
                "head": None,
            },
            "dataset.task": "classification",
        },
        "regularizer: L2 reaches no layer; a network with a kernel it can regularize",
    ),
    # ways to run code
    (
        {"model": layers({"_target_": "os.system"})},
        "model.layers[0]._target_: _target_ would run code; a config is data only",
    ),
    (
        {"optimizer._target_": "joblib.load"},
        "optimizer._target_: _target_ would run code; a config is data only",
    ),
    (
        {"trainer.epochs": [[{"_partial_": True}]]},
        "trainer.epochs[0][0]._partial_: _partial_ would run code; a config is data only",
    ),
    ({"name": "${oc.env:HOME}"}, f"name: {WRITTEN_OUT}"),
    ({"model.name": "${name}"}, f"model.name: {WRITTEN_OUT}"),
    ({"tracking.uri": "${now:%Y}"}, f"tracking.uri: {WRITTEN_OUT}"),
    ({"optimizer": "os.system"}, f"optimizer: 'os.system'; a Keras optimizer, {TRUSTED}"),
    ({"loss": {"name": "numpy.load", "file": "x"}}, f"loss: 'numpy.load'; a Keras loss, {TRUSTED}"),
    (
        {"model": layers({"joblib.load": {"filename": "x"}})},
        f"model.layers[0]: 'joblib.load'; a Keras layer, {TRUSTED}",
    ),
    (
        {"dataset.name": "toylab.Nope"},
        "dataset.name: 'toylab.Nope'; a class that can be imported (module 'toylab' has no attribute 'Nope')",
    ),
    (
        {"dataset.name": "toylab.NUMBER"},
        "dataset.name: 'toylab.NUMBER'; a class that extends nnlab.plan.Dataset",
    ),
]


@pytest.mark.parametrize(
    ("changes", "line"), ONE_MISTAKE, ids=[line.split(";")[0] for _, line in ONE_MISTAKE]
)
def test_a_mistake_is_answered_with_one_line(complaints: Any, changes: dict[str, Any], line: str):
    assert complaints(changes) == [line]


@pytest.mark.parametrize(
    "key", ["seed", "debug", "trainer.epochs", "dataset.shuffle", "model.head", "tracking.uri"]
)
def test_a_missing_key_is_said(complaints: Any, config: Any, key: str):
    from nnlab.checking.reading import read_plan
    from nnlab.errors import ConfigError

    made = config()
    *path, last = key.split(".")
    section = made[path[0]] if path else made
    del section[last]
    with pytest.raises(ConfigError) as caught:
        read_plan(made)
    assert str(caught.value) == f"{key}: missing; it must be given"


def test_all_mistakes_are_said_at_once_in_the_order_of_the_plan(complaints: Any):
    changes = {
        "trainer.batch_size": 0,
        "optimizer.learning_rte": 0.1,
        "modle": "cnn",
        "model.activation": "rleu",
        "seed": -1,
        "dataset.samples": 0,
        "loss": "mse",
    }
    keys = [line.split(":")[0] for line in complaints(changes)]
    wanted = "modle seed dataset.samples model.activation optimizer.learning_rte loss trainer.batch_size"
    assert keys == wanted.split()


def test_forbidden_things_are_all_said_and_nothing_else(complaints: Any):
    changes = {"optimizer": {"_target_": "a", "x": [{"_args_": 1}]}, "name": "${x}", "trainer.batch_size": 0}
    keys = [line.split(":")[0] for line in complaints(changes)]
    assert keys == ["name", "optimizer._target_", "optimizer.x[0]._args_"]
