"""A configuration in plain values and a dataset without data, so that checking is tested alone and fast."""

import copy
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from nnlab.errors import ConfigError
from nnlab.plan import Dataset
from nnlab.spec import DataSpec, RawData, Task

SPECS = {
    "classification": {"shape": (28, 28), "dtype": "uint8", "classes": tuple("0123456789")},
    "binary": {"shape": (8,), "dtype": "float32", "classes": ("no", "yes")},
    "regression": {"shape": (13,), "dtype": "float32", "target": "price"},
    "reconstruction": {"shape": (28, 28), "dtype": "uint8"},
}


class Toy(Dataset):
    """A dataset of any task, without samples."""

    task: Task

    def spec(self) -> DataSpec:
        return DataSpec(name="toy", task=self.task, **SPECS[self.task])  # type: ignore[arg-type]

    def load(self) -> RawData:
        raise NotImplementedError("checking never loads data")


CONFIG: dict[str, Any] = {
    "name": None,
    "experiment_name": None,
    "seed": 0,
    "loss": None,
    "metrics": None,
    "trusted_packages": ["toylab"],
    "rerun": False,
    "debug": False,
    "cv": None,
    "dataset": {
        "name": "toylab.Toy",
        "task": "classification",
        "preprocessing": [],
        "validation_split": 0.1,
        "test_split": "given",
        "stratify": False,
        "shuffle": True,
        "samples": None,
        "corruption": None,
    },
    "model": {
        "name": "mlp",
        "neurons": [8],
        "activation": "relu",
        "dropout": 0.0,
        "head": {"activation": "auto"},
    },
    "optimizer": {"name": "Adam", "learning_rate": 0.001},
    "regularizer": {"name": None, "apply_to": ["kernel"]},
    "callbacks": {},
    "trainer": {
        "epochs": 5,
        "batch_size": 128,
        "steps_per_epoch": None,
        "shuffle": True,
        "class_weight": None,
        "augmentation": None,
        "precision": "float32",
        "execution": "auto",
        "strategy": None,
        "jit_compile": "auto",
        "threads": None,
        "progress": "auto",
    },
    "tracking": {"uri": "sqlite:///mlflow.db", "artifacts": None, "timeout": 5.0},
}

Config = Callable[..., dict[str, Any]]
Complaints = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def toylab(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("toylab")
    vars(module).update(Toy=Toy, NUMBER=3)
    monkeypatch.setitem(sys.modules, "toylab", module)


@pytest.fixture
def config() -> Config:
    """`config({"trainer.epochs": 3})`: a good configuration with some keys changed or added."""

    def build(changes: dict[str, Any] | None = None) -> dict[str, Any]:
        made = copy.deepcopy(CONFIG)
        for key, value in (changes or {}).items():
            *path, last = key.split(".")
            section = made
            for step in path:
                section = section[step]
            section[last] = value
        return made

    return build


@pytest.fixture
def complaints(config: Config) -> Complaints:
    """The lines that a changed configuration is refused with; none when it is accepted."""
    from nnlab.checking.reading import read_plan

    def judge(changes: dict[str, Any]) -> list[str]:
        try:
            read_plan(config(changes))
        except ConfigError as error:
            return str(error).splitlines()
        return []

    return judge
