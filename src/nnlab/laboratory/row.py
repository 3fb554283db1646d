"""A row of the laboratory's page: an experiment, what its runs reach, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.analysis.spread import measure_spread
from nnlab.data.published import Published
from nnlab.errors import DataError, FetchError
from nnlab.laboratory.claims import Score
from nnlab.laboratory.experiment import Experiment, Trial
from nnlab.laboratory.meeting import cpu_seconds_of, seconds_of
from nnlab.laboratory.reached import Measured, Reached
from nnlab.laboratory.verdict import Verdict, judge_claims
from nnlab.plan import Dataset
from nnlab.tracking.rows import RunRow


@dataclass(frozen=True)
class Row:
    """One experiment on the page.

    runs: its finished runs, by seed; of a sweep, that of the best network by validation. tried: a sweep's networks
    that have run, the best by validation first. reached: what the runs reach, or what the header says where there
    are none. parameters: of nnlab's network, None where only the data could tell.
    """

    experiment: Experiment
    runs: tuple[RunRow, ...]
    tried: tuple[Trial, ...]
    reached: Reached | None
    parameters: int | None
    verdict: Verdict

    @property
    def has_equal_parameters(self) -> bool | None:
        """Whether the network has as many parameters as published; None where there is nothing to compare."""
        published = self.experiment.header.parameters
        return None if published is None or self.parameters is None else published == self.parameters


def make_row(experiment: Experiment, trials: Sequence[Trial], trouble: Verdict | None) -> Row:
    """Sum up an experiment's trials. trouble: why it has no run, as this session met it."""
    tried = _tried(experiment, trials)
    runs = tuple(trial.run for trial in (tried[:1] if experiment.variants else trials) if trial.run)
    reached = sum_up(experiment, runs) if runs else experiment.header.reached
    verdict = _verdict(experiment, reached, trouble)
    return Row(experiment, runs, tried, reached, _parameters(experiment, runs), verdict)


def _tried(experiment: Experiment, trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """A sweep's networks that have run; none where the header knows the best of all, and this store only some."""
    found = rank_trials(trials) if experiment.variants else ()
    return () if experiment.header.reached and len(found) < len(experiment.variants) else found


def rank_trials(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """The trials that have run, the best by validation first: the test set chooses nothing.

    By accuracy where they have one, else by loss; those without validation come last.
    """
    return tuple(sorted((trial for trial in trials if trial.run), key=_rank))


def validation_score(run: RunRow) -> Score | None:
    """What a run is chosen by, None for one without validation."""
    scores = (Score("validation", name) for name in ("accuracy", "loss"))
    return next((score for score in scores if score.metric in run.scores), None)


def _rank(trial: Trial) -> tuple[bool, float]:
    score = validation_score(trial.run) if trial.run else None
    if trial.run is None or score is None:
        return True, 0.0
    value = trial.run.scores[score.metric]
    return False, -value if score.grows else value


def sum_up(experiment: Experiment, runs: Sequence[RunRow]) -> Reached:
    """The runs' scores as mean and deviation: the main published one first, then the others, rounded as told."""
    claims = experiment.header.published
    first = experiment.score_of(runs[0].scores)
    wanted = [first] if first else []
    wanted += [claim.score for claim in claims if claim.score not in wanted]
    measured = [_measure(score, runs) for score in wanted if all(score.metric in run.scores for run in runs)]
    seconds = seconds_of(runs)
    threads = int(runs[0].tags.get("nnlab.threads", 1))
    told = round(seconds, 0 if seconds >= 10 else 1)
    return Reached(tuple(measured), len(runs), told, threads, cpu_seconds_of(runs))


def _measure(score: Score, runs: Sequence[RunRow]) -> Measured:
    spread = measure_spread([run.scores[score.metric] for run in runs])
    return Measured(score, score.round(spread.mean), score.round(spread.std))


def _parameters(experiment: Experiment, runs: Sequence[RunRow]) -> int | None:
    if runs and not experiment.variants and "model/params" in runs[0].scores:
        return int(runs[0].scores["model/params"])
    try:
        return experiment.count_parameters()
    except (DataError, FetchError):
        return None


def _verdict(experiment: Experiment, reached: Reached | None, trouble: Verdict | None) -> Verdict:
    if reached is not None:
        return judge_claims(experiment.header.published, reached)
    return trouble or _why_not_run(experiment.plan.dataset)


def _why_not_run(dataset: Dataset) -> Verdict:
    """Nobody asked for it; and perhaps its data is not here, which is not fetched for the sake of a page."""
    if isinstance(dataset, Published) and not dataset.is_here():
        return Verdict("parameters only", f"its data is not here: `nnlab data fetch {dataset.name}`")
    return Verdict("not run yet")
