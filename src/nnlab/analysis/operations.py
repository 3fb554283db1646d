"""What one sample costs a recorded network on its way forward, by arithmetic alone."""

import yaml

from nnlab.analysis.flat_plans import PLAN
from nnlab.checking.crosschecks import network_rows
from nnlab.checking.reading import read_plan
from nnlab.errors import NnlabError
from nnlab.models.arithmetic import count_flops
from nnlab.models.shapes import ShapeError
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact


def count_operations(row: RunRow) -> int | None:
    """FLOPs of one sample forwards, as recorded; of an older run from its plan, None where that does not tell."""
    if (recorded := row.scores.get("model/flops")) is not None:
        return int(recorded)
    try:
        plan = read_plan(yaml.load(artifact(row, PLAN).read_text(encoding="utf-8"), yaml.CSafeLoader))
        return count_flops(network_rows(plan, plan.dataset.spec()))
    except (NnlabError, ShapeError, OSError):
        # A table may have moved since, a key of the plan be new: the run counts all the same.
        return None
