"""The story of one cross-validation: a run for each fold below a parent that says what they say together."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from nnlab.claim import check_unchanged, hold_alone
from nnlab.data.source import load_source
from nnlab.data.splits import split
from nnlab.errors import RequestError
from nnlab.evaluation import judge
from nnlab.figure_process import FigureProcess
from nnlab.fold_results import FoldResults, read_folds
from nnlab.folder import make_folder
from nnlab.identity import identify
from nnlab.outcome import Outcome, meet
from nnlab.plan import Plan
from nnlab.record import final_scores, last_scores, run_tags, with_columns, write_configuration, write_tables
from nnlab.run import meet_undelivered, recorded, run, title
from nnlab.spec import DataSpec, Samples
from nnlab.tracking import tags as names
from nnlab.tracking.environment import git_state
from nnlab.tracking.family import adopt, children_of, release
from nnlab.tracking.probe import check_store
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.runs import runs_of
from nnlab.training.history import tracked_name
from nnlab.training.runtime import available_threads


def cross_validate(
    plan: Plan, words: Sequence[str], tags: Mapping[str, str] | None = None, known: Path | None = None
) -> Outcome:
    """Train and judge a network for every fold, and judge the predictions of all folds as one set.

    What is finished in the store is met, unless `plan.rerun`: the whole, or single folds. A parent that did not
    finish is gone on with, so that its folds stay below it. tags: more of them for the parent's record. known: the
    folder of the one to go on with. Raises RequestError before anything is recorded, WorkError and Interrupted
    once the record says how it ended.
    """
    started = time.perf_counter()
    threads = plan.trainer.threads or available_threads()
    drawn_by = FigureProcess(threads)
    check_store(plan.tracking)
    source = load_source(plan.dataset)
    spec, raw = source.spec, source.raw
    data_hash = split(source, plan.dataset, plan.seed, fold_of(plan, 1).cv).hash
    identity = identify(plan, data_hash, threads)
    if not plan.rerun and (finished := meet(plan.tracking, identity)):
        return finished
    if known:
        check_unchanged(known, identity, data_hash)
    experiment, name = title(plan, spec, identity)
    if delivered := meet_undelivered(plan, experiment, identity, tags):
        return delivered
    former = known or (None if plan.rerun else _find_former(plan, identity))
    folder = former or make_folder(experiment, identity)
    git = git_state(Path.cwd())
    given = {**run_tags(plan, identity, data_hash, git), names.FOLDS: str(_total(plan)), **(tags or {})}

    with hold_alone(folder):
        write_configuration(folder, plan, spec, words, git)
        recorder = Recorder(plan.tracking, folder)
        if former:
            recorder.resume()
            recorder.tags(given)
        else:
            recorder.start(experiment, name, given)
        with recorded(recorder, folder), drawn_by as figures:
            recorder.params(plan.plain())
            recorder.artifact(folder / "config", "config")
            recorder.artifact(folder / "environment", "environment")
            outcomes = _train_folds(plan, words, name, recorder.run_id, figures)
            scores = _judge(plan, spec, raw.train, read_folds(plan.tracking, outcomes), recorder, figures)
            seconds = time.perf_counter() - started
            recorder.metrics({"time/total_s": seconds}, step=int(scores["epochs"]))
    return Outcome(recorder.run_id, name, folder, scores, seconds)


def fold_of(plan: Plan, number: int, name: str | None = None) -> Plan:
    """The plan of one fold, counted from 1: an ordinary run."""
    assert plan.cv is not None, "only a cross-validation has folds"
    return plan.model_copy(update={"cv": plan.cv.model_copy(update={"fold": number}), "name": name})


def _total(plan: Plan) -> int:
    assert plan.cv is not None, "only a cross-validation has folds"
    return plan.cv.total


def _find_former(plan: Plan, identity: str) -> Path | None:
    """The folder of this cross-validation that did not finish. Raises RequestError where it still goes on."""
    rows = runs_of(plan.tracking, identity)
    if running := next((row for row in rows if row.status == "RUNNING"), None):
        raise RequestError(
            f"cv: run {running.id[:8]} of the same cross-validation goes on; wait for it, or rerun=true"
        )
    return next((row.folder for row in rows if row.status != "FINISHED"), None)


def _train_folds(
    plan: Plan, words: Sequence[str], name: str, parent: str | None, figures: FigureProcess
) -> list[Outcome]:
    """Every fold in turn, met or trained; afterwards they, and no failed try of them, stand below the parent."""
    below = {row.id: row for row in children_of(plan.tracking, parent)} if parent else {}
    for row in below.values():
        if row.status != "FINISHED":
            release(row)
    outcomes: list[Outcome] = []
    for number in range(1, _total(plan) + 1):
        tags = {names.PARENT: parent} if parent else {}
        told = [*words, f"cv.fold={number}"]
        fold = fold_of(plan, number, f"{name}-fold-{number}")
        done = run(fold, told, tags, meet_finished=not plan.rerun, drawing=figures)
        if parent and done.met and done.run_id and done.run_id not in below:
            adopt(plan.tracking, done.run_id, parent)
        if plan.trainer.progress != "none":
            print(f"fold {number}/{_total(plan)}: {_describe(done)}", file=sys.stderr, flush=True)
        outcomes.append(done)
    return outcomes


def _describe(done: Outcome) -> str:
    kind = next((name for name in ("accuracy", "rmse", "mse") if f"test/{name}" in done.scores), "loss")
    score = f"test {kind} {done.scores[f'test/{kind}']:.4f}"
    return f"{score}, met in run {(done.run_id or '')[:8]}" if done.met else score


def _judge(
    plan: Plan,
    spec: DataSpec,
    source: Samples,
    folds: FoldResults,
    recorder: Recorder,
    figures: FigureProcess,
) -> dict[str, float]:
    """Means over the folds, the mean course of training, and the verdict on the predictions of all folds."""
    folder, history = recorder.folder, folds.history()
    test = folds.samples(source)
    judgement = judge(spec, test, folds.predictions)
    courses, plots = folds.courses(), folder / "plots"
    figures.draw(judgement, spec, test, folds.predictions, courses, plots, plan.watches_test)
    tables = {"history": history.series}
    write_tables(folder, with_columns(judgement, fold=folds.numbers, row=folds.rows), tables)
    recorder.artifact(folder / "tables", "tables")
    for epoch in range(1, history.epochs + 1):
        values = {tracked_name(name): value for name, value in history.at(epoch).items()}
        recorder.metrics(values, step=epoch)
    figures.wait()
    recorder.artifact(folder / "plots", "plots")
    scores = {**final_scores(history, folds.means()), **folds.cost()}
    recorder.metrics(scores, step=history.epochs)
    return {**last_scores(history), **scores}
