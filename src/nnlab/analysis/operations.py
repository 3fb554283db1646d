"""What one sample costs a recorded network on its way forward, by arithmetic alone."""

import yaml

from nnlab.analysis.flat_plans import PLAN
from nnlab.checking.crosschecks import network_rows
from nnlab.checking.reading import read_plan
from nnlab.errors import NnlabError
from nnlab.models.shapes import ShapeError
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact


def count_operations(row: RunRow) -> int | None:
    """FLOPs of one sample forwards; None where only the data could tell, or a layer has no rule."""
    try:
        plan = read_plan(yaml.load(artifact(row, PLAN).read_text(encoding="utf-8"), yaml.CSafeLoader))
        rows = network_rows(plan, plan.dataset.spec())
    except (NnlabError, ShapeError, OSError):
        # A table of one's own may have moved since, a package be trusted no longer: the run counts all the same.
        return None
    return None if any(each.shape is None for each in rows) else sum(each.flops for each in rows)
