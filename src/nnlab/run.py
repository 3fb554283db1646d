"""The story of one run, top to bottom."""

import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nnlab.checking.crosschecks import network_rows
from nnlab.data.splits import Splits, load_splits
from nnlab.errors import NnlabError
from nnlab.evaluation import judge
from nnlab.evaluation.weights import tabulate_weights, zero_share
from nnlab.figure_process import FigureProcess
from nnlab.fitting import Prepared, evaluate, judged, prepare, train
from nnlab.folder import make_folder
from nnlab.identity import identify
from nnlab.models.memory import check_memory
from nnlab.plan import Plan
from nnlab.record import MetricsListener, final_scores, run_tags, write_configuration, write_tables
from nnlab.saving.models import VERIFIED, save_models
from nnlab.signals import Interrupted, interruptible
from nnlab.tracking import tags
from nnlab.tracking.probe import check_store
from nnlab.tracking.recorder import Recorder
from nnlab.training import runtime
from nnlab.training.history import History
from nnlab.training.progress import choose_progress

COMPARED_SAMPLES = 64
"""Test samples on which a reloaded model must predict what the trained one does."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended well: its MLflow id (None where the store never answered), its folder, its scores."""

    run_id: str | None
    name: str
    folder: Path
    scores: dict[str, float]
    seconds: float


def run(plan: Plan, words: Sequence[str], tags: Mapping[str, str] | None = None) -> Outcome:
    """Train, judge and keep one network.

    tags: more of them for the record, such as the run it belongs under. Raises RequestError before anything is
    recorded, WorkError and Interrupted once the record says how it ended.
    """
    started = time.perf_counter()
    check_store(plan.tracking)
    splits = load_splits(plan.dataset, plan.seed)
    check_memory(network_rows(plan, splits.spec), min(plan.trainer.batch_size, len(splits.train)))
    runtime.prepare(plan.trainer, plan.seed)
    prepared = prepare(plan, splits)

    identity = identify(plan, splits.hash, plan.trainer.threads or runtime.available_threads())
    experiment = plan.experiment_name or f"{splits.spec.name}-{splits.spec.task}"
    name = plan.name or f"{plan.model.name}-{splits.spec.name}-{identity[:6]}"
    folder = make_folder(experiment, identity)
    write_configuration(folder, plan, splits, words)

    recorder = Recorder(plan.tracking, folder)
    recorder.start(experiment, name, {**run_tags(identity, splits), **(tags or {})})
    with recorded(recorder, folder), FigureProcess() as figures:
        recorder.params(plan.plain())
        recorder.artifact(folder / "config", "config")
        recorder.artifact(folder / "environment", "environment")
        history, cost = _train(plan, splits, prepared, recorder, folder)
        scores = _judge(splits, prepared, history, figures, folder)
        recorder.metrics({**scores, **cost}, step=history.epochs)
        recorder.artifact(folder / "tables", "tables")
        _keep(prepared, splits, recorder, folder)
        figures.wait()
        recorder.artifact(folder / "plots", "plots")
        seconds = time.perf_counter() - started
        recorder.metrics({"time/total_s": seconds}, step=history.epochs)
    return Outcome(recorder.run_id, name, folder, {**scores, **cost}, seconds)


def _train(
    plan: Plan, splits: Splits, prepared: Prepared, recorder: Recorder, folder: Path
) -> tuple[History, dict[str, float]]:
    """Fit; the history and what it cost."""
    began = time.perf_counter()
    with choose_progress(plan.trainer.progress, plan.trainer.epochs) as progress:
        history = train(prepared, splits, folder, [MetricsListener(recorder), progress])
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
    judgement = judge(splits.spec, judged(prepared, splits.test), predictions)
    figures.draw(
        judgement, splits.spec, splits.test, predictions, history.series, folder / "plots", splits.leak
    )
    write_tables(folder, judgement, history, tabulate_weights(prepared.kernels()))
    return final_scores(history, tested, judgement)


def _keep(prepared: Prepared, splits: Splits, recorder: Recorder, folder: Path) -> None:
    """Save the model in every format, proved by reloading, and as an MLflow model."""
    model, samples = prepared.whole(), splits.test.x[:COMPARED_SAMPLES]
    verdicts = save_models(model, folder / "model", samples, prepared.rebuild)
    recorder.tags({f"nnlab.saved.{file}": verdict for file, verdict in verdicts.items()})
    for file, verdict in verdicts.items():
        if not verdict.startswith(VERIFIED):
            print(f"warning: {file}: {verdict}", file=sys.stderr)
    recorder.artifact(folder / "model", "model")
    recorder.model(model, prepared.spec, samples)


@contextmanager
def recorded(recorder: Recorder, folder: Path) -> Iterator[None]:
    """However the block ends, the record says so: FINISHED, FAILED with a reason, or KILLED with the signal."""
    try:
        with interruptible():
            yield
    except Interrupted as interrupted:
        recorder.tags({tags.FAILURE: str(interrupted)})
        recorder.finish("KILLED", seconds=5.0)
        raise
    except BaseException as error:
        reason = str(error) if isinstance(error, NnlabError) else f"{type(error).__name__}: {error}"
        _note_failure(recorder, folder, reason)
        recorder.finish("FAILED")
        raise
    recorder.finish("FINISHED")


def _note_failure(recorder: Recorder, folder: Path, reason: str) -> None:
    recorder.tags({tags.FAILURE: reason[:5000]})
    try:
        (folder / "failure.txt").write_text(traceback.format_exc(), encoding="utf-8")
        recorder.artifact(folder / "failure.txt")
    except OSError:
        print(f"warning: {folder / 'failure.txt'} could not be written", file=sys.stderr)
