"""What a search refuses, by its exact words, before anything has started."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from nnlab.__main__ import main
from nnlab.cli.compose import compose_plan
from nnlab.names import members, signature
from nnlab.search.objectives import _usual_direction, measures

SEARCH = ("-m", "hydra/sweeper=optuna", "dataset=digits", "model.neurons=4,8")
MEASURED = (
    "best/val_loss, best/val_accuracy, val/loss, val/accuracy, model/params, model/zero_weights, time/fit_s"
)
SPLIT = "a part of the training set: a search chooses by validation, and the test set is used once"


@pytest.fixture
def told(here: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines that a refused command says; it leaves nothing behind."""

    def call(*words: str) -> list[str]:
        capfd.readouterr()
        assert main(list(words)) == 2
        said = capfd.readouterr()
        assert said.out == ""
        assert not (here / "outputs").exists()
        return [line.removeprefix("error: ") for line in said.err.splitlines()]

    return call


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("hydra.sweeper.trails=3", "hydra.sweeper.trails: unknown key; did you mean 'trials'?"),
        ("hydra.sweeper.trials=0", "hydra.sweeper.trials: 0; a number of at least 1"),
        ("hydra.sweeper.sampler=tep",
         "hydra.sweeper.sampler: 'tep'; 'tpe', 'cmaes', 'gp', 'nsgaii', 'random' or 'grid'"),
        ("hydra.sweeper.pruner=hyper", "hydra.sweeper.pruner: 'hyper'; 'none', 'median', 'hyperband' or 'asha'"),
        ("hydra.sweeper.objective=test/accuracy",
         "hydra.sweeper.objective: test/accuracy; best/val_loss or another of validation: the test set is used "
         "once, at the end"),
        ("hydra.sweeper.objective=val/acuracy",
         f"hydra.sweeper.objective: val/acuracy; one of {MEASURED}; did you mean 'val/accuracy'?"),
        ("hydra.sweeper.objective=[]", "hydra.sweeper.objective: []; at least 1 of them"),
        ("hydra.sweeper.direction=up",
         "hydra.sweeper.direction: 'up'; null, minimize or maximize, or a list of one for each objective"),
        ("hydra.sweeper.direction=[minimize,maximize]",
         "hydra.sweeper.direction: 2 for 1 objectives; null, or one for each objective"),
        ("hydra.sweeper.seed=-1", "hydra.sweeper.seed: -1; a number of at least 0"),
        ("hydra.sweeper.storage=3",
         "hydra.sweeper.storage: 3; null, or the address of a database, such as sqlite:///study.db"),
        ("dataset.validation_split=0", f"dataset.validation_split: 0; {SPLIT}"),
        ("dataset.validation_split=test", f"dataset.validation_split: 'test'; {SPLIT}"),
        ("seed=0,1", "seed: several values; one: a search would choose the luckiest"),
        ("rerun=true",
         "rerun: true; false: a search goes on with its study; another hydra.sweeper.seed begins another"),
        ("optimizer=sgd,adm", None),
        ("optimizer.learning_rate=interval(0,1)",
         "optimizer.learning_rate: 0.0 (in 2 of 4 jobs); a number above 0, or a learning-rate schedule"),
        ("trainer.batch_size=tag(log,interval(8,64))",
         "trainer.batch_size: 8.0 (in 2 of 4 jobs); a whole number"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(word: str, line: str | None, told: Any):
    lines = told(*SEARCH, word)
    if line is None:
        assert lines[0].startswith("optimizer: 'adm'; one of adadelta, ")
        assert lines[0].endswith("did you mean 'adam'?")
        return
    assert lines[0] == line


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("pruner=median", "objective=model/params"),
         "hydra.sweeper.pruner: median; none: model/params has no course by epochs"),
        (("pruner=median", "objective=[val/loss,model/params]"),
         "hydra.sweeper.pruner: median; none where there are several objectives"),
        (("pruner=asha", "hydra/launcher=submitit_local"),
         "hydra.sweeper.pruner: asha; none with hydra/launcher=submitit_local: it asks runs of this machine"),
        (("sampler=cmaes", "objective=[val/loss,model/params]"),
         "hydra.sweeper.sampler: cmaes; tpe, gp, nsgaii, random or grid for several objectives"),
    ],
)  # fmt: skip
def test_settings_that_do_not_go_together_are_told(words: tuple[str, ...], line: str, told: Any):
    assert told(*SEARCH, *(word if "/launcher" in word else f"hydra.sweeper.{word}" for word in words)) == [
        line
    ]


def test_a_grid_has_no_intervals(told: Any):
    words = ("hydra.sweeper.sampler=grid", "optimizer.learning_rate=interval(0.1,1)")
    assert told(*SEARCH, *words) == [
        "optimizer.learning_rate: an interval has no end of values; a list of values for the sampler grid"
    ]


def test_a_pruner_does_not_watch_the_folds_of_a_cross_validation(told: Any):
    assert told(*SEARCH, "cv=kfold", "hydra.sweeper.pruner=asha") == [
        "hydra.sweeper.pruner: asha; none for a cross-validation"
    ]


@pytest.mark.parametrize(("sampler", "package"), [("gp", "torch"), ("cmaes", "cmaes")])
def test_a_missing_extra_is_named(sampler: str, package: str, told: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.search.settings.find_spec", lambda name: None)  # in any environment
    assert told(*SEARCH, f"hydra.sweeper.sampler={sampler}") == [
        f"hydra.sweeper.sampler: {sampler}; the package {package}: pip install 'nnlab[{sampler}]'"
    ]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("-m", "hydra/sweeper=optun"),
         "hydra/sweeper: optun; one of optuna; without it every combination; did you mean 'optuna'?"),
        (("-m", "hydra.sweeper.trials=3"), "hydra.sweeper.trials: 3; only beside hydra/sweeper=optuna"),
        (("-m", "hydra/sweeper=optuna", "hydra/launcher@x=y"),
         "hydra/launcher@x: y; hydra/launcher=…, hydra.launcher.KEY=…, or a search: hydra/sweeper=optuna"),
        (("hydra/sweeper=optuna",), "hydra/sweeper: optuna; only beside -m"),
        (("hydra.launcher.workers=3",), "hydra.launcher.workers: 3; only beside -m"),
    ],
)  # fmt: skip
def test_a_sweeper_is_chosen_beside_m_alone(words: tuple[str, ...], line: str, told: Any):
    assert told("dataset=digits", *words) == [line]


def test_every_metric_of_keras_has_the_name_that_keras_logs():
    own = "metrics=[RootMeanSquaredError,R2Score,{MeanAbsoluteError:{name:far}}]"
    plan = compose_plan(["dataset=boston", own])
    usual = [keras.metrics.RootMeanSquaredError().name, keras.metrics.R2Score().name]
    assert measures(plan) == ["loss", *usual, "far"]
    plan = compose_plan(["dataset=xor", "metrics=[AUC,accuracy,TruePositives]"])
    assert measures(plan) == [
        "loss",
        keras.metrics.AUC().name,
        "accuracy",
        keras.metrics.TruePositives().name,
    ]


def test_a_metric_s_name_says_the_direction_that_keras_knows():
    known = {}
    for name, where in members("metric").items():
        if "name" in signature(where).arguments and not any(
            argument.required for argument in signature(where).arguments.values()
        ):
            metric = getattr(keras.metrics, name)()
            if direction := getattr(metric, "_direction", None):
                known[metric.name] = {"up": "maximize", "down": "minimize"}[direction]
    assert len(known) > 20
    assert {name: _usual_direction(f"best/val_{name}") for name in known} == known
