"""The choice inside a fold: its training part alone says with which values the fold is trained."""

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nnlab.checking.candidates import Choice
from nnlab.checking.reading import read_candidates
from nnlab.data.source import load_source
from nnlab.data.splits import Splits, split, without_fold
from nnlab.evaluation import judge
from nnlab.fitting import evaluate, judged, prepare, train
from nnlab.plan import Plan
from nnlab.record import write_table
from nnlab.spec import Task
from nnlab.tracking import tags
from nnlab.tracking.recorder import Recorder
from nnlab.training import runtime

CHOICE_TABLE = "choice"
_JUDGED_BY: dict[Task, tuple[tuple[str, int], ...]] = {
    "classification": (("accuracy", 1), ("log_loss", -1)),
    "binary": (("accuracy", 1), ("log_loss", -1)),
    "regression": (("rmse", -1),),
    "reconstruction": (("mse", -1),),
}
"""The scores that decide, the second where the first are equal; 1 where more is better."""


def choose(plan: Plan, recorder: Recorder, folder: Path) -> Plan:
    """The plan of the candidate with the best mean over the inner folds; the fold's test samples take no part.

    Every candidate's scores go to tables/choice.json, the chosen values to a tag. Raises what training raises.
    """
    inner = list(_inner_splits(plan))
    order = _JUDGED_BY[inner[0].spec.task]
    table: list[dict[str, Any]] = []
    plans = read_candidates(plan)
    for number, (choice, candidate) in enumerate(plans, 1):
        found = [_score(candidate, splits) for splits in inner]
        table.append({"choice": dict(choice), **_means(found, [name for name, _ in order])})
        if plan.trainer.progress != "none":
            print(f"candidate {number}/{len(plans)}: {_describe(choice, table[-1])}", file=sys.stderr)
    best = max(range(len(plans)), key=lambda at: [sign * table[at][name] for name, sign in order])
    write_table(folder, CHOICE_TABLE, table)
    recorder.tags({tags.CHOICE: json.dumps(table[best]["choice"])})
    return plans[best][1]


def _inner_splits(plan: Plan) -> Iterator[Splits]:
    assert plan.cv is not None, "only a cross-validation chooses"
    seen = without_fold(load_source(plan.dataset), plan.cv, plan.seed)
    whole = {"folds": plan.cv.inner_folds, "repeats": 1, "choose": None, "inner_folds": None}
    for fold in range(1, (plan.cv.inner_folds or 0) + 1):
        yield split(seen, plan.dataset, plan.seed, plan.cv.model_copy(update={**whole, "fold": fold}))


def _score(plan: Plan, splits: Splits) -> dict[str, float]:
    """What a network trained on one inner fold scores on that fold's test samples; nothing is kept of it."""
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, splits)
    with tempfile.TemporaryDirectory(prefix="nnlab-") as folder:
        train(prepared, splits, Path(folder), [])
    _, predictions = evaluate(prepared, splits.test)
    return judge(splits.spec, judged(prepared, splits.test), predictions).scores


def _means(found: Sequence[dict[str, float]], names: Sequence[str]) -> dict[str, float]:
    return {name: statistics.fmean(scores[name] for scores in found) for name in names}


def _describe(choice: Choice, row: dict[str, Any]) -> str:
    values = ", ".join(f"{key}={value}" for key, value in choice.items())
    return f"{values}: " + ", ".join(f"{name} {row[name]:.4f}" for name in row if name != "choice")
