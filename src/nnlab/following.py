"""A process of a cluster that only lends its devices: it trains along, and the first one keeps the record."""

import tempfile
from pathlib import Path

from nnlab.data.splits import load_splits
from nnlab.fitting import evaluate, prepare, train
from nnlab.plan import Plan
from nnlab.training import runtime
from nnlab.training.checkpoints import FOLDER, Checkpoints
from nnlab.training.cluster import together


def follow(plan: Plan) -> None:
    """Train and evaluate in step with the first process. Raises RequestError, and WorkError where one is gone.

    What callbacks write, and checkpoints that only the first process needs, goes with the end.
    """
    splits = load_splits(plan.dataset, plan.seed, plan.cv)
    runtime.prepare(plan.trainer, plan.seed)
    with together(), tempfile.TemporaryDirectory(prefix="nnlab-follow-") as name:
        prepared = prepare(plan, splits)
        train(prepared, splits, Path(name), [], Checkpoints(Path(name) / FOLDER, lambda _line: None))
        evaluate(prepared, splits.test)
