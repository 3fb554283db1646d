"""What the witnesses of the plan's keys share: their tools, and the table they write themselves into."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.data.splits import Splits, load_splits
from nnlab.models.stack import stack
from nnlab.plan import Plan

STILL = ("optimizer=sgd", "optimizer.learning_rate=1e-30", "trainer.epochs=1", "trainer.batch_size=40")


@dataclass(frozen=True)
class Tools:
    """What a witness may use: plans, training, an empty working folder, patches, and what was printed."""

    plan: Callable[..., Plan]
    train: Callable[..., Any]
    folder: Path
    patch: pytest.MonkeyPatch
    printed: pytest.CaptureFixture[str]

    def network(self, *words: str) -> Any:
        return self.train(self.plan("trainer.epochs=1", *words))[0].network

    def splits(self, *words: str) -> Splits:
        asked = self.plan(*words)
        return load_splits(asked.dataset, asked.seed, asked.cv)

    def layers(self, *words: str) -> list[tuple[str, Any]]:
        asked = self.plan(*words)
        found = stack(asked.model, asked.dataset.spec(), asked.regularizer)
        return [(layer.name, layer.arguments) for layer in found]


Witness = Callable[[Tools], None]
ROWS: dict[str, Witness] = {}


def witness(*keys: str) -> Callable[[Witness], Witness]:
    def put(row: Witness) -> Witness:
        ROWS.update(dict.fromkeys(keys, row))
        return row

    return put


class Steps:
    """Hears how many steps are done each time that training tells."""

    def __init__(self) -> None:
        self.found: list[int] = []

    def on_chunk(self, epoch: int, step: int, steps: int, logs: dict[str, float]) -> None:
        self.found.append(step)

    def on_epoch(self, epoch: int, logs: dict[str, float], seconds: float) -> None:
        pass


def same(first: Any, second: Any) -> bool:
    return all(np.array_equal(*pair) for pair in zip(first.get_weights(), second.get_weights(), strict=True))


def first_loss(tools: Tools, *words: str) -> tuple[float, Any, Splits]:
    """The loss of the untouched network over the 40 training samples."""
    prepared, history, data = tools.train(tools.plan(*STILL, *words))
    return history.series["loss"][0], prepared.network, data
