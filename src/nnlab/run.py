"""The story of one run, top to bottom."""

import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from nnlab.checking.crosschecks import network_rows
from nnlab.choosing import choose
from nnlab.claim import check_unchanged, claimed, find_undelivered
from nnlab.data.splits import Splits, load_splits
from nnlab.errors import NnlabError, Pruned
from nnlab.evaluation import judge
from nnlab.evaluation.weights import tabulate_weights, zero_share
from nnlab.figure_process import FigureProcess
from nnlab.fitting import Prepared, evaluate, judged, prepare, train
from nnlab.identity import identify
from nnlab.models.memory import check_memory
from nnlab.outcome import Outcome, meet
from nnlab.plan import Plan
from nnlab.record import (
    MetricsListener,
    count_samples,
    describe_operations,
    final_scores,
    last_scores,
    run_tags,
    with_columns,
    write_configuration,
    write_fold,
    write_tables,
)
from nnlab.saving.models import VERIFIED, save_models
from nnlab.signals import Interrupted, interruptible
from nnlab.spec import DataSpec
from nnlab.tracking import tags as names
from nnlab.tracking.environment import git_state
from nnlab.tracking.models import preload
from nnlab.tracking.probe import check_store
from nnlab.tracking.recorder import Recorder
from nnlab.training import runtime
from nnlab.training.checkpoints import FOLDER as CHECKPOINTS
from nnlab.training.checkpoints import Checkpoints
from nnlab.training.cluster import together
from nnlab.training.history import History
from nnlab.training.loop import Between
from nnlab.training.progress import choose_progress

COMPARED_SAMPLES = 64
"""Test samples on which a reloaded model must predict what the trained one does."""


def run(
    plan: Plan,
    words: Sequence[str],
    tags: Mapping[str, str] | None = None,
    *,
    meet_finished: bool = False,
    drawing: FigureProcess | None = None,
    between: Between | None = None,
    known: Path | None = None,
) -> Outcome:
    """Train, judge and keep one network.

    tags: more of them for the record, such as the run it belongs under. meet_finished: what is finished in the
    store is taken from there. drawing: a process that draws for several runs. between: hears the history between
    epochs, and may end the run by raising Pruned. known: the folder of the interrupted run to go on with. Raises
    RequestError before anything is recorded, WorkError and Interrupted once the record says how it ended.
    """
    started, cpu = time.perf_counter(), time.process_time()
    threads = plan.trainer.threads or runtime.available_threads()
    drawn_by = nullcontext(drawing) if drawing else FigureProcess(threads)
    check_store(plan.tracking)
    splits = load_splits(plan.dataset, plan.seed, plan.cv)
    identity = identify(plan, splits.hash, threads)
    if meet_finished and (finished := meet(plan.tracking, identity)):
        return finished
    if known:
        check_unchanged(known, identity, splits.hash)
    experiment, name = title(plan, splits.spec, identity)
    if delivered := meet_undelivered(plan, experiment, identity, tags):
        return delivered
    batch = min(plan.trainer.batch_size, len(splits.train))
    rows = network_rows(plan, splits.spec)
    check_memory(rows, batch, splits.held_bytes)
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, splits)

    with claimed(experiment, identity, plan.rerun, known) as claim:
        folder = claim.folder
        recorder = Recorder(plan.tracking, folder)
        checkpoints = Checkpoints(folder / CHECKPOINTS, lambda line: print(line, file=sys.stderr))
        if claim.interrupted:
            recorder.resume()
            recorder.tags(tags or {})
        else:
            git = git_state(Path.cwd())
            write_configuration(folder, plan, splits.spec, words, git)
            about = {**run_tags(plan, identity, splits.hash, git), **(tags or {})}
            recorder.start(experiment, name, about, then=preload)
        with recorded(recorder, folder), together(), drawn_by as figures:
            if plan.cv and plan.cv.choose:
                plan = choose(plan, recorder, folder)
                runtime.prepare(plan.trainer, plan.seed)
                prepared, rows = prepare(plan, splits), network_rows(plan, splits.spec)
            recorder.params(plan.plain())
            recorder.artifact(folder / "config", "config")
            recorder.artifact(folder / "environment", "environment")
            history, cost = _train(prepared, splits, recorder, checkpoints, between)
            scores = _judge(splits, prepared, history, figures, folder)
            sizes = count_samples(splits) | describe_operations(rows)
            recorder.metrics({**scores, **cost, **sizes}, step=history.epochs)
            recorder.artifact(folder / "tables", "tables")
            _keep(prepared, splits, recorder, folder)
            figures.wait()
            recorder.artifact(folder / "plots", "plots")
            seconds = time.perf_counter() - started
            cpu_seconds = time.process_time() - cpu
            spent = {
                "time/total_s": seconds,
                "time/cpu_s": cpu_seconds,
                "memory/peak_mb": runtime.peak_megabytes(),
            }
            recorder.metrics(spent, step=history.epochs)
        checkpoints.clear()
    return Outcome(recorder.run_id, name, folder, {**last_scores(history), **scores, **cost}, seconds)


def title(plan: Plan, spec: DataSpec, identity: str) -> tuple[str, str]:
    """The MLflow experiment and the name of a run."""
    experiment = plan.experiment_name or f"{spec.name}-{spec.task}"
    return experiment, plan.name or f"{plan.model.name}-{spec.name}-{identity[:6]}"


def meet_undelivered(
    plan: Plan, experiment: str, identity: str, tags: Mapping[str, str] | None
) -> Outcome | None:
    """The same run, where it was finished and its store never heard so: brought there now, or None.

    Raises TrackingError where the store does not take it.
    """
    folder = None if plan.rerun else find_undelivered(experiment, identity)
    if folder is None:
        return None
    Recorder(plan.tracking, folder).deliver(tags)
    return meet(plan.tracking, identity)


def _train(
    prepared: Prepared,
    splits: Splits,
    recorder: Recorder,
    checkpoints: Checkpoints,
    between: Between | None,
) -> tuple[History, dict[str, float]]:
    """Fit; the history and what it cost."""
    began, trainer = time.perf_counter(), prepared.plan.trainer
    with choose_progress(trainer.progress, trainer.epochs) as progress:
        told = [MetricsListener(recorder), progress]
        history = train(prepared, splits, recorder.folder, told, checkpoints, between)
    seconds = time.perf_counter() - began
    size = {
        "model/params": prepared.network.count_params(),
        "model/zero_weights": zero_share(prepared.kernels()),
    }
    return history, {"time/fit_s": seconds, **size, "epochs": history.epochs}


def _judge(
    splits: Splits, prepared: Prepared, history: History, figures: FigureProcess, folder: Path
) -> dict[str, float]:
    """Use the test set once: scores, tables, and figures on their way."""
    tested, predictions = evaluate(prepared, splits.test)
    samples, leak, plots = judged(prepared, splits.test), prepared.plan.watches_test, folder / "plots"
    judgement = judge(splits.spec, samples, predictions)
    figures.draw(judgement, splits.spec, splits.test, predictions, history.series, plots, leak)
    if splits.test_rows is not None:
        judgement = with_columns(judgement, row=splits.test_rows)
        write_fold(folder, splits.test_rows, None if samples is splits.test else samples, predictions)
    tables = {"history": history.series, "weights": tabulate_weights(prepared.kernels())}
    write_tables(folder, judgement, tables)
    return final_scores(history, {**judgement.scores, **tested})


def _keep(prepared: Prepared, splits: Splits, recorder: Recorder, folder: Path) -> None:
    """Save the model in every format, proved by reloading, and as an MLflow model."""
    model, samples = prepared.whole(), splits.test.x[:COMPARED_SAMPLES]
    verdicts = save_models(model, folder / "model", samples, prepared.rebuild)
    recorder.tags({f"nnlab.saved.{file}": verdict for file, verdict in verdicts.items()})
    for file, verdict in verdicts.items():
        if not verdict.startswith(VERIFIED):
            print(f"warning: {file}: {verdict}", file=sys.stderr)
    recorder.artifact(folder / "model", "model")
    # What was proved is logged, not written a second time.
    proved = verdicts["model.keras"].startswith(VERIFIED)
    recorder.model(model, prepared.spec, samples, folder / "model" / "model.keras" if proved else None)


@contextmanager
def recorded(recorder: Recorder, folder: Path) -> Iterator[None]:
    """However the block ends, the record says so: FINISHED, FAILED with a reason, or KILLED with the signal.

    A run that was pruned is KILLED for MLflow, which has no word for it, and its tag says what it is.
    """
    try:
        with interruptible():
            yield
    except Interrupted as interrupted:
        recorder.tags({names.FAILURE: str(interrupted)})
        recorder.finish("KILLED", seconds=5.0, at_most=5.0)
        raise
    except Pruned as pruned:
        recorder.tags({names.PRUNED: str(pruned)})
        recorder.finish("KILLED")
        raise
    except BaseException as error:
        reason = str(error) if isinstance(error, NnlabError) else f"{type(error).__name__}: {error}"
        _note_failure(recorder, folder, reason)
        recorder.finish("FAILED")
        raise
    recorder.finish("FINISHED")


def _note_failure(recorder: Recorder, folder: Path, reason: str) -> None:
    recorder.tags({names.FAILURE: reason[:5000]})
    try:
        (folder / "failure.txt").write_text(traceback.format_exc(), encoding="utf-8")
        recorder.artifact(folder / "failure.txt")
    except OSError:
        print(f"warning: {folder / 'failure.txt'} could not be written", file=sys.stderr)
