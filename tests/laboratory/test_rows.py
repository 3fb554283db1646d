"""What an experiment's runs reach, summed up; which runs of a store are its own."""

from dataclasses import replace

import pytest

from nnlab.cli.compose import compose_plan
from nnlab.errors import DataError
from nnlab.laboratory.experiment import Trial, Variant
from nnlab.laboratory.meeting import Archive, meet_trials
from nnlab.laboratory.reached import read_reached
from nnlab.laboratory.row import make_row
from nnlab.laboratory.tried import format_tried
from nnlab.laboratory.verdict import Verdict


def trials(experiment, *runs):
    return [Trial(experiment, seed, run) for seed, run in enumerate(runs)]


def test_runs_are_summed_up_as_a_reader_sees_them(experiment, finished):
    one = experiment("tiny/one", "train accuracy 90 %, test accuracy 80 %, test loss 0.5; 650 parameters.")
    runs = [
        finished({"test/accuracy": accuracy, "train/accuracy": 0.9, "test/loss": 0.123456})
        for accuracy in (0.80001, 0.81001, 0.82001)
    ]
    row = make_row(one, trials(one, *runs), None)
    assert str(row.reached) == (
        "test accuracy 81 % ± 1, train accuracy 90 %, test loss 0.1235 (3 seeds); 9.4 s a run, 2 threads."
    )
    assert (str(row.verdict), row.parameters, row.has_equal_parameters) == ("met", 650, True)


def test_processor_time_is_told_where_every_run_noted_it(experiment, finished):
    one = experiment()
    noted = [finished({"test/accuracy": 0.5, "time/cpu_s": seconds}) for seconds in (10.0, 13.0)]
    reached = make_row(one, trials(one, *noted), None).reached
    assert str(reached).endswith("9.4 s a run (12 s of processor), 2 threads.")
    assert read_reached(str(reached)) == reached
    mixed = make_row(one, trials(one, *noted, finished({"test/accuracy": 0.5})), None).reached
    assert str(mixed).endswith("9.4 s a run, 2 threads.")


def test_without_a_published_number_the_test_score_is_told(experiment, finished):
    one = experiment()
    row = make_row(one, trials(one, finished({"test/accuracy": 0.5, "train/accuracy": 1.0})), None)
    assert str(row.reached).startswith("test accuracy 50 % (1 seed)")
    assert row.has_equal_parameters is None


def test_other_parameters_than_published_are_noticed(experiment, finished):
    one = experiment("tiny/one", "no number; 651 parameters.")
    assert make_row(one, trials(one, finished({})), None).has_equal_parameters is False
    assert make_row(one, trials(one, None), None).has_equal_parameters is False


def test_without_runs_the_header_is_the_memory(experiment):
    line = "Reached: test accuracy 96 % ± 0.1 (3 seeds); 9.0 s a run, 2 threads."
    one = experiment("tiny/one", "test accuracy 97 %.", line)
    row = make_row(one, trials(one, None), None)
    assert str(row.verdict) == "not met: 96 % against 97 %, 1 point short"
    assert not row.runs


def test_data_that_is_not_here_is_told_and_not_fetched(experiment, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "cache"))
    plan = compose_plan(["dataset=cifar100", "model=perceptron"])
    row = make_row(replace(experiment(), plan=plan), [], None)
    assert str(row.verdict) == "parameters only: its data is not here: `nnlab data fetch cifar100`"
    assert row.parameters == 307_300
    assert not list(tmp_path.glob("cache/*"))


def test_without_runs_and_memory_it_is_said_why(experiment):
    one = experiment("tiny/one", "test accuracy 97 %.")
    assert str(make_row(one, trials(one, None), None).verdict) == "not run yet"
    killed = Verdict("failed", "ended by SIGKILL")
    assert str(make_row(one, trials(one, None), killed).verdict) == "failed: ended by SIGKILL"


def test_parameters_that_only_the_data_can_tell_stay_open(experiment, monkeypatch):
    one = experiment()

    def refuse(self):
        raise DataError("no file")

    monkeypatch.setattr(type(one.plan.dataset), "spec", refuse)
    assert make_row(one, trials(one, None), None).parameters is None


@pytest.fixture
def swept(experiment, plan):
    """An experiment of three networks, as trials with these runs."""
    one = experiment("tiny/one", "no number; 650 parameters.")
    variants = tuple(
        Variant((f"optimizer={name}",), (f"optimizer={name}",), plan) for name in ("sgd", "adam", "lion")
    )
    one = replace(one, variants=variants)

    def make(*runs):
        return [Trial(one, 0, run, variant) for run, variant in zip(runs, variants, strict=True)]

    return make


def test_the_best_of_a_sweep_is_chosen_by_validation(swept, finished):
    good = {"val/accuracy": 0.9, "test/accuracy": 0.7}
    lucky = {"val/accuracy": 0.8, "test/accuracy": 0.99}
    trials = swept(finished(lucky), finished({**good, "model/params": 1290.0}), None)
    row = make_row(trials[0].experiment, trials, None)
    assert [trial.title for trial in row.tried] == ["tiny/one optimizer=adam", "tiny/one optimizer=sgd"]
    assert str(row.reached).startswith("test accuracy 70 % (1 seed)")
    assert row.has_equal_parameters
    summary = "tiny/one: every network tried, 2, best by validation first; 1 of 3 not run yet"
    assert format_tried(row).splitlines() == [
        f"<details><summary>{summary}</summary>",
        "",
        "| optimizer | parameters | validation | test | time |",
        "|---|---:|---:|---:|---:|",
        "| adam | 1 290 | accuracy 90 % | accuracy 70 % | 9 s |",
        "| sgd | 650 | accuracy 80 % | accuracy 99 % | 9 s |",
        "",
        "</details>",
    ]


def test_numbers_are_chosen_by_the_smaller_validation_loss_and_last_those_without(swept, finished):
    runs = [finished({"test/mae": 1.0}), finished({"val/loss": 2.0}), finished({"val/loss": 1.0})]
    trials = swept(*runs)
    row = make_row(trials[0].experiment, trials, None)
    assert [trial.run for trial in row.tried] == [runs[2], runs[1], runs[0]]


@pytest.fixture
def identity(plan):
    """The identity of a seed of the plan, on data `d` with two threads."""
    from nnlab.identity import identify

    return lambda seed: identify(plan.model_copy(update={"seed": seed}), "d", 2)


def test_runs_are_met_by_identity_whatever_machine_made_them(experiment, finished, identity):
    runs = [finished({}, identity=identity(0)), finished({}, identity="another")]
    found = meet_trials(experiment(), Archive(runs), None)
    assert [trial.run for trial in found] == [runs[0], None, None]
    assert [trial.seed for trial in found] == [0, 1, 2]


def test_only_what_has_finished_is_met_and_the_newest_of_several(experiment, finished, identity):
    failed = finished({}, identity=identity(0), status="FAILED")
    assert meet_trials(experiment(), Archive([failed]), 1)[0].run is None
    older, newer = finished({}, identity=identity(0)), finished({}, identity=identity(0))
    assert meet_trials(experiment(), Archive([newer, failed, older]), 1)[0].run == newer


@pytest.mark.parametrize(
    ("seconds", "asked", "count"),
    [(299, None, 3), (301, None, 1), (None, None, 1), (301, 5, 5), (1, 2, 2)],
)
def test_what_is_cheap_is_repeated(experiment, finished, identity, seconds, asked, count):
    runs = [] if seconds is None else [finished({"time/total_s": seconds}, identity=identity(0))]
    assert len(meet_trials(experiment(), Archive(runs), asked)) == count


def test_a_trial_is_the_experiment_with_its_seed(experiment):
    trial = Trial(experiment("mlp/first"), 3)
    assert trial.words == ("experiments=mlp/first", "seed=3")
    assert trial.plan.seed == 3
