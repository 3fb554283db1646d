"""What is left of a killed sweep is held against a whole one: nothing lost, nothing twice, the same table."""

import csv
import sys

import pytest

from benchmarks import killed_sweep
from benchmarks.killed_sweep import RUNS, Verdict, judge
from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.client import connect

WHOLE = Verdict(children=RUNS, identities=RUNS, others=0, not_finished=0, points_twice=0, rows_different=0)


@pytest.fixture
def straight(tmp_path):
    """The folder of a sweep that nobody killed: its table is all that counts."""
    write_table(tmp_path / "straight", range(RUNS))
    return tmp_path / "straight"


@pytest.fixture
def make_broken(tmp_path):
    """The folder of a killed sweep with so many children; the statuses and the table as they are told."""

    def make(children=RUNS, status="FINISHED", points=(1,), seeds=range(RUNS)):
        folder = tmp_path / "broken"
        write_table(folder, seeds)
        client = connect(Tracking(uri=f"sqlite:///{folder}/mlflow.db", artifacts="mlartifacts", timeout=5.0))
        experiment = client.create_experiment("mnist")
        known = {tags.SWEEP: str(RUNS), tags.IDENTITY: "sweep"}
        parent = client.create_run(experiment, tags=known).info.run_id
        client.set_terminated(parent, "FINISHED")
        for number in range(children):
            own = {tags.PARENT: parent, tags.IDENTITY: str(number % RUNS)}
            run = client.create_run(experiment, tags=own).info.run_id
            for step in points:
                client.log_metric(run, "train/loss", 0.5, step=step)
            client.set_terminated(run, status if number == 0 else "FINISHED")
        return folder

    return make


def write_table(folder, seeds):
    """A summary whose times and ids are the folder's own."""
    file = folder / "outputs/mnist/sweep-1/tables/summary.csv"
    file.parent.mkdir(parents=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, ["seed", "accuracy", "seconds", "run"])
        writer.writeheader()
        for seed in seeds:
            row = {"seed": seed, "accuracy": 0.9, "seconds": len(folder.name), "run": folder.name}
            writer.writerow(row)


def test_a_whole_sweep_is_good(straight, make_broken):
    found = judge(straight, make_broken())
    assert found == WHOLE
    assert found.good


@pytest.mark.parametrize(
    ("broken", "wrong"),
    [
        ({"children": RUNS - 1}, {"children": RUNS - 1, "identities": RUNS - 1}),
        ({"children": RUNS + 1}, {"children": RUNS + 1}),
        ({"status": "RUNNING"}, {"not_finished": 1}),
        ({"points": (1, 1)}, {"points_twice": RUNS}),
        ({"seeds": [*range(RUNS - 1), 99]}, {"rows_different": 1}),
        ({"seeds": [*range(RUNS), 0]}, {"rows_different": 1}),
    ],
    ids=["one lost", "one twice", "one not finished", "points twice", "another row", "a row twice"],
)
def test_whatever_is_wrong_is_counted(straight, make_broken, broken, wrong):
    found = judge(straight, make_broken(**broken))
    assert {name: getattr(found, name) for name in wrong} == wrong
    assert not found.good


@pytest.mark.long
@pytest.mark.slow
def test_both_sweeps_stay_in_a_folder_that_is_named(tmp_path, monkeypatch, capsys):
    words = ["--dataset", "digits", "--kills", "1", "--folder", str(tmp_path / "kept")]
    monkeypatch.setattr(sys, "argv", ["killed_sweep", *words])
    assert killed_sweep.main() == 0
    assert "killed with SIGKILL 1 times" in capsys.readouterr().out
    for name in ("straight", "broken"):
        assert len(list((tmp_path / "kept" / name).glob("outputs/*/sweep-*/tables/summary.csv"))) == 1
