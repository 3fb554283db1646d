"""One network of every distinct shape, tried before the first epoch: built, fitted on a batch, saved, reloaded."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnlab.cross_validation import fold_of
from nnlab.data.splits import load_splits
from nnlab.errors import RequestError, WorkError
from nnlab.fitting import prepare, train
from nnlab.outcome import Outcome
from nnlab.plan import Plan
from nnlab.saving.models import save_models
from nnlab.sweeps.crew import Crew
from nnlab.sweeps.jobs import Job, Limits
from nnlab.sweeps.running import run_jobs
from nnlab.sweeps.workers import Workers
from nnlab.training import runtime

_SHAPING = ("dataset", "cv", "model", "regularizer", "loss", "metrics")
"""What decides, with the precision, which network there is, and what it is fitted to."""


def rehearse(workers: Workers, jobs: Sequence[Job], limits: Limits) -> None:
    """Try a network of every shape, and every optimizer with each kind of network.

    Raises RequestError with the overrides of one that cannot be; WorkError where its process was ended.
    """
    with tempfile.TemporaryDirectory(prefix="nnlab-") as logs:
        results = list(run_jobs(choose_tried(jobs), Crew(workers, limits, Path(logs), try_out)))
    if bad := [result for result in results if not result.good]:
        told = [f"{result.job.title}: {result.reason}" for result in bad]
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        wrong = RequestError if bad[0].state == "FAILED" else WorkError
        raise wrong(f"{told[0]}{more}; nothing has been trained")


def choose_tried(jobs: Sequence[Job]) -> list[Job]:
    """The few jobs that have among them every shape, and every optimizer with each kind of network.

    The greedy answer: whichever shows most that no other has shown, the first of several.
    """
    shows = [(job, _shown(job.plan)) for job in jobs]
    missing = {what for _, shown in shows for what in shown}
    chosen = []
    while missing:
        job, shown = max(shows, key=lambda one: len(one[1] & missing))
        chosen.append(job)
        missing -= shown
    return chosen


def _shown(plan: Plan) -> set[str]:
    plain, precision = plan.plain(), plan.trainer.precision
    network = json.dumps([*(plain[key] for key in _SHAPING), precision], sort_keys=True, default=str)
    return {network, f"{plan.optimizer.name} {plan.model.name} {precision}"}


def try_out(job: Job) -> Outcome:
    """Do with a job's network what a run does with it, callbacks apart, for one batch, and keep nothing."""
    plan = _short(job.plan)
    splits = replace(load_splits(plan.dataset, plan.seed, plan.cv), validation=None)
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, splits)
    with tempfile.TemporaryDirectory(prefix="nnlab-") as name:
        train(prepared, splits, Path(name), [])
        save_models(prepared.whole(), Path(name) / "model", splits.train.x[:1], prepared.rebuild)
    return Outcome(None, job.title, Path(), {}, 0.0)


def _short(plan: Plan) -> Plan:
    trainer = plan.trainer.model_copy(update={"epochs": 1, "steps_per_epoch": 1})
    short = plan.model_copy(update={"trainer": trainer, "callbacks": {}})
    return fold_of(short, 1) if short.cv and short.cv.fold is None else short
