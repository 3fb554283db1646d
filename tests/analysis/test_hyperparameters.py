"""The keys in which configurations differ, as axes."""

from typing import Any

import numpy as np
import pytest

from nnlab.analysis.configurations import fold_runs
from nnlab.analysis.hyperparameters import read_keys
from nnlab.analysis.selection import Selection, select_runs


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["model.neurons=8", "model.neurons=32"], [("model.neurons", [8, 32], (), False)]),
        (["model.neurons=[8]", "model.neurons=[128]"], [("model.neurons", [8, 128], (), True)]),
        (["model.neurons=[64,8]", "model.neurons=[8,8]", "model.neurons=16"],
         [("model.neurons", [2, 0, 1], ("[8,8]", "16", "[64,8]"), False)]),
        (["optimizer=sgd", "optimizer=adam"], [("optimizer", [0, 1], ("SGD", "Adam"), False)]),
        (["optimizer.clipnorm=2.0", "optimizer.clipnorm=null", "optimizer.clipnorm=0.5"],
         [("optimizer.clipnorm", [2, 0, 1], ("null", "0.5", "2.0"), False)]),
        (["optimizer.weight_decay=0.0", "optimizer.weight_decay=0.1", "optimizer.weight_decay=0.001"],
         [("optimizer.weight_decay", [0, 2, 1], ("0.0", "0.001", "0.1"), False)]),
        (["dataset.shuffle=true", "dataset.shuffle=false dataset.stratify=true"],
         [("dataset.shuffle", [0, 1], ("true", "false"), False)]),
        (["optimizer=sgd optimizer.momentum=0.0", "optimizer=sgd optimizer.momentum=0.5", "optimizer=adam"],
         [("optimizer", [0, 0, 1], ("SGD", "Adam"), False), ("optimizer.momentum", [0, 0.5, np.nan], (), False)]),
        (["callbacks=none", "callbacks=early_stopping"],
         [("callbacks.early_stopping", [0, 1], ("null", "EarlyStopping"), False)]),
    ],
)  # fmt: skip
def test_values_lie_where_they_belong(runs: list[str], expected: list[Any], put: Any, tracking: Any):
    for words in runs:
        put(words)
    keys = read_keys(fold_runs(select_runs(tracking, Selection(experiment="digits"))))
    assert [(key.name, key.words, key.log) for key in keys] == [
        (name, words, log) for name, _, words, log in expected
    ]
    for key, (_, places, _, _) in zip(keys, expected, strict=True):
        assert key.places == pytest.approx(places, nan_ok=True)
