"""Configurations: runs that differ in nothing but their seed or fold, taken together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.analysis.flat_plans import (
    FlatPlan,
    belongs,
    configuration_of,
    differing_keys,
    read_flat_plan,
    write_value,
)
from nnlab.tracking import tags
from nnlab.tracking.rows import RunRow

Unit = tuple[int, int]
"""A seed and a fold, 0 where there are no folds: what two configurations are paired by."""
_LONGEST_VALUE = 48


@dataclass(frozen=True)
class Configuration:
    """One thing that was tried, and its repeats.

    label: what tells it from the others, `model=cnn optimizer.learning_rate=0.1`. values: the same, by key; None
    where it has no such key. runs: finished, one a unit, in the order of `units`. plan: its flat plan.
    data_hash: of the whole data before they were cut.
    """

    label: str
    values: dict[str, Any]
    runs: tuple[RunRow, ...]
    units: tuple[Unit, ...]
    plan: FlatPlan
    data_hash: str

    @property
    def n(self) -> int:
        """How many repeats there are."""
        return len(self.runs)

    @property
    def has_folds(self) -> bool:
        """Whether the repeats are folds, which share their training samples."""
        return any(fold for _, fold in self.units)

    @property
    def leak(self) -> str | None:
        """Why its test scores are flattered, or None."""
        return next((run.leak for run in self.runs if run.leak), None)

    def scores(self, metric: str) -> np.ndarray:
        """The metric of every run, (n,) float64 in the order of `units`; NaN for a run without it."""
        return np.array([run.scores.get(metric, np.nan) for run in self.runs], np.float64)


def fold_runs(rows: Sequence[RunRow]) -> list[Configuration]:
    """Take finished single runs together that differ in seed or fold alone, in the order in which they were begun.

    Of two runs of the same configuration, seed and fold the newer counts. Raises StorageError.
    """
    found: dict[str, dict[Unit, tuple[RunRow, FlatPlan]]] = {}
    for row in sorted(rows, key=lambda row: row.started.timestamp() if row.started else 0.0):
        plan = read_flat_plan(row)
        unit = (int(plan["seed"]), int(plan.get("cv.fold", 0)))
        same = repr([sorted(configuration_of(plan).items()), row.tags.get(tags.DATA_HASH)])
        found.setdefault(same, {})[unit] = (row, plan)
    plans = [configuration_of(next(iter(runs.values()))[1]) for runs in found.values()]
    labels = _labels(plans)
    keys = differing_keys(plans)
    return [
        _configuration(runs, label, {key: plan.get(key) for key in keys})
        for runs, label, plan in zip(found.values(), labels, plans, strict=True)
    ]


def _configuration(
    runs: dict[Unit, tuple[RunRow, FlatPlan]], label: str, values: dict[str, Any]
) -> Configuration:
    units = sorted(runs)
    rows = tuple(runs[unit][0] for unit in units)
    return Configuration(
        label=label,
        values=values,
        runs=rows,
        units=tuple(units),
        plan=configuration_of(runs[units[0]][1]),
        data_hash=rows[-1].tags.get(tags.DATA_HASH, ""),
    )


def _labels(plans: Sequence[FlatPlan]) -> list[str]:
    """What differs, of each plan; a number behind those that long values make alike."""
    keys = differing_keys(plans)
    labels: list[str] = []
    for plan in plans:
        own = [key for key in keys if belongs(key, plan, plans)]
        words = [f"{key}={_shorten(write_value(plan.get(key)))}" for key in own]
        label = " ".join(words) or f"model={plan.get('model', '?')}"
        labels.append(label)
    return [_numbered(labels, place) for place in range(len(labels))]


def _numbered(labels: Sequence[str], place: int) -> str:
    label = labels[place]
    return f"{label} ({labels[: place + 1].count(label)})" if labels.count(label) > 1 else label


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
