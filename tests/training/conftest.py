"""Tiny plans on digits, and training them the way a run does, without its record."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli.compose import compose_plan
from nnlab.data.splits import Splits
from nnlab.plan import Plan
from nnlab.spec import Samples

SAMPLES, BATCH = 40, 16
"""Two whole batches and one of 8."""

MakePlan = Callable[..., Plan]
Train = Callable[..., Any]


@pytest.fixture(scope="session")
def plan() -> MakePlan:
    """`plan("trainer.epochs=3")`: digits and a small network, with some keys changed."""

    def build(*words: str) -> Plan:
        given = {word.split("=")[0] for word in words}
        usual = {
            "dataset": "digits",
            "model.neurons": "8",
            "trainer.epochs": "2",
            "trainer.batch_size": str(BATCH),
            "trainer.progress": "none",
        }
        if "model" in given:
            del usual["model.neurons"]
        return compose_plan([*(f"{key}={value}" for key, value in usual.items() if key not in given), *words])

    return build


@pytest.fixture(scope="session")
def splits() -> Callable[[Plan], Splits]:
    """Samples of the dataset's shape and task, drawn by seed; 40 to train on, 20 to validate, 20 to test."""

    def draw(plan: Plan) -> Splits:
        spec, random = plan.dataset.spec(), np.random.default_rng(1)

        def samples(count: int) -> Samples:
            x = random.integers(0, 17, (count, *spec.shape)).astype(spec.dtype)
            y = np.arange(count) % max(len(spec.classes), 2)
            if spec.task == "reconstruction":
                return Samples(x, x)
            return Samples(x, y if spec.classes else y.astype(np.float32))

        train, validation, test = samples(SAMPLES), samples(20), samples(20)
        watched = {0: None, "test": test}.get(plan.dataset.validation_split, validation)
        return Splits(train, watched, test, spec, watched is test, "")

    return draw


@pytest.fixture
def train(splits: Any, tmp_path: Path) -> Train:
    """`train(plan)`: what a run prepares and fits; the prepared network, the history, and the data."""
    from nnlab import fitting
    from nnlab.training import runtime

    def fit(plan: Plan, listeners: Any = ()) -> tuple[fitting.Prepared, Any, Splits]:
        runtime.prepare(plan.trainer, plan.seed)
        data = splits(plan)
        prepared = fitting.prepare(plan, data)
        return prepared, fitting.train(prepared, data, tmp_path, list(listeners)), data

    return fit
