"""The trials of a study as jobs, trained by nobody: what is asked, met, judged, told, and asked again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import optuna
import pytest

from nnlab.errors import ConfigError, Problem
from nnlab.outcome import Outcome
from nnlab.search import trials as module
from nnlab.search.searching import count_left
from nnlab.search.study import make_pruner
from nnlab.search.trials import Trials
from nnlab.search.wanted import Request, Search, look_up
from nnlab.sweeps.jobs import Job, Result

Ask = Callable[..., Request]
RATE = "optimizer.learning_rate: {log: [0.0001, 0.1]}"
SPACE = f"{{model.neurons: {{int: [2, 64]}}, {RATE}, model.activation: [relu, tanh]}}"


@pytest.fixture(autouse=True)
def nothing_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "meet", lambda tracking, identity: None)


def study_of(search: Search, storage: Any = None) -> optuna.Study:
    return optuna.create_study(
        study_name="s",
        storage=storage or optuna.storages.InMemoryStorage(),
        directions=[objective.direction for objective in search.objectives],
        pruner=make_pruner(search.settings, search.epochs),
        load_if_exists=True,
    )


def loss(job: Job) -> float:
    """Best at 40 neurons and a learning rate of 0.01."""
    return abs(size(job) - 40) / 40 + abs(job.plan.optimizer.arguments["learning_rate"] - 0.01) * 10


def size(job: Job) -> float:
    return float(job.plan.model.plain()["neurons"][0])


def finished(job: Job, **scores: float) -> Result:
    known = {
        "best/val_loss": loss(job),
        "model/params": size(job),
        **scores,
    }
    return Result(job, "FINISHED", Outcome(f"run-{job.number}", "net", Path("nowhere"), known, 1.0))


def carry(search: Search, study: optuna.Study, most: int = 1000, retry: bool = False) -> list[str]:
    """Train one after the other, as one worker does."""
    trials, done = Trials(search, study, None, (), retry), []
    for job in trials.jobs():
        if len(done) == most:
            break
        done.append(" ".join(job.words[5:]))
        trials.take(finished(job))
    return done


NEEDS_TORCH = pytest.mark.skipif(find_spec("torch") is None, reason="nnlab[gp] is not installed")


@pytest.mark.parametrize(
    "sampler", ["tpe", "cmaes", "nsgaii", "random", pytest.param("gp", marks=NEEDS_TORCH)]
)
def test_each_sampler_asks_valid_plans_and_again_the_same_after_a_kill(sampler: str, ask: Ask):
    words = (f"hydra.sweeper.sampler={sampler}", "hydra.sweeper.trials=10", "hydra.sweeper.startup=4")
    search = look_up(ask(*words, sweep=SPACE))
    straight = study_of(search)
    asked = carry(search, straight)
    assert len(asked) == 10
    assert len(set(asked)) > 5
    broken = study_of(search)
    asked_again = carry(search, broken, most=6)  # the seventh has begun and nobody was told of it
    assert [trial.state.name for trial in broken.trials] == ["COMPLETE"] * 6 + ["RUNNING"]
    asked_again += carry(search, broken)
    assert asked_again == asked
    assert broken.best_value == straight.best_value
    other = look_up(ask(*words, "hydra.sweeper.seed=1", sweep=SPACE))
    assert carry(other, study_of(other)) != asked


def test_a_grid_is_every_combination_once_and_in_order(ask: Ask):
    words = ("hydra.sweeper.sampler=grid", "model.neurons=2,4")
    search = look_up(
        ask(*words, sweep="{optimizer: [sgd, adam], when: {optimizer=sgd: {optimizer.momentum: [0, 0.9]}}}")
    )
    study = study_of(search)
    assert count_left(search, study, False) == 6
    assert carry(search, study, most=2) + carry(search, study) == [
        f"optimizer={optimizer} model.neurons={neurons}{momentum}"
        for optimizer, momenta in (("sgd", (" optimizer.momentum=0", " optimizer.momentum=0.9")), ("adam", ("",)))
        for neurons in (2, 4)
        for momentum in momenta
    ]  # fmt: skip
    assert count_left(search, study, False) == 0


def test_several_objectives_make_a_front(ask: Ask):
    words = ("hydra.sweeper.objective=[best/val_loss,model/params]", "hydra.sweeper.trials=12")
    search = look_up(ask(*words, sweep=SPACE))
    study = study_of(search)
    carry(search, study)
    assert [direction.name for direction in study.directions] == ["MINIMIZE", "MINIMIZE"]
    front = [trial.values for trial in study.best_trials]
    assert len(front) > 1
    assert not any(a[0] <= b[0] and a[1] <= b[1] for a in front for b in front if a is not b)


def test_what_is_finished_in_the_store_is_met_and_what_is_under_way_is_waited_for(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    search = look_up(ask("model.neurons=2,4", "hydra.sweeper.trials=6", "hydra.sweeper.sampler=random"))
    study = study_of(search)
    trials = Trials(search, study, None, (), False)
    asked = trials.jobs()
    first, second = next(asked), next(asked)
    assert first.words != second.words
    assert next(asked, None) is None  # the other four are one of these two
    assert [trial.state.name for trial in study.trials] == ["RUNNING"] * 6
    trials.take(finished(first))
    trials.take(finished(second))
    assert len({trial.value for trial in study.trials}) == 2
    assert {trial.state.name for trial in study.trials} == {"COMPLETE"}

    told: list[Result] = []
    met = replace(finished(first).outcome or Outcome(None, "", Path(), {}, 0), met=True)
    monkeypatch.setattr(module, "meet", lambda tracking, identity: met)
    again = study_of(search)
    assert list(Trials(search, again, None, (Told(told),), False).jobs()) == []
    assert [result.state for result in told] == ["MET"] * 6
    assert [trial.user_attrs["run"] for trial in again.trials] == ["run-0"] * 6


class Told:
    def __init__(self, heard: list[Result]):
        self.heard = heard

    def started(self, job: Job) -> None:
        raise AssertionError("nothing is started")

    def ended(self, result: Result) -> None:
        self.heard.append(result)


def test_failed_trials_count_until_they_are_asked_for_again_and_killed_ones_stay_open(ask: Ask):
    search = look_up(ask("hydra.sweeper.trials=4", sweep=SPACE))
    study = study_of(search)
    trials = Trials(search, study, None, (), False)
    for state, job in zip(("FAILED", "KILLED", "TIMEOUT", "FINISHED"), trials.jobs(), strict=True):
        trials.take(finished(job) if state == "FINISHED" else Result(job, state, reason=f"was {state}"))  # type: ignore[arg-type]
    assert [trial.state.name for trial in study.trials] == ["FAIL", "RUNNING", "FAIL", "COMPLETE"]
    assert [trial.user_attrs.get("reason") for trial in study.trials] == [
        "was FAILED",
        None,
        "was TIMEOUT",
        None,
    ]
    assert (count_left(search, study, False), count_left(search, study, True)) == (1, 3)
    assert len(carry(search, study)) == 1
    assert len(carry(search, study, retry=True)) == 2
    assert [trial.params for trial in study.trials[4:]] == [study.trials[0].params, study.trials[2].params]
    assert count_left(search, study, True) == 0


def test_a_score_that_is_no_number_is_a_failure(ask: Ask):
    search = look_up(ask("hydra.sweeper.trials=1", sweep=SPACE))
    study = study_of(search)
    trials = Trials(search, study, None, (), False)
    (job,) = trials.jobs()
    trials.take(finished(job, **{"best/val_loss": float("nan")}))
    assert study.trials[0].state.name == "FAIL"
    assert study.trials[0].user_attrs["reason"] == "best/val_loss is no finite number"


GOOD, BAD = [0.9, 0.5, 0.3, 0.2], [2.0, 1.9, 1.8, 1.7]


def judged(search: Search, curves: Sequence[Sequence[float]]) -> list[int]:
    """After how many epochs each run is ended, one run after the other; 4 is all."""
    study = study_of(search)
    trials, ends = Trials(search, study, None, (), False), []
    for job, curve in zip(trials.jobs(), curves, strict=True):
        told = next((epoch for epoch in range(1, 4) if trials.judge(job.number, curve[:epoch])), 4)
        ends.append(told)
        if told < 4:
            reason = trials.judge(job.number, curve[:told])
            assert (
                reason
                == f"after epoch {told}: val_loss {curve[told - 1]:.4g}, ended by {search.settings.pruner}"
            )
            trials.take(Result(job, "PRUNED", reason=reason))
        else:
            trials.take(finished(job))
    assert [trial.state.name for trial in study.trials] == [
        "PRUNED" if end < 4 else "COMPLETE" for end in ends
    ]
    return ends


@pytest.mark.parametrize(
    ("words", "curves", "ends"),
    [
        # Better than the median of those before it at the same epoch, or ended there.
        (("pruner=median", "startup=2"), [BAD, GOOD, GOOD, BAD, GOOD], [4, 4, 4, 1, 4]),
        (("pruner=median", "startup=2", "warmup=3"), [GOOD, GOOD, BAD], [4, 4, 3]),
        (("pruner=median", "startup=9"), [GOOD, GOOD, BAD], [4, 4, 4]),
        # Rungs at 1 and 4 epochs; of those at a rung the best quarter goes on, and the first always.
        (("pruner=asha",), [GOOD, BAD, GOOD, BAD], [4, 1, 4, 1]),
        (("pruner=none",), [GOOD, BAD], [4, 4]),
    ],
)
def test_a_pruner_ends_poor_curves_and_no_good_one(
    words: tuple[str, ...], curves: Any, ends: list[int], ask: Ask
):
    own = [f"hydra.sweeper.{word}" for word in (*words, f"trials={len(curves)}")]
    assert judged(look_up(ask(*own, sweep=SPACE)), curves) == ends


def test_hyperband_sorts_runs_into_brackets_and_prunes_in_the_eager_one(ask: Ask):
    own = [f"hydra.sweeper.{word}" for word in ("pruner=hyperband", "trials=12")]
    ends = judged(look_up(ask(*own, sweep=SPACE)), [GOOD, *[BAD] * 11])
    assert ends[0] == 4
    assert 1 in ends[1:]
    assert set(ends) <= {1, 3, 4}


def test_the_verdict_of_an_epoch_stands_when_the_run_asks_again(ask: Ask):
    search = look_up(ask("hydra.sweeper.pruner=asha", "hydra.sweeper.trials=2", sweep=SPACE))
    study = study_of(search)
    trials = Trials(search, study, None, (), False)
    jobs = trials.jobs()
    good = next(jobs)
    assert trials.judge(good.number, GOOD[:1]) == ""
    trials.take(finished(good))
    bad = next(jobs)
    reason = trials.judge(bad.number, BAD[:1])
    assert reason
    # The search was killed before it heard that the run had ended: the run goes on from its checkpoint, and asks.
    later = Trials(search, study, None, (), False)
    assert next(later.jobs()).number == bad.number
    assert later.judge(bad.number, BAD[:1]) == reason


def test_a_plan_that_only_shows_as_impossible_when_it_is_asked_is_a_failed_trial(ask: Ask):
    request = ask("hydra.sweeper.trials=8", "hydra.sweeper.sampler=random", sweep=SPACE)
    search = look_up(request)

    def refuse_small(jobs: Any) -> Any:
        (plan,) = request.compose(jobs)
        if plan.model.plain()["neurons"][0] < 33:
            raise ConfigError([Problem("model.neurons", "few", "many")])
        return [plan]

    strict = replace(search, request=replace(request, compose=refuse_small))
    study = study_of(strict)
    carry(strict, study)
    small = [trial.params["model.neurons"] < 33 for trial in study.trials]
    assert [trial.state.name for trial in study.trials] == ["FAIL" if few else "COMPLETE" for few in small]
    assert set(small) == {True, False}
    assert {trial.user_attrs.get("reason") for trial in study.trials} == {None, "model.neurons: few; many"}
