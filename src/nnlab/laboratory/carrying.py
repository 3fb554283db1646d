"""Running what has not run yet: each run in a process of its own, one after another, told in a line each."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.laboratory.experiment import Experiment, Trial
from nnlab.laboratory.meeting import meet_trials, read_archive
from nnlab.laboratory.verdict import Verdict
from nnlab.plan import Tracking
from nnlab.sweeps.crew import crew_of
from nnlab.sweeps.jobs import Job, Limits, Result
from nnlab.sweeps.running import run_jobs
from nnlab.tracking import tags

LOGS = Path("outputs/laboratory")
ALONE = Limits(workers=1, seconds=None, megabytes=None, grace=10.0)
"""One run at a time with the whole machine: the page tells how long each takes."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What is wanted: so many seeds of every experiment, or as many as its cost allows; where runs are kept."""

    experiments: Sequence[Experiment]
    seeds: int | None
    tracking: Tracking


def carry_out_order(order: Order, say: Say) -> dict[str, Verdict]:
    """Run what is missing; per experiment that has no result, why not.

    First every experiment once, then the repeats of those that turned out to be cheap. A run that fails or is
    killed does not end the others. Raises TrackingError, and Interrupted when asked to end: the same call goes on.
    """
    troubles = {experiment.name: trouble for experiment, trouble in _without_data(order)}
    crew = _Crew(troubles, say)
    crew.carry(_missing(order, troubles, repeats=False), "first runs")
    crew.carry(_missing(order, troubles, repeats=True), "repeats")
    return troubles


def _missing(order: Order, troubles: Collection[str], repeats: bool) -> list[Trial]:
    """The trials that have no run, of experiments without trouble: all first ones, or the repeats."""
    trials = [
        trial for several in _trials(order) for trial in several if trial.experiment.name not in troubles
    ]
    return [trial for trial in trials if trial.run is None and (trial.seed > 0) == repeats]


def _trials(order: Order) -> list[list[Trial]]:
    archive = read_archive(order.tracking)
    return [meet_trials(experiment, archive, order.seeds) for experiment in order.experiments]


def _without_data(order: Order) -> Iterator[tuple[Experiment, Verdict]]:
    """The experiments that have a run to do and whose data cannot be had; each dataset is asked for once."""
    answers: dict[str, Verdict | None] = {}
    for trials in _trials(order):
        experiment = trials[0].experiment
        dataset = experiment.plan.dataset
        if all(trial.run for trial in trials):
            continue
        if dataset.name not in answers:
            answers[dataset.name] = _try(dataset.load)
        if (answer := answers[dataset.name]) and not any(trial.run for trial in trials):
            yield experiment, answer


def _try(load: Callable[[], object]) -> Verdict | None:
    try:
        load()
    except NnlabError as error:
        return Verdict("parameters only", str(error).splitlines()[0])
    return None


class _Crew:
    """Runs trials and remembers what each experiment took and what went wrong."""

    def __init__(self, troubles: dict[str, Verdict], say: Say):
        self._troubles, self._say = troubles, say
        self._took: dict[str, float] = {}

    def carry(self, trials: Sequence[Trial], what: str) -> None:
        """Run the trials; a line for each."""
        if not trials:
            return
        self._say(f"{what}: {len(trials)}")
        jobs = [Job(at, trial.words, trial.plan, _tags(trial)) for at, trial in enumerate(trials)]
        with crew_of(ALONE, LOGS / what.replace(" ", "-")) as crew:
            for done, result in enumerate(run_jobs(jobs, crew), 1):
                trial = trials[result.job.number]
                self._took[trial.experiment.name] = result.seconds
                if not result.good:
                    self._troubles[trial.experiment.name] = Verdict("failed", result.reason)
                told = f"{trial.title}: {_tell(trial, result)}, {result.seconds:.0f} s"
                self._say(f"[{done}/{len(trials)}] {told}{self._tell_left(trials[done:])}")

    def _tell_left(self, trials: Sequence[Trial]) -> str:
        """`; about 12 min left` by what each took before; runs of unknown length are counted."""
        expected = [self._expect(trial) for trial in trials]
        known = sum(seconds for seconds in expected if seconds is not None)
        unknown = sum(seconds is None for seconds in expected)
        minutes = f"about {max(1, round(known / 60))} min left" if known else ""
        more = f"{unknown} of unknown length" if unknown else ""
        return f"; {' and '.join(filter(None, [minutes, more]))}" if trials else ""

    def _expect(self, trial: Trial) -> float | None:
        reached = trial.experiment.header.reached
        return self._took.get(trial.experiment.name, reached.seconds if reached else None)


def _tags(trial: Trial) -> dict[str, str]:
    return {tags.EXPERIMENT: trial.experiment.name}


def _tell(trial: Trial, result: Result) -> str:
    """How a run ended, in a few words."""
    if result.outcome is None:
        return f"{result.state.lower().replace('_', ' ')}: {result.reason} (log: {result.log})"
    score = trial.experiment.score_of(result.outcome.scores)
    return f"{score} {score.tell(result.outcome.scores[score.metric])}" if score else "finished"
