"""A sweep gone on with, from the plans it began with."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnlab.analysis.selection import find_sweep
from nnlab.cli.flags import RETRY_FAILED
from nnlab.cli.multirun import carry_on
from nnlab.errors import RunNotFoundError
from nnlab.plan import Tracking


def find_folder(tracking: Tracking, text: str) -> Path:
    """The folder of a sweep: `last`, or what names its parent run. Raises RunNotFoundError."""
    row = find_sweep(tracking, text)
    if row.folder is None:
        raise RunNotFoundError(f"RUN: {text!r}: the sweep's folder is not here; go on where it lies")
    return row.folder


def resume_sweep(tracking: Tracking, folder: Path, flags: Sequence[str] = (RETRY_FAILED,)) -> int:
    """Run what a sweep still misses, what failed too; the exit code of `nnlab -m`. Raises StorageError."""
    from nnlab.sweeps.ledger import read_jobs, read_search
    from nnlab.sweeps.workers import Workers

    os.chdir(folder.parents[2])
    with Workers() as workers:
        if command := read_search(folder):
            from nnlab.cli.searching import resume_search

            return resume_search(command, folder, flags, tracking, workers)
        jobs, settings = read_jobs(folder)
        changed = {"tracking": tracking, "rerun": False}
        known = [replace(job, plan=job.plan.model_copy(update=changed)) for job in jobs]
        return carry_on(known, settings, flags, workers)
