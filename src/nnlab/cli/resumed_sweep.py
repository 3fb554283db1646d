"""A sweep gone on with, from the plans it began with."""

import os
from collections.abc import Sequence
from dataclasses import replace

from nnlab.cli.multirun import RETRY_FAILED, carry_on
from nnlab.errors import RunNotFoundError
from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.listing import list_runs
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import LAST, find_run


def resume_sweep(tracking: Tracking, text: str, flags: Sequence[str] = (RETRY_FAILED,)) -> int:
    """Run what a sweep still misses, what failed too; the exit code of `nnlab -m`.

    text: `last` is the last sweep; else what names its parent run. Raises RunNotFoundError and StorageError.
    """
    from nnlab.sweeps.ledger import read_jobs

    row = _find(tracking, text)
    if row.folder is None:
        raise RunNotFoundError(f"RUN: {text!r}: the sweep's folder is not here; go on where it lies")
    jobs, settings = read_jobs(row.folder)
    os.chdir(row.folder.parents[2])
    known = [
        replace(job, plan=job.plan.model_copy(update={"tracking": tracking, "rerun": False})) for job in jobs
    ]
    return carry_on(known, settings, flags)


def _find(tracking: Tracking, text: str) -> RunRow:
    if text == LAST:
        sweeps = (row for row in list_runs(tracking) if tags.SWEEP in row.tags)
        if (row := next(sweeps, None)) is None:
            raise RunNotFoundError("RUN: 'last'; there are no sweeps yet: `nnlab -m` starts one")
        return row
    row = find_run(tracking, text)
    if tags.SWEEP not in row.tags:
        raise RunNotFoundError(f"RUN: {text!r} is one run and no sweep; the parent of one, see `nnlab runs`")
    return row
