"""What must be accepted: the limits of every range, and a plan read back from its own record."""

import subprocess
import sys
from typing import Any

import pytest

from nnlab.checking.reading import read_plan
from nnlab.objects import keras_object

BACK = {"name": "layers", "layers": [{"Reshape": {"target_shape": [28, 28, 1]}}], "head": {}}
SPOILING = {"GaussianNoise": {"stddev": 0.5}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dataset.validation_split": 0},
        {"dataset.validation_split": "given"},
        {"dataset.validation_split": "test"},
        {"dataset.validation_split": 1},
        {"dataset.validation_split": 0.999},
        {"dataset.test_split": 0.001},
        {"dataset.samples": 1},
        {"dataset.stratify": True},
        {"trainer.epochs": 1},
        {"trainer.batch_size": 1},
        {"trainer.steps_per_epoch": 1},
        {"trainer.threads": 1},
        {"trainer.class_weight": "balanced"},
        {"trainer.class_weight": {0: 0.5, 9: 2}},
        {"trainer.jit_compile": False},
        {"optimizer.learning_rate": 1},
        {"optimizer.learning_rate": {"name": "CosineDecay", "initial_learning_rate": 1, "decay_steps": 1}},
        {"optimizer": "SGD"},
        {"optimizer.clipnorm": 0.001},
        {"seed": 2**31 - 1},
        {"model.neurons": 64},
        {"model.neurons": []},
        {"model.dropout": 0},
        {"model.head": {"units": 12}},
        {"regularizer": {"name": "L2", "l2": 0, "apply_to": ["kernel", "bias", "activity"]}},
        {"regularizer": {"name": "L1", "apply_to": "bias"}},
        {"callbacks": None},
        {"callbacks": {"stop": {"name": "EarlyStopping", "patience": 0, "monitor": "val_accuracy"}}},
        {"tracking.timeout": 600},
        {"tracking.uri": "http://${oc.env:MLFLOW_HOST}:5000"},
        {"dataset.task": "binary"},
        {"dataset.task": "regression", "loss": "Huber"},
        {"dataset.task": "reconstruction", "model": BACK},
        {"dataset.task": "reconstruction", "model": BACK, "dataset.corruption": ["ReLU", SPOILING]},
    ],
)
def test_limits_are_accepted(complaints: Any, changes: dict[str, Any]):
    assert complaints(changes) == []


@pytest.mark.parametrize(
    ("task", "loss", "metric", "units", "activation"),
    [
        ("classification", "SparseCategoricalCrossentropy", "SparseCategoricalAccuracy", 10, "softmax"),
        ("binary", "BinaryCrossentropy", "BinaryAccuracy", 1, "sigmoid"),
        ("regression", "MeanSquaredError", "MeanAbsoluteError", 1, "linear"),
    ],
)
def test_head_loss_and_metrics_follow_from_the_task(
    config: Any, task: str, loss: str, metric: str, units: int, activation: str
):
    plan = read_plan(config({"dataset.task": task}))
    assert plan.loss.name == loss
    assert [found.name for found in plan.metrics] == [metric]
    assert plan.model.head is not None
    assert plan.model.head.plain() == {"Dense": {"units": units, "activation": activation}}


def test_a_linear_head_gets_a_loss_from_logits(config: Any):
    plan = read_plan(config({"model.head": {"activation": "linear"}}))
    assert plan.loss.arguments == {"from_logits": True}


@pytest.mark.parametrize(
    ("loss", "arguments"),
    [
        ("CategoricalCrossentropy", {"from_logits": True}),
        ({"CategoricalCrossentropy": {"from_logits": False}}, {"from_logits": False}),
        ("MeanSquaredError", {}),
    ],
)
def test_a_named_loss_takes_logits_too_unless_told(config: Any, loss: Any, arguments: dict[str, bool]):
    assert (
        read_plan(config({"model.head": {"activation": "linear"}, "loss": loss})).loss.arguments == arguments
    )


def test_accuracy_is_the_task_s_own(config: Any):
    plan = read_plan(config({"metrics": ["accuracy", "SparseTopKCategoricalAccuracy"]}))
    assert plan.metrics[0] == keras_object("metric", "SparseCategoricalAccuracy", name="accuracy")
    assert plan.metrics[1].name == "SparseTopKCategoricalAccuracy"


def test_a_plan_is_read_back_from_its_own_record(config: Any):
    changes = {
        "model": {
            "name": "layers",
            "layers": ["Flatten", {"Dropout": {"rate": 0.5}}],
            "head": {"units": "auto"},
        },
        "regularizer": {"name": "L2", "l2": 0.1, "apply_to": ["kernel"]},
        "callbacks": {"stop": {"name": "EarlyStopping"}},
        "optimizer.learning_rate": {"name": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 9},
        "metrics": ["accuracy"],
    }
    plan = read_plan(config(changes))
    assert read_plan(plan.plain()) == plan
    spoilt = {"dataset.task": "reconstruction", "dataset.corruption": [SPOILING], "model": BACK}
    plan = read_plan(config(spoilt))
    assert plan.dataset.corruption is not None
    assert read_plan(plan.plain()) == plan


def test_checking_imports_nothing_heavy():
    program = (
        "import sys, time; start = time.perf_counter()\n"
        "from nnlab.checking.reading import read_plan; from nnlab.errors import ConfigError\n"
        "try: read_plan({'optimizer': 'Adm', 'model': {'name': 'layers', 'layers': ['Dens']}})\n"
        "except ConfigError as error: print(len(error.problems))\n"
        "print([name for name in ('keras', 'tensorflow', 'mlflow', 'hydra') if name in sys.modules])\n"
        "print(time.perf_counter() - start < 1)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    count, heavy, fast = done.stdout.split("\n", 2)
    assert int(count) > 5
    assert (heavy, fast.strip()) == ("[]", "True")
