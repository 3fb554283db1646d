"""The story of one search, top to bottom."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from nnlab import __version__
from nnlab.errors import WorkError
from nnlab.search.answering import answering
from nnlab.search.asking import carry_asking
from nnlab.search.found import AsYaml, Found, find, write_found
from nnlab.search.study import begin_study, load_study, mend_journal, quiet
from nnlab.search.trials import Trials, failed_before, wanted_trials
from nnlab.search.wanted import Search
from nnlab.sweeps.carrier import Carrier
from nnlab.sweeps.crew import Crew
from nnlab.sweeps.drawing import keep_figures
from nnlab.sweeps.jobs import Limits
from nnlab.sweeps.ledger import Ledger
from nnlab.sweeps.opening import carrier_of
from nnlab.sweeps.parent import parent_record
from nnlab.sweeps.rehearsal import rehearse
from nnlab.sweeps.running import Listener, run_jobs
from nnlab.sweeps.settings import limits_here
from nnlab.sweeps.workers import Workers
from nnlab.tracking import tags
from nnlab.tracking.client import connecting
from nnlab.tracking.recorder import Recorder

if TYPE_CHECKING:
    from optuna import Study


def peek(search: Search) -> "Study | None":
    """The study as it is, None before the first time. Raises WorkError for a storage that cannot be used."""
    quiet()
    return load_study(search.settings, search.folder, search.name)


def count_left(search: Search, study: "Study | None", retry_failed: bool) -> int:
    """How many trials have still to be tried, or to be trained to an end."""
    if study is None:
        return wanted_trials(search, None)
    ended = sum(trial.state.is_finished() for trial in study.get_trials(deepcopy=False))
    again = len(failed_before(study)) if retry_failed else 0
    return max(0, wanted_trials(search, study) + again - ended)


def carry_out_search(
    search: Search, listeners: Sequence[Listener], retry_failed: bool, as_yaml: AsYaml, workers: Workers
) -> Found:
    """Try what is left below one parent run, which keeps the table of all trials and the best plan.

    workers: as `sweep` has them. Raises RequestError where a network cannot be built, saved and loaded, before the
    first epoch of any; WorkError where store, storage or folder cannot be used; and Interrupted, which leaves a
    search that can be gone on with.
    """
    study = peek(search)
    left = count_left(search, study, retry_failed)
    if study and not left and search.parent and search.parent.status in ("FINISHED", "FAILED"):
        return find(search, study)
    plan = max(search.probes, key=lambda plan: plan.trainer.threads or 1)
    limits = limits_here(search.request.launcher, [plan] * max(1, left))
    if left:
        with connecting(search.tracking):
            rehearse(workers, search.request.jobs(search.request.space.each()), limits)
    with Ledger(search.folder) as ledger:
        ledger.begin({"search": list(search.request.command)})
        mend_journal(search.folder)
        study = begin_study(search)
        with _parent(search, study, as_yaml, workers) as recorder:
            told = (ledger, *listeners)
            trials = Trials(search, study, recorder.run_id, told, retry_failed)
            with _carrier(search, trials, workers, limits) as carrier:
                for result in run_jobs(trials.jobs(), carrier, told):
                    trials.take(result)
    return find(search, study)


@contextmanager
def _parent(search: Search, study: "Study", as_yaml: AsYaml, workers: Workers) -> Iterator[Recorder]:
    """The parent's record, begun or gone on with.

    It ends with the table of all trials, however it ends; and with their figures, unless it is interrupted.
    """
    known = {
        tags.IDENTITY: search.identity,
        tags.SWEEP: str(search.settings.trials),
        tags.VERSION: __version__,
    }
    title = (search.experiment, f"search-{search.identity[:6]}")
    try:
        with parent_record(search.tracking, search.folder, search.parent, title, known) as recorder:
            try:
                yield recorder
            finally:
                found = find(search, study)
                for folder in write_found(search, found, as_yaml):
                    recorder.artifact(folder, folder.name)
            keep_figures(workers, recorder, found.finished)
            if not found.best:
                raise _Failed(f"none of {found.ended} trials ended well")
    except _Failed:
        pass


class _Failed(WorkError):
    """There is no best trial: the parent's record says so; what was found says it to the caller."""


@contextmanager
def _carrier(search: Search, trials: Trials, workers: Workers, limits: Limits) -> Iterator[Carrier]:
    """Who carries the jobs; where there is a pruner, these ask between epochs."""
    series, logs = search.objectives[0].series, search.folder / "logs"
    if search.settings.pruner == "none" or series is None:
        with carrier_of(search.request.launcher, search.tracking, workers, limits, logs) as carrier:
            yield carrier
        return
    with answering(trials.judge) as address:
        yield Crew(workers, limits, logs, partial(carry_asking, address, series))
