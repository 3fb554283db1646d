"""The plan of a cross-validation: what it may say, and that all candidates are checked beforehand."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from nnlab.checking.reading import read_candidates, read_plan
from nnlab.cli.compose import compose_plan
from nnlab.errors import ConfigError
from nnlab.identity import identify

KFOLD = {"name": "KFold", "folds": 5, "repeats": 1, "shuffle": True, "fold": None, "choose": None}
CV = {**KFOLD, "inner_folds": None}
NESTED = {**KFOLD, "inner_folds": 3}
OPTIONS = sorted(path.stem for path in (Path(__file__).parents[2] / "conf" / "cv").glob("*.yaml"))


NEEDED = {
    "nested": ["dataset=diabetes", "cv.choose={optimizer.learning_rate:[0.1,0.01]}"],
    "grouped": ["dataset=csv", "dataset.path=own.csv", "dataset.target=y", "dataset.groups=who"],
}
"""What an option cannot do without."""


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_a_plan(option: str):
    Path("own.csv").write_text("a,y,who\n1,0,x\n2,1,y\n")
    plan = compose_plan([f"cv={option}", *NEEDED.get(option, ["dataset=diabetes"])])
    assert (plan.cv is None) == (option == "none")
    assert read_plan(yaml.safe_load(yaml.safe_dump(plan.plain()))) == plan


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        (
            {"cv": {"name": None, "folds": 3}},
            ["cv.folds: unknown key; there is no cross-validation: choose cv=kfold …"],
        ),
        ({"cv": 3}, ["cv: 3; a section, or an option of conf/cv/"]),
        (
            {"cv": {**CV, "name": "KFolds"}},
            ["cv.name: 'KFolds'; 'KFold', 'StratifiedKFold', 'GroupKFold' or 'StratifiedGroupKFold'"],
        ),
        ({"cv": {**CV, "folds": 1}}, ["cv.folds: 1; a number of at least 2"]),
        ({"cv": {**CV, "fold": 6}}, ["cv.fold: 6; 1 to 5, or null for all"]),
        ({"cv": {**CV, "repeats": 2, "shuffle": False}}, ["cv.repeats: 2 equal cuts; 1, or cv.shuffle=true"]),
        (
            {"cv": {**CV, "name": "GroupKFold"}},
            ["cv.name: 'GroupKFold'; a dataset with dataset.groups=NAME (csv, npz), or KFold"],
        ),
        (
            {"cv": {**CV, "name": "StratifiedKFold"}, "dataset.task": "regression"},
            ["cv.name: 'StratifiedKFold'; toy has no classes: KFold"],
        ),
        (
            {"cv": NESTED},
            ["cv.choose: null; {KEY: [VALUE, …]} beside cv.inner_folds, or cv.inner_folds=null"],
        ),
        (
            {"cv": {**CV, "choose": {"model.neurons": [4, 8]}}},
            ["cv.inner_folds: null; a number of at least 2 beside cv.choose, or cv.choose=null"],
        ),
        (
            {"cv": {**NESTED, "choose": {"modl.neurons": [4, 8]}}},
            [
                "cv.choose: 'modl.neurons'; keys of model, optimizer, regularizer, callbacks, trainer; "
                "loss or dataset.preprocessing; did you mean 'model'?"
            ],
        ),
        (
            {"cv": {**NESTED, "choose": {"model.neurons": [4]}}},
            ["cv.choose: 1 values of model.neurons; at least 2 to choose from"],
        ),
        (
            {"cv": {**NESTED, "choose": {"optimizer.learning_rate": [0.1, -1], "model.neurns": [1, 2]}}},
            [
                "model.neurns: unknown key (in 4 of 4 candidates of cv.choose); did you mean 'neurons'?",
                "optimizer.learning_rate: -1 (in 2 of 4 candidates of cv.choose); "
                "a number above 0, or a learning-rate schedule",
            ],
        ),
    ],
)
def test_refusals(changes: dict[str, Any], lines: list[str], complaints: Any):
    assert complaints(changes) == lines


def test_candidates_are_every_combination_as_plans_of_one_fold():
    values = {
        "optimizer.learning_rate": "[0.1,0.01]",
        "model.neurons": "[4,[8,8]]",
        "callbacks.early_stopping.patience": "[1,2]",
    }
    choose = ",".join(f"{key}:{value}" for key, value in values.items())
    words = ["dataset=diabetes", "cv=nested", "callbacks=early_stopping", "optimizer=sgd"]
    plan = compose_plan([*words, f"cv.choose={{{choose}}}"])
    found = read_candidates(plan)
    assert [dict(choice)["callbacks.early_stopping.patience"] for choice, _ in found] == [1, 2] * 4
    choice, last = found[-1]
    assert choice == {
        "optimizer.learning_rate": 0.01,
        "model.neurons": [8, 8],
        "callbacks.early_stopping.patience": 2,
    }
    assert last.optimizer.arguments["learning_rate"] == 0.01
    assert last.model.plain()["neurons"] == [8, 8]
    assert last.callbacks["early_stopping"].arguments["patience"] == 2
    assert last.cv is not None
    assert (last.cv.choose, last.cv.inner_folds, last.cv.folds) == (None, None, 5)
    assert last.loss == plan.loss


def test_no_cross_validation_leaves_identities_as_they_were():
    plan = compose_plan(["dataset=diabetes"])
    assert plan.cv is None
    assert "cv" not in {key for key, value in plan.plain().items() if value is not None}
    words = ["dataset=diabetes", "cv=kfold"]
    found = {
        identify(compose_plan([*words, *more]), "data", 1)
        for more in ([], ["cv.fold=1"], ["cv.fold=2"], ["rerun=true"], ["cv.folds=4"])
    }
    assert len(found | {identify(plan, "data", 1)}) == 5


def test_a_watched_fold_flatters_only_what_could_act_on_it():
    words = ["dataset=diabetes", "dataset.validation_split=test"]
    assert compose_plan(words).watches_test
    assert not compose_plan([*words, "cv=kfold"]).watches_test
    assert compose_plan([*words, "cv=kfold", "callbacks=early_stopping"]).watches_test


def test_a_candidate_that_is_wrong_is_refused_before_tensorflow():
    with pytest.raises(ConfigError, match=r"trainer.epochs: 0 \(in 1 of 2 candidates of cv.choose\)"):
        compose_plan(["dataset=diabetes", "cv=nested", "cv.choose={trainer.epochs:[0,1]}"])
