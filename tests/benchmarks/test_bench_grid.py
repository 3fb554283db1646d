"""The benchmark of a sweep: the same jobs on every side, and an honest page."""

import shlex
from pathlib import Path

from mlflow import MlflowClient

from benchmarks.grids import GRIDS, NNLAB, RESUMED, describe_grid, seconds_beside_training, sides
from benchmarks.process import Measure
from nnlab.cli.multirun import expand

LOOP, HYDRA, JOBLIB = "a shell loop of scripts", "Hydra's basic launcher", "joblib"


def test_every_side_trains_the_same_grid():
    grid = GRIDS["full"]
    found = sides(grid, Path("data"))
    assert grid.runs == 24
    loop = {tuple(command[3:6]) for command in found[LOOP]}
    words = [dict(word.split("=") for word in job) for job in expand(found[NNLAB][0][4:])]
    nnlab = {(job["model.neurons"], job["optimizer"], job["seed"]) for job in words}
    assert len(loop) == 24
    assert loop == nnlab
    assert {job["trainer.epochs"] for job in words} == {found[LOOP][0][6]} == {"3"}
    assert all(",".join(map(str, grid.neurons)) in shlex.join(found[side][0]) for side in (HYDRA, JOBLIB))
    assert found[NNLAB][0] == [*found[RESUMED][0], "rerun=true"]


def test_the_page_compares_round_by_round_and_says_which_bars_are_reached():
    times = {LOOP: (70, 50), HYDRA: (15, 25), JOBLIB: (13, 13), NNLAB: (10, 10), RESUMED: (6, 7)}
    found = {side: [Measure(seconds, 1, 0, "") for seconds in pair] for side, pair in times.items()}
    page = describe_grid(GRIDS["tiny"], found, [2.0, 0.4, 0.5])
    assert "## A sweep of 2 small networks" in page
    assert "| a shell loop of scripts | 60.0 (50.0–70.0) | 6.00× | ≥ 6×: reached |" in page
    assert "| Hydra's basic launcher | 20.0 (15.0–25.0) | 2.00× | ≥ 2×: reached |" in page
    assert "| joblib | 13.0 (13.0–13.0) | 1.30× | ≥ 1.3×: reached |" in page
    assert "| nnlab -m | 10.0 (10.0–10.0) | | |" in page
    assert "| nnlab -m, all finished before | 6.5 (6.0–7.0) | | < 5 s: **not reached** |" in page
    assert "\n\nBeyond its training a run takes 0.5 s (0.4–2.0) for data" in page
    assert page.endswith("bar ≤ 0.5 s: reached.\n")


def test_what_a_run_takes_beyond_its_training_is_read_from_the_record(tmp_path):
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.create_experiment("digits")
    for tags, total in (({}, 90.0), ({"mlflow.parentRunId": "a"}, 5.0), ({"mlflow.parentRunId": "a"}, 7.0)):
        run = client.create_run(experiment, tags=tags).info.run_id
        client.log_metric(run, "time/total_s", total)
        client.log_metric(run, "time/fit_s", 4.0)
    assert sorted(seconds_beside_training(tmp_path)) == [1.0, 3.0]
