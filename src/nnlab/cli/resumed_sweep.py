"""A sweep gone on with, from the plans it began with."""

import os
from collections.abc import Sequence
from dataclasses import replace

from nnlab.analysis.selection import find_sweep
from nnlab.cli.flags import RETRY_FAILED
from nnlab.cli.multirun import carry_on
from nnlab.errors import RunNotFoundError
from nnlab.plan import Tracking


def resume_sweep(tracking: Tracking, text: str, flags: Sequence[str] = (RETRY_FAILED,)) -> int:
    """Run what a sweep still misses, what failed too; the exit code of `nnlab -m`.

    text: `last` is the last sweep; else what names its parent run. Raises RunNotFoundError and StorageError.
    """
    from nnlab.sweeps.ledger import read_jobs, read_search

    row = find_sweep(tracking, text)
    if row.folder is None:
        raise RunNotFoundError(f"RUN: {text!r}: the sweep's folder is not here; go on where it lies")
    if command := read_search(row.folder):
        from nnlab.cli.searching import resume_search

        os.chdir(row.folder.parents[2])
        return resume_search(command, row.folder, flags, tracking)
    jobs, settings = read_jobs(row.folder)
    os.chdir(row.folder.parents[2])
    known = [
        replace(job, plan=job.plan.model_copy(update={"tracking": tracking, "rerun": False})) for job in jobs
    ]
    return carry_on(known, settings, flags)
