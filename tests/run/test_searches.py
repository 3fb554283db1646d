"""A search from the command line: killed and gone on with it is the straight one; Optuna reads its study."""

import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from test_killed_sweeps import of_folder, untimed, wait_for
from test_sweeps import parents_and_children

from nnlab.cli.compose import compose_plan
from nnlab.search.study import JOURNAL
from nnlab.sweeps.identities import identities
from nnlab.tracking import tags

pytestmark = pytest.mark.slow
TRIALS = 5
WORDS = (
    "-m", "hydra/sweeper=optuna", "dataset=digits", "model=mlp", "trainer.epochs=4", "trainer.steps_per_epoch=4",
    "model.neurons=int(interval(2,32))", "optimizer.learning_rate=tag(log,interval(0.0001,0.1))",
    f"hydra.sweeper.trials={TRIALS}", "hydra.sweeper.startup=2", "hydra.sweeper.pruner=median",
    "hydra.launcher.workers=1",
)  # fmt: skip


def table(folder: Path) -> list[dict[str, str]]:
    (file,) = folder.glob("outputs/*/search-*/tables/summary.json")
    return json.loads(file.read_text(encoding="utf-8"))


def study(folder: Path) -> optuna.Study:
    (file,) = folder.glob(f"outputs/*/search-*/{JOURNAL}")
    return optuna.load_study(study_name=None, storage=JournalStorage(JournalFileBackend(str(file))))


def trials_of(found: optuna.Study) -> list[Any]:
    return [
        (trial.number, trial.state.name, trial.params, trial.values, trial.intermediate_values)
        for trial in found.trials
    ]


@pytest.mark.long
def test_a_killed_search_goes_on_and_is_the_straight_one(
    start: Callable[..., Any],
    nnlab: Any,
    here: Path,
    records: Any,
    empty_store: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    process = start(*WORDS)
    wait_for(process, "test accuracy")
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 120
    while of_folder(here) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert of_folder(here) == []
    ended = [trial for trial in study(here).trials if trial.state.is_finished()]
    assert 1 <= len(study(here).trials) < TRIALS

    done = nnlab(*WORDS, "--dry-run")
    counted = f"{len(ended)} done ({len(ended)} complete), " if ended else ""
    assert done.err == f"{TRIALS} trials: {counted}{TRIALS - len(ended)} to do\n"
    done = nnlab("resume", "--sweep", "last")
    assert done.code == 0
    found = study(here)
    states = [trial.state.name for trial in found.trials]
    assert len(states) == TRIALS
    assert set(states) == {"COMPLETE", "PRUNED"}, states
    best = found.best_trial
    assert f"best by best/val_loss: trial {best.number}, {best.value:.4g} (model.neurons=" in done.out
    assert f"the best of {len(states)} its validation flatters it" in done.out
    (compared,) = here.glob("outputs/*/search-*/tables/comparison.csv")
    assert len(compared.read_text(encoding="utf-8").splitlines()) == 1 + states.count("COMPLETE")

    ((parent, children),) = parents_and_children(records(here)).items()
    runs = {run.info.run_id: run for run in children}
    assert len(children) == TRIALS
    assert sorted(run.info.status for run in children) == sorted(
        "FINISHED" if state == "COMPLETE" else "KILLED" for state in states
    )
    assert all((tags.PRUNED in run.data.tags) == (run.info.status == "KILLED") for run in children)
    assert runs[best.user_attrs["run"]].data.metrics["best/val_loss"] == best.value
    record = next(run for run in records(here) if run.info.run_id == parent)
    assert record.info.status == "FINISHED"

    (plan,) = here.glob("outputs/*/search-*/config/best.yaml")
    (here / "conf" / "experiments").mkdir(parents=True)
    shutil.copy(plan, here / "conf" / "experiments" / "best.yaml")
    assert identities([compose_plan(["+experiments=best"])]) == [best.user_attrs["identity"]]

    straight = here / "straight"
    straight.mkdir()
    shutil.copy(empty_store, straight / "mlflow.db")
    monkeypatch.chdir(straight)
    assert nnlab(*WORDS).code == 0
    assert trials_of(study(straight)) == trials_of(found)
    assert study(straight).metric_names == ["best/val_loss"]
    assert untimed(table(straight)) == untimed(table(here))


@pytest.mark.long
def test_another_launcher_carries_a_search(nnlab: Any, here: Path, records: Any):
    """submitit's own executor, two jobs at once."""
    words = [word for word in WORDS if not word.startswith(("hydra.sweeper.pruner", "hydra.launcher"))]
    elsewhere = ("hydra/launcher=submitit_local", "hydra.launcher.workers=2")
    done = nnlab(*words, *elsewhere)
    assert done.code == 0, done.err
    assert {trial.state.name for trial in study(here).trials} == {"COMPLETE"}
    ((_, children),) = parents_and_children(records(here)).items()
    assert all(run.data.tags[tags.CARRIER].startswith("submitit/") for run in children)
    assert {trial.user_attrs["run"] for trial in study(here).trials} == {run.info.run_id for run in children}
    assert len(children) == TRIALS
    assert nnlab(*words, *elsewhere, "--dry-run").err.startswith(f"{TRIALS} trials: {TRIALS} done")
