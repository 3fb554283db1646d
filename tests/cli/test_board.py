"""What is seen of a sweep while it goes."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from nnlab.cli.board import Lines, Table, differing, last_line
from nnlab.cli.compose import compose_plan
from nnlab.outcome import Outcome
from nnlab.sweeps.jobs import Job, Result

SCORES = {"test/accuracy": 0.95, "test/loss": 0.12}


@pytest.fixture
def jobs() -> list[Job]:
    plan = compose_plan(["dataset=digits"])
    return [Job(number, ("dataset=digits", f"seed={number}"), plan) for number in range(3)]


def finished(job: Job) -> Result:
    return Result(job, "FINISHED", Outcome("id", f"net-{job.number}", Path(), SCORES, 8.0), seconds=8.2)


def timed_out(job: Job) -> Result:
    return Result(job, "TIMEOUT", reason="ran past its limit of 60 s", seconds=60.1, log=Path("1.log"))


def test_lines_tell_each_beginning_and_each_end(
    jobs: list[Job], capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    board = Lines(tmp_path, len(jobs), lambda job: job.title)
    pruned = Result(jobs[2], "PRUNED", reason="after epoch 1: val_loss 2.1, ended by median", seconds=3.0)
    with board:
        board.started(jobs[0])
        board.started(jobs[1])
        board.ended(finished(jobs[0]))
        board.ended(timed_out(jobs[1]))
        board.started(jobs[2])
        board.ended(pruned)
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "net-0: test accuracy 0.9500, loss 0.1200   8.2 s",
        "pruned after epoch 1: val_loss 2.1, ended by median   3.0 s",
    ]
    assert said.err.splitlines() == [
        "[1/3] dataset=digits seed=0",
        "[2/3] dataset=digits seed=1",
        "error: dataset=digits seed=1: timeout: ran past its limit of 60 s   60.1 s; see 1.log",
        "[3/3] dataset=digits seed=2",
    ]


def test_the_table_shows_what_differs_how_it_ended_and_what_runs_on(jobs: list[Job], tmp_path: Path):
    titles = differing(jobs)
    board = Table(tmp_path, len(jobs), lambda job: titles[job.number])
    for job in jobs:
        board.started(job)
    board.ended(finished(jobs[0]))
    board.ended(timed_out(jobs[1]))
    (tmp_path / "2.log").write_text("epoch 1/5\nepoch 2/5   loss 0.1\n")
    console = Console(file=io.StringIO(), width=110, record=True)
    console.print(board.draw())
    rows = [" ".join(line.split()) for line in console.export_text().splitlines()]
    assert rows[1:3] == [
        "seed=0 finished net-0: test accuracy 0.9500, loss 0.1200 8.2",
        "seed=1 timeout ran past its limit of 60 s 60.1",
    ]
    assert rows[3].startswith("seed=2 running epoch 2/5 loss 0.1")
    assert rows[4].startswith("2 of 3 done · 1 not well · ")


def test_a_log_that_is_not_there_yet_says_nothing(tmp_path: Path):
    assert last_line(tmp_path / "none.log") == ""
