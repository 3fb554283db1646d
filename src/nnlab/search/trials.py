"""The trials of a study as jobs: asked for one by one, judged while they train, told how they ended."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnlab.errors import ConfigError
from nnlab.outcome import Outcome, meet
from nnlab.search.curves import read_curve
from nnlab.search.space import Parameter, Value
from nnlab.search.study import make_fixed, make_sampler
from nnlab.search.wanted import Search
from nnlab.sweeps.identities import identities
from nnlab.sweeps.jobs import Job, Result
from nnlab.sweeps.running import Listener
from nnlab.tracking import tags
from nnlab.tracking.family import adopt

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

WORDS, IDENTITY, RUN, REASON, PRUNED, AGAIN = "words", "identity", "run", "reason", "pruned", "again"
"""What a trial says of itself beside its parameters; `again` that it repeats one that failed."""


class Trials:
    """The trials of a search, in this process alone.

    parent: the run below which theirs belong. told: hears of what is met. retry: whether failed ones are repeated.
    """

    def __init__(
        self, search: Search, study: "Study", parent: str | None, told: Sequence[Listener], retry: bool
    ):
        self.search, self.study, self.parent, self.told = search, study, parent, told
        self._lock = threading.RLock()
        self._open: dict[int, Trial] = {}
        self._reported: dict[int, int] = {}
        self._numbers: dict[str, list[int]] = {}
        self._hashes: dict[str, str] = {}
        self._again = failed_before(study) if retry else []
        self._total = wanted_trials(search, study) + len(self._again)

    def jobs(self) -> Iterator[Job]:
        """What has to be trained: first what a killed search left, then what the sampler proposes."""
        from optuna.trial import Trial, TrialState

        for left in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            self.study.sampler = self._sampler(left.number)
            # The documented ways lead to a new trial; this one has its parameters, and keeps its number.
            trial = Trial(self.study, left._trial_id)
            self._reported[left.number] = max(left.intermediate_values, default=0)
            if job := self._begin(trial):
                yield job
        while len(self.study.get_trials(deepcopy=False)) < self._total:
            if job := self._begin(self._ask()):
                yield job

    def take(self, result: Result) -> None:
        """Tell the study how a run ended; a run that was killed stays open, for the next time."""
        identity = self._open[result.job.number].user_attrs[IDENTITY]
        for number in self._numbers.pop(identity):
            with self._lock:
                self._tell(self._open.pop(number), result)

    def judge(self, number: int, curve: Sequence[float]) -> str:
        """Why a run is to end after these epochs, empty where it is to go on. Safe in any thread."""
        with self._lock:
            trial = self._open[number]
            self._report(trial, curve)
            if PRUNED not in trial.user_attrs and trial.should_prune():
                told = f"after epoch {len(curve)}: {self.search.objectives[0].series} {curve[-1]:.4g}"
                trial.set_user_attr(PRUNED, f"{told}, ended by {self.search.settings.pruner}")
            return trial.user_attrs.get(PRUNED, "")

    def _ask(self) -> "Trial":
        with self._lock:
            number = len(self.study.get_trials(deepcopy=False))
            again = self._again.pop(0) if self._again else None
            self.study.sampler = make_fixed(again) if again else self._sampler(number)
            trial = self.study.ask()
            if again:
                trial.set_user_attr(AGAIN, True)
            return trial

    def _sampler(self, number: int) -> "BaseSampler":
        settings = self.search.settings
        if settings.sampler != "grid":
            return make_sampler(settings, self.search.seed, number)
        tried = [trial.params for trial in self.study.get_trials(deepcopy=False) if trial.number != number]
        return make_fixed(next(values for values in self.search.request.space.grid() if values not in tried))

    def _begin(self, trial: "Trial") -> Job | None:
        """The job of a trial; None where there is nothing to train, which the study then knows, or will."""
        with self._lock:
            space = self.search.request.space
            point = space.point(space.decide(lambda parameter: _suggest(trial, parameter)))
            trial.set_user_attr(WORDS, [f"{key}={value}" for key, value in point])
            self._open[trial.number] = trial
            below = {tags.PARENT: self.parent} if self.parent else {}
            try:
                job = self.search.request.job(trial.number, point, below)
            except ConfigError as error:
                self._fail(self._open.pop(trial.number), str(error.problems[0]))
                return None
            (identity,) = identities([job.plan], self._hashes)
            trial.set_user_attr(IDENTITY, identity)
        return self._place(job, identity)

    def _place(self, job: Job, identity: str) -> Job | None:
        same = self._numbers.setdefault(identity, [])
        same.append(job.number)
        if len(same) > 1:
            return None
        met = meet(job.plan.tracking, identity)
        if met is None:
            return job
        if self.parent and met.run_id:
            adopt(job.plan.tracking, met.run_id, self.parent)
        result = Result(job, "MET", met)
        self.take(result)
        for one in self.told:
            one.ended(result)
        return None

    def _tell(self, trial: "Trial", result: Result) -> None:
        from optuna.trial import TrialState

        if result.state == "KILLED":
            return
        if result.state == "PRUNED":
            self.study.tell(trial, state=TrialState.PRUNED)
        elif result.outcome is None:
            self._fail(trial, result.reason)
        else:
            self._complete(trial, result.outcome)

    def _complete(self, trial: "Trial", outcome: Outcome) -> None:
        goals = self.search.objectives
        values = [goal.value(outcome.scores) for goal in goals]
        if missing := [goal.metric for goal, value in zip(goals, values, strict=True) if value is None]:
            self._fail(trial, f"{missing[0]} is no finite number")
            return
        trial.set_user_attr(RUN, outcome.run_id)
        if len(goals) == 1 and goals[0].series:
            self._report(trial, read_curve(outcome.folder, goals[0].series))
        self.study.tell(trial, [value for value in values if value is not None])

    def _fail(self, trial: "Trial", reason: str) -> None:
        from optuna.trial import TrialState

        trial.set_user_attr(REASON, reason)
        self.study.tell(trial, state=TrialState.FAIL)

    def _report(self, trial: "Trial", curve: Sequence[float]) -> None:
        """The epochs that the study does not know yet."""
        known = self._reported.get(trial.number, 0)
        for epoch, value in enumerate(curve[known:], known + 1):
            trial.report(value, epoch)
        self._reported[trial.number] = max(known, len(curve))


def _suggest(trial: "Trial", parameter: Parameter) -> Value:
    from optuna.distributions import FloatDistribution, IntDistribution

    match parameter.distribution:
        case FloatDistribution(low=low, high=high, step=step, log=log):
            return trial.suggest_float(parameter.name, low, high, step=step, log=log)
        case IntDistribution(low=low, high=high, step=step, log=log):
            return trial.suggest_int(parameter.name, low, high, step=step, log=log)
        case choice:
            return trial.suggest_categorical(parameter.name, choice.choices)  # type: ignore[attr-defined]


def wanted_trials(search: Search, study: "Study | None") -> int:
    """How many trials there are to be, those that repeat failed ones included."""
    there = study.get_trials(deepcopy=False) if study else []
    wanted = search.settings.trials
    if search.settings.sampler == "grid":
        wanted = min(wanted, sum(1 for _ in search.request.space.grid()))
    return wanted + sum(AGAIN in trial.user_attrs for trial in there)


def failed_before(study: "Study") -> list[Mapping[str, Any]]:
    """The parameters of failed trials that no later one repeats."""
    from optuna.trial import TrialState

    trials = study.get_trials(deepcopy=False)
    return [
        trial.params
        for trial in trials
        if trial.state == TrialState.FAIL and not any(_repeats(later, trial) for later in trials)
    ]


def _repeats(later: "FrozenTrial", trial: "FrozenTrial") -> bool:
    return later.number > trial.number and AGAIN in later.user_attrs and later.params == trial.params
