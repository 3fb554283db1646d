"""Fault table, row 10: the sweep's own process is killed, and the same command does exactly the rest."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from test_sweeps import parents_and_children, summary

from nnlab.tracking import tags

WORDS = (
    "-m", "dataset=digits", "model=perceptron", "trainer.epochs=2", "trainer.steps_per_epoch=2", "seed=range(5)",
)  # fmt: skip
TIMED = ("seconds", "run")


def wait_for(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdout is not None
    assert any(text in line for line in process.stdout), f"{text!r} was never said"


def of_folder(folder: Path) -> list[psutil.Process]:
    """The processes that work in a folder, this one apart."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.cwd() == str(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


def untimed(table: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{key: value for key, value in row.items() if key not in TIMED} for row in table]


@pytest.mark.slow
def test_a_killed_sweep_leaves_no_orphan_and_goes_on_where_it_was(
    start: Callable[..., Any], nnlab: Any, here: Path, records: Any
):
    process = start(*WORDS)
    wait_for(process, "test accuracy")
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = [run.info.run_id for run in records(here) if run.info.status == "FINISHED"]
    assert 1 <= len(finished) < 5
    deadline = time.monotonic() + 120
    while of_folder(here) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert of_folder(here) == []

    done = nnlab(*WORDS)
    assert done.code == 0
    ((parent, children),) = parents_and_children(records(here)).items()
    assert sorted(run.data.params["seed"] for run in children) == ["0", "1", "2", "3", "4"]
    assert {run.info.status for run in children} == {"FINISHED"}
    assert len(records(here)) == 6
    assert set(finished) < {run.info.run_id for run in children}
    record = next(run for run in records(here) if run.info.run_id == parent)
    assert (record.info.status, record.data.tags.get(tags.FAILURE)) == ("FINISHED", None)
    resumed = summary(here)
    assert nnlab(*WORDS, "rerun=true").code == 0
    assert untimed(summary(here)) == untimed(resumed)


@pytest.mark.long
@pytest.mark.slow
def test_a_signal_ends_the_runs_as_killed_and_the_sweep_goes_on_later(
    start: Callable[..., Any], nnlab: Any, here: Path, records: Any
):
    process = start(*WORDS)
    wait_for(process, "test accuracy")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 130
    assert "nnlab: ended by SIGINT" in process.stderr.read()
    states = [run.info.status for run in records(here) if tags.SWEEP in run.data.tags]
    assert states == ["KILLED"]
    assert "RUNNING" not in {run.info.status for run in records(here)}
    done = nnlab("resume", "--sweep", "last")
    assert done.code == 0
    assert "finished before" in done.err.splitlines()[0]
    ((_, children),) = parents_and_children(records(here)).items()
    assert sorted(run.data.params["seed"] for run in children) == ["0", "1", "2", "3", "4"]
    assert len(records(here)) == 6


def test_what_cannot_be_resumed_is_told(nnlab: Any, here: Path):
    done = nnlab("resume", "--sweep", "last")
    assert (done.code, done.err) == (
        2,
        "error: RUN: 'last'; there are no sweeps yet: `nnlab -m` starts one\n",
    )
