"""The story of one sweep, top to bottom."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from nnlab import __version__
from nnlab.errors import WorkError
from nnlab.sweeps.comparing import compare_results, write_comparison
from nnlab.sweeps.drawing import keep_figures
from nnlab.sweeps.jobs import Job, Result
from nnlab.sweeps.ledger import Ledger
from nnlab.sweeps.opening import carrier_of
from nnlab.sweeps.parent import parent_record
from nnlab.sweeps.rehearsal import rehearse
from nnlab.sweeps.running import Listener, run_jobs
from nnlab.sweeps.settings import limits_here
from nnlab.sweeps.summary import write_summary
from nnlab.sweeps.wanted import Wanted
from nnlab.sweeps.workers import Workers
from nnlab.tracking import tags
from nnlab.tracking.client import connecting
from nnlab.tracking.family import adopt, release
from nnlab.tracking.recorder import Recorder

_DONE = ("FINISHED", "FAILED")


def sweep(
    wanted: Wanted, listeners: Sequence[Listener], retry_failed: bool, workers: Workers
) -> list[Result]:
    """Run what is missing below one parent run, whose table then says how every job ended; a result for each.

    workers: from which this machine's processes are forked. What is finished in the store is met, unless `rerun`;
    what failed by itself is left, unless `retry_failed`. Raises RequestError where a network cannot be built,
    saved and loaded, before the first epoch of any, or a cluster does not answer; WorkError where store or folder
    cannot be used; and Interrupted, which leaves a sweep that can be gone on with.
    """
    missing = wanted.missing(retry_failed)
    results = {**wanted.failed(), **wanted.met()}
    if missing or not wanted.parent or wanted.parent.status not in _DONE:
        limits = limits_here(wanted.settings, [job.plan for job in missing.values()])
        tracking, logs = wanted.jobs[0].plan.tracking, wanted.folder / "logs"
        with carrier_of(wanted.settings, tracking, workers, limits, logs) as carrier:
            with connecting(tracking):
                rehearse(workers, list(missing.values()), limits)
            with Ledger(wanted.folder) as ledger, _parent(wanted, results, workers) as recorder:
                ledger.open(wanted)
                identity_of = {job.number: identity for identity, job in missing.items()}
                jobs = _place(wanted, missing, recorder)
                for result in run_jobs(jobs, carrier, (ledger, *listeners)):
                    identity = identity_of[result.job.number]
                    results[identity] = result
                    _replace_former(wanted, identity, result, recorder)
    return wanted.in_order(results)


@contextmanager
def _parent(wanted: Wanted, results: Mapping[str, Result], workers: Workers) -> Iterator[Recorder]:
    """The parent's record, begun or gone on with.

    It ends with the table of all results, however it ends; and with their comparison, unless it is interrupted.
    """
    tracking, title = wanted.jobs[0].plan.tracking, (wanted.experiment, wanted.name)
    known = {tags.IDENTITY: wanted.identity, tags.SWEEP: str(len(wanted.jobs)), tags.VERSION: __version__}
    try:
        with parent_record(tracking, wanted.folder, wanted.parent, title, known) as recorder:
            try:
                yield recorder
            finally:
                recorder.artifact(write_summary(wanted.in_order(results), wanted.folder), "tables")
            if not isinstance(found := compare_results(wanted.in_order(results)), str):
                recorder.artifact(write_comparison(found, wanted.folder), "tables")
            keep_figures(workers, recorder, _finished(results))
            _complain(wanted, results)
    except _Failed:
        pass


def _finished(results: Mapping[str, Result]) -> list[str]:
    """The runs that ended well and that the store knows."""
    outcomes = (result.outcome for result in results.values())
    return [outcome.run_id for outcome in outcomes if outcome and outcome.run_id]


class _Failed(WorkError):
    """Some runs did not finish: the parent's record says so; the results say it to the caller."""


def _complain(wanted: Wanted, results: Mapping[str, Result]) -> None:
    bad = [result for result in wanted.in_order(results) if not result.good]
    if bad:
        first = f"{bad[0].job.title}: {bad[0].state}, {bad[0].reason}"
        raise _Failed(f"{len(bad)} of {len(wanted.jobs)} runs did not finish, the first of them {first}")


def _place(wanted: Wanted, missing: Mapping[str, Job], recorder: Recorder) -> list[Job]:
    """The missing jobs, to run below the parent; what is met comes below it too."""
    parent = recorder.run_id
    if parent is None:
        return list(missing.values())
    for identity, result in wanted.met().items():
        below = any(row.tags.get(tags.PARENT) == parent for row in wanted.runs[identity])
        if not below and result.outcome and result.outcome.run_id:
            adopt(recorder.tracking, result.outcome.run_id, parent)
    return [replace(job, tags={tags.PARENT: parent}) for job in missing.values()]


def _replace_former(wanted: Wanted, identity: str, result: Result, recorder: Recorder) -> None:
    """Where a run took the place of others that had failed, or that it was to repeat, these leave the parent."""
    own = result.outcome and result.outcome.run_id
    for row in wanted.runs.get(identity, ()) if own else ():
        if row.tags.get(tags.PARENT) == recorder.run_id and row.id != own:
            release(row)
