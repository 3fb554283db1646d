"""What two recorded runs answered for their test samples, when these are the same."""

from typing import Any

import numpy as np

from nnlab.analysis.disagreement import (
    Answers,
    Closeness,
    Disagreement,
    compare_labels,
    compare_numbers,
)
from nnlab.analysis.flat_plans import FlatPlan, read_flat_plan
from nnlab.errors import RequestError, StorageError
from nnlab.predicting.sources import read_spec
from nnlab.spec import DataSpec
from nnlab.tracking import tags
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact

PREDICTIONS = "tables/predictions.parquet"
Columns = dict[str, np.ndarray]


def read_disagreement(first: RunRow, second: RunRow) -> Disagreement | Closeness:
    """Two single runs on their test samples: labels where they classify, else the errors of each sample.

    Raises RequestError where these are not the same samples, or not the same question; StorageError where a run
    kept no predictions.
    """
    specs = [recorded_spec(run) for run in (first, second)]
    if specs[0].task != specs[1].task:
        _refuse(first, second, f"one is a {specs[0].task}, the other a {specs[1].task}")
    _refuse_other_data(first, second)
    a, b = _read_columns(first), _read_columns(second)
    if any(not np.array_equal(a[key], b[key]) for key in a if _is_given(key)):
        _refuse(first, second, "their test sets hold other samples")
    return _compare(specs[0], a, b)


def recorded_spec(run: RunRow) -> DataSpec:
    """The description of the data that a run learned from. Raises StorageError."""
    return read_spec(artifact(run, "config/spec.json"))


def _compare(spec: DataSpec, a: Columns, b: Columns) -> Disagreement | Closeness:
    if spec.labels:
        first, second = (Answers(columns["predicted"], columns["confidence"]) for columns in (a, b))
        return compare_labels(spec.labels, a["truth"], first, second)
    if spec.task == "reconstruction":
        return Closeness("mean squared error", "", a["mse"], b["mse"])
    truth, first, second = (_stack(*pair) for pair in (("truth", a), ("predicted", a), ("predicted", b)))
    return compare_numbers(truth, first, second, spec.unit)


def _stack(name: str, columns: Columns) -> np.ndarray:
    """The columns `name`, or `name_0` …, as (n, outputs)."""
    return np.stack([columns[key] for key in columns if key == name or key.startswith(f"{name}_")], axis=1)


def _is_given(column: str) -> bool:
    """Whether a column says what was asked, not what was answered."""
    return column in ("row", "truth") or column.startswith("truth_")


def _read_columns(run: RunRow) -> Columns:
    from pyarrow import ArrowException
    from pyarrow.parquet import read_table

    file = artifact(run, PREDICTIONS)
    try:
        return {name: column.to_numpy() for name, column in _named(read_table(file))}
    except (OSError, ArrowException) as error:
        raise StorageError(f"{file}: cannot be read ({error}); the predictions of a run") from None


def _named(table: Any) -> Any:
    return zip(table.column_names, table.columns, strict=True)


def _refuse_other_data(first: RunRow, second: RunRow) -> None:
    """Other data, or test sets that were cut from them in another way."""
    if first.tags.get(tags.DATA_HASH) != second.tags.get(tags.DATA_HASH):
        _refuse(first, second, "they learned from other data")
    a, b = (_cut(read_flat_plan(run)) for run in (first, second))
    if other := [key for key in dict.fromkeys([*a, *b]) if a.get(key) != b.get(key)]:
        _refuse(first, second, f"their test sets were cut by another {other[0]}")


def _cut(plan: FlatPlan) -> FlatPlan:
    """The keys that decide which samples are the test set, and for a reconstruction what is to be given back.

    Of a fold its rows are recorded, and decide.
    """
    own = {"dataset.preprocessing", "dataset.task"} if "dataset.task" in plan else set[str]()
    if "cv" not in plan:
        own |= {"dataset.test_split"}
        if plan["dataset.test_split"] != "given":
            own |= {"dataset.stratify", "dataset.shuffle"}
            own |= {"seed"} if plan["dataset.shuffle"] else set()
    return {"cv": plan.get("cv"), **{key: value for key, value in plan.items() if key in own}}


def _refuse(first: RunRow, second: RunRow, reason: str) -> None:
    named = " and ".join(run.name or run.id[:8] for run in (first, second))
    raise RequestError(f"RUN: {named}: {reason}; two runs that were tested on the same samples")
