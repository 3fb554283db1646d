"""What a search says when it has ended, and what it leaves: tables, and plans that can be run."""

import json
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
import yaml
from test_trials import SPACE, carry, study_of

from nnlab.cli.compose import compose_plan
from nnlab.cli.experiment_yaml import as_experiment
from nnlab.cli.searching import describe_found, describe_outlook, resume_search
from nnlab.errors import RequestError, WorkError
from nnlab.search import trials as module
from nnlab.search.found import find, write_found
from nnlab.search.searching import count_left
from nnlab.search.study import JOURNAL, mend_journal, open_storage
from nnlab.search.wanted import Request, look_up
from nnlab.sweeps.workers import Workers

Ask = Callable[..., Request]


@pytest.fixture(autouse=True)
def nothing_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "meet", lambda tracking, identity: None)


def test_one_objective_has_one_best_plan(ask: Ask, here: Path):
    search = look_up(ask("hydra.sweeper.trials=5", sweep=SPACE))
    study = study_of(search)
    assert describe_outlook(None, count_left(search, None, False)) == "5 trials: 5 to do"
    carry(search, study)
    found = find(search, study)
    assert (
        describe_outlook(study, count_left(search, study, False)) == "5 trials: 5 done (5 complete), 0 to do"
    )
    write_found(search, found, as_experiment)
    rows = json.loads((search.folder / "tables" / "summary.json").read_text())
    assert [row["trial"] for row in rows] == [0, 1, 2, 3, 4]
    assert [row["trial"] for row in rows if row["best"]] == [study.best_trial.number]
    assert min(row["best/val_loss"] for row in rows) == study.best_value
    best = " ".join(study.best_trial.user_attrs["words"])
    assert describe_found(search, found) == [
        f"best by best/val_loss: trial {study.best_trial.number}, {study.best_value:.4g} ({best})",
        "  warning: as the best of 5 its validation flatters it; its test score chose nothing",
        f"  {search.folder / 'config'} holds what to copy into conf/experiments/ to run it",
    ]


def test_several_have_a_front_with_a_plan_each(ask: Ask):
    words = ("hydra.sweeper.objective=[best/val_loss,model/params]", "hydra.sweeper.trials=8")
    search = look_up(ask(*words, sweep=SPACE))
    study = study_of(search)
    carry(search, study)
    found = find(search, study)
    write_found(search, found, as_experiment)
    numbers = sorted(trial.number for trial in study.best_trials)
    assert {file.name for file in (search.folder / "config").iterdir()} == {f"best-{n}.yaml" for n in numbers}
    lines = describe_found(search, found)
    assert lines[0] == f"{len(numbers)} trials that no other beats by best/val_loss and model/params:"
    assert [line.split(",")[0] for line in lines[1:-2]] == [f"  trial {number}" for number in numbers]


@pytest.mark.parametrize(
    "words",
    [
        [
            "dataset=digits",
            "optimizer=sgd",
            "optimizer.momentum=0.9",
            "model.neurons=[8,8]",
            "name='two words'",
        ],
        ["experiments=te2/mnist", "optimizer=adam", "loss=null"],
        ["model=layers", "model.layers=[Flatten,{Dense:{units:4}}]", "callbacks=[early_stopping,reduce_lr]"],
        ["tracking=server", "tracking.uri=http://someone:secret@host", "seed=3"],
    ],
)
def test_overrides_are_a_file_that_means_the_same(words: list[str], here: Path):
    text = as_experiment(words)
    (here / "conf" / "experiments" / "best.yaml").write_text(text, encoding="utf-8")
    again, plan = compose_plan(["+experiments=best"]).plain(), compose_plan(words).plain()
    assert {**again, "tracking": None} == {**plan, "tracking": None}
    assert "secret" not in text
    assert next(iter(yaml.safe_load(text))) == "defaults"


def test_a_journal_that_a_kill_has_torn_is_mended(ask: Ask, here: Path):
    settings = ask("hydra.sweeper.trials=1", sweep=SPACE).settings
    optuna.create_study(study_name="s", storage=open_storage(settings, here))
    file = here / JOURNAL
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"op_code": 4, "wor')
    mend_journal(here)
    assert file.read_bytes() == whole


def test_a_database_holds_the_study_and_its_password_is_never_said(
    ask: Ask, here: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("STUDIES", "sqlite:///studies.db")
    settings = ask("'hydra.sweeper.storage=${oc.env:STUDIES}'".strip("'"), sweep=SPACE).settings
    optuna.create_study(study_name="s", storage=open_storage(settings, here))
    assert optuna.load_study(study_name="s", storage="sqlite:///studies.db").study_name == "s"

    settings = ask("hydra.sweeper.storage=nowhere://me:secret@host/db", sweep=SPACE).settings
    with pytest.raises(WorkError) as caught:
        open_storage(settings, here)
    said = str(caught.value)
    assert said.startswith("hydra.sweeper.storage: nowhere://***@host/db: ")
    assert said.endswith("; null for a file of the sweep's own")
    assert "secret" not in said


def test_a_search_is_gone_on_with_as_it_was_asked_for(ask: Ask, here: Path):
    request = ask("hydra.sweeper.trials=2", sweep=SPACE)
    folder = here / "outputs" / "digits-classification" / "search-0123456789abcdef"
    tracking = look_up(request).tracking
    with pytest.raises(RequestError) as caught:
        resume_search(request.command, folder, (), tracking, Workers())
    allowed = "type the command again, which begins a new search"
    assert str(caught.value) == f"{folder}: the configuration, or the data, are others by now; {allowed}"
    command = [*request.command, "hydra.sweeper.storage=postgresql://***@host/db"]
    with pytest.raises(RequestError) as caught:
        resume_search(command, folder, (), tracking, Workers())
    word = "hydra.sweeper.storage=postgresql://***@host/db"
    assert str(caught.value) == f"{word}: the password is not in the record; type the command again"
