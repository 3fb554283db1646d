"""python -m benchmarks.own_epochs WORDS…: the epochs of a plan by nnlab's loop, checkpoints included, no record.

Prints the seconds of each epoch, the test accuracy, and the operations of an epoch's training steps.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from nnlab.checking.crosschecks import network_rows
from nnlab.cli.compose import compose_plan
from nnlab.data.splits import load_splits
from nnlab.fitting import evaluate, prepare, train
from nnlab.models.arithmetic import Row
from nnlab.training import runtime
from nnlab.training.checkpoints import Checkpoints


def training_flops(rows: list[Row], images: int) -> int:
    """Operations of an epoch: forward, and twice that backward, save the gradient by the images themselves."""
    costly = [row.flops for row in rows if row.params]
    return images * (3 * sum(costly) - costly[0])


def main(words: list[str]) -> dict[str, Any]:
    """Train; what was found."""
    plan = compose_plan([*words, "trainer.progress=none"])
    splits = load_splits(plan.dataset, plan.seed, plan.cv)
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, splits)
    with tempfile.TemporaryDirectory() as folder:
        history = train(prepared, splits, Path(folder), [], Checkpoints(Path(folder), print))
    scores, _ = evaluate(prepared, splits.test)
    flops = training_flops(network_rows(plan, splits.spec), len(splits.train))
    return {"seconds": history.seconds, "accuracy": scores["accuracy"], "flops": flops}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
