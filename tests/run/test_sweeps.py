"""`nnlab -m`: every combination, checked whole before the first, and no job ends the others."""

import csv
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking import tags

SHORT = ("trainer.epochs=1", "trainer.steps_per_epoch=2", "trainer.progress=none")
DRAWN = ("learning_accuracy", "learning_loss", "score_by_key", "parallel", "importance",
         "pareto_parameters", "pareto_time")  # fmt: skip
FIGURES = {f"plots/{name}.png" for name in DRAWN}
TABLES = {f"tables/{name}" for name in ("summary.csv", "summary.json", "comparison.csv", "comparison.json",
                                        "comparison.md")}  # fmt: skip
GRID = ("-m", "dataset=digits", *SHORT, "model.neurons=[4],[8]")


def summary(folder: Path) -> list[dict[str, str]]:
    (newest,) = sorted(
        folder.glob("outputs/*/sweep-*/tables/summary.csv"), key=lambda file: file.stat().st_mtime
    )[-1:]
    return list(csv.DictReader(newest.read_text().splitlines()))


def artifacts(folder: Path, run: str) -> Path:
    return folder / f"mlartifacts/{run}/artifacts"


def kept(folder: Path, run: str) -> set[str]:
    """The files in a run's record."""
    root = artifacts(folder, run)
    return {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}


def parents_and_children(runs: list[Any]) -> dict[str, list[Any]]:
    found = {run.info.run_id: [] for run in runs if tags.SWEEP in run.data.tags}
    for run in runs:
        if (parent := run.data.tags.get(tags.PARENT)) is not None:
            found[parent].append(run)
    return found


@pytest.mark.long
@pytest.mark.slow
def test_a_sweep_is_its_runs_below_a_parent_and_trains_nothing_twice(nnlab: Any, here: Path, records: Any):
    done = nnlab(*GRID, "optimizer=sgd,adam")
    assert (done.code, done.err.splitlines()[0]) == (0, "4 runs: 4 to do")
    assert "4 of 4 runs finished" in done.err
    assert "[3/4] dataset=digits" in done.err
    first = records(here)
    ((parent, children),) = parents_and_children(first).items()
    assert len(first) == 5
    assert {run.info.status for run in first} == {"FINISHED"}
    assert {run.data.params["trainer.threads"] for run in children} == {"1"}
    assert len({(run.data.params["model.neurons"], run.data.tags[tags.IDENTITY]) for run in children}) == 4
    table = summary(here)
    assert [(row["model.neurons"], row["optimizer"]) for row in table] == [
        ("[4]", "sgd"), ("[4]", "adam"), ("[8]", "sgd"), ("[8]", "adam"),
    ]  # fmt: skip
    scores = {run.info.run_id: run.data.metrics["test/accuracy"] for run in children}
    assert {row["run"]: float(row["test/accuracy"]) for row in table} == scores
    assert kept(here, parent) == {"ledger.jsonl", *FIGURES, *TABLES}
    (ledger,) = here.glob("outputs/*/sweep-*/ledger.jsonl")
    assert artifacts(here, parent).joinpath("ledger.jsonl").read_bytes() == ledger.read_bytes()

    done = nnlab(*GRID, "optimizer=sgd,adam")
    assert (done.code, done.out, len(records(here))) == (0, "", 5)
    assert done.err.splitlines()[0] == "4 runs: 4 finished before, 0 to do"

    done = nnlab(*GRID, "optimizer=sgd,adam,nadam")
    assert done.err.splitlines()[0].startswith("6 runs: 4 finished before, 2 to do, about ")
    grown = {key: runs for key, runs in parents_and_children(records(here)).items() if key != parent}
    assert [len(runs) for runs in grown.values()] == [6]
    assert len(records(here)) == 5 + 1 + 2


@pytest.mark.long
@pytest.mark.slow
def test_what_failed_is_left_until_it_is_asked_for(nnlab: Any, here: Path, records: Any):
    words = ("-m", "dataset=boston", *SHORT, "optimizer=sgd", "optimizer.learning_rate=1e12,0.001,1e11")
    done = nnlab(*words)
    assert done.code == 1
    assert "1 of 3 runs finished" in done.err
    assert done.err.count("the training has diverged") == 2
    runs = records(here)
    ((parent, children),) = parents_and_children(runs).items()
    assert sorted(run.info.status for run in children) == ["FAILED", "FAILED", "FINISHED"]
    failure = next(run for run in runs if run.info.run_id == parent).data.tags[tags.FAILURE]
    assert failure.startswith("2 of 3 runs did not finish, the first of them dataset=boston ")

    done = nnlab(*words)
    assert (done.code, len(records(here))) == (1, 4)
    assert "1 finished before, 2 failed before (--retry-failed runs them again), 0 to do" in done.err

    done = nnlab(*words, "--retry-failed")
    assert done.err.splitlines()[0].startswith("3 runs: 1 finished before, 2 to do")
    assert [len(children) for children in parents_and_children(records(here)).values()] == [3]
    assert len(records(here)) == 4


@pytest.mark.slow
def test_a_network_that_keras_refuses_stops_the_sweep_before_the_first_epoch(
    nnlab: Any, here: Path, records: Any, misbehaving: Any
):
    layers = "model.layers=[{misbehaving.Unbuildable:{}},Flatten],[Flatten]"
    done = nnlab("-m", "dataset=digits", *SHORT, "model=layers", "trusted_packages=[misbehaving]", layers)
    assert done.code == 2
    assert "misbehaving.Unbuildable" in done.err
    assert "cannot be built here; nothing has been trained" in done.err
    assert records(here) == []


def test_a_dry_run_says_what_would_be_done(nnlab: Any, here: Path, records: Any):
    done = nnlab(*GRID, "name=a,b", "--dry-run")
    assert done.code == 0
    assert done.err == "4 runs: 2 the same as another, 2 to do\n"
    assert [line[:25] for line in done.out.splitlines()] == ["to do  dataset=digits tra"] * 4
    assert records(here) == []


@pytest.mark.parametrize("flag", ["--dry-run", "--retry-failed"])
def test_the_flags_of_a_sweep_need_one(flag: str, nnlab: Any):
    done = nnlab(flag)
    assert (done.code, done.err) == (2, f"error: {flag}: alone; only beside -m\n")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("hydra.launcher.workers=0", "hydra.launcher.workers: 0; 'auto' or a number of at least 1"),
        ("hydra.launcher.wrkers=2", "hydra.launcher.wrkers: unknown key; did you mean 'workers'?"),
        (
            "hydra/launcher=basic",
            "hydra/launcher: basic; one of nnlab, ray, submitit_slurm, submitit_local",
        ),
        (
            "hydra.launcher.adress=auto",
            "hydra.launcher.adress: unknown key; one of seconds, gigabytes, grace, workers",
        ),
        ("hydra.launcher.seconds=-1", "hydra.launcher.seconds: -1; a number above 0"),
    ],
)
def test_settings_of_a_sweep_are_checked(word: str, told: str, nnlab: Any, here: Path):
    done = nnlab(*GRID, word)
    assert (done.code, done.err) == (2, f"error: {told}\n")


def test_an_impossible_job_stops_the_sweep_before_the_first_epoch(nnlab: Any, here: Path, records: Any):
    done = nnlab("-m", "dataset=digits", "trainer.epochs=1,0", "optimizer=sgd,adam")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: trainer.epochs: 0 (in 2 of 4 jobs); a number of at least 1\n"
    assert records(here) == []


def test_a_misspelt_choice_of_a_sweep_is_told(nnlab: Any, here: Path, records: Any):
    done = nnlab("-m", "dataset=digits", "optimizer=sgd,adm")
    assert done.code == 2
    assert done.err.startswith("error: optimizer: 'adm'; one of adadelta, ")
    assert done.err.endswith("did you mean 'adam'?\n")
    assert records(here) == []
