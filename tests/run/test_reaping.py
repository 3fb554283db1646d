"""Row 8: runs whose process is gone are shown so at once, and the next command puts their records in order."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_resuming import WORDS

from nnlab.claim import hold
from nnlab.cli.compose import tracking_from
from nnlab.reaping import reap
from nnlab.tracking import tags
from nnlab.tracking.abandoned import WITHOUT_A_WORD
from nnlab.tracking.journal import NAME, Journal, read_events
from nnlab.tracking.recorder import Recorder


@pytest.fixture
def leave(here: Path) -> Callable[..., Path]:
    """`leave("KILLED")`: a run's folder whose journal says more than its store ever heard."""

    def begin(status: str | None, name: str = "abc", store: str = "sqlite:///mlflow.db") -> Path:
        folder = here / "outputs" / "digits" / name
        journal = Journal(folder / NAME)
        began = {tags.FOLDER: str(folder)}
        journal.append("start", {"experiment": "digits", "name": name, "tags": began, "store": store})
        journal.append("metrics", {"values": {"train/loss": 0.5}, "step": 1})
        if status:
            journal.append("finish", {"status": status})
        journal.close()
        return folder

    return begin


def reaped(*words: str) -> list[str]:
    said: list[str] = []
    reap(tracking_from(words), said.append)
    return said


def test_a_run_that_ended_without_a_word_is_killed_with_its_reason(leave: Any, here: Path, records: Any):
    leave(None)
    place = "outputs/digits/abc"
    assert reaped() == [
        f"{place}: was killed, and the store knows it now; `nnlab resume {place}` goes on with it"
    ]
    (run,) = records(here)
    assert (run.info.status, run.data.tags[tags.FAILURE]) == ("KILLED", WITHOUT_A_WORD)
    assert run.data.metrics == {"train/loss": 0.5}
    assert reaped() == []
    assert len(records(here)) == 1


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_an_end_that_the_store_never_heard_of_is_told_as_it_was(
    status: str, leave: Any, here: Path, records: Any
):
    leave(status)
    (line,) = reaped()
    ended = "had finished" if status == "FINISHED" else f"was {status.lower()}"
    assert line.startswith(f"outputs/digits/abc: {ended}, and the store knows it now")
    (run,) = records(here)
    assert run.info.status == status
    assert tags.FAILURE not in run.data.tags


def test_what_goes_on_or_belongs_to_another_store_is_left_alone(leave: Any, here: Path, records: Any):
    running = leave(None, "running")
    leave(None, "elsewhere", "http://server")
    with hold(running):
        assert reaped() == []
    assert records(here) == []


def test_a_store_that_is_away_fails_nobody(leave: Any, here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    folder = leave("KILLED", store="http://127.0.0.1:9")
    said = reaped("tracking=server", "tracking.uri=http://127.0.0.1:9")
    assert len(said) == 1
    assert said[0].startswith(f"warning: {folder}/journal.jsonl: 3 events did not reach the store (")
    assert [event.kind for event in read_events(folder / NAME)] == ["start", "metrics", "finish"]


def test_a_run_that_nobody_ended_is_undelivered_until_it_is_reaped(here: Path, records: Any):
    """The recorder's own journal, not one made for the test."""
    recorder = Recorder(tracking_from([]), here / "outputs" / "digits" / "own")
    recorder.start("digits", "own")
    assert recorder.run_id
    recorder.journal.close()
    assert records(here)[0].info.status == "RUNNING"
    assert len(reaped()) == 1
    (run,) = records(here)
    assert (run.info.run_id, run.info.status) == (recorder.run_id, "KILLED")


@pytest.mark.long
@pytest.mark.slow
def test_a_killed_run_is_interrupted_then_killed_then_resumed_by_its_folder(
    start: Callable[..., Any], nnlab: Any, here: Path, records: Any
):
    process = start("dataset=digits", "model=perceptron", "trainer.epochs=500", "trainer.progress=lines")
    assert any("epoch" in line and records(here) for line in process.stderr), "ended before the store knew it"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    (row,) = json.loads(nnlab("runs", "--json").out)
    assert row["status"] == "INTERRUPTED"

    folder = Path(row["folder"])
    place = folder.relative_to(here)
    assert f"{place}: was killed, and the store knows it now" in nnlab(*WORDS).err
    by_name = {run.info.run_id: run for run in records(here)}
    assert by_name[row["id"]].info.status == "KILLED"
    assert by_name[row["id"]].data.tags[tags.FAILURE] == WITHOUT_A_WORD

    done = nnlab("resume", str(place))
    assert done.code == 0, done.err
    assert "goes on after epoch" in done.err
    by_name = {run.info.run_id: run for run in records(here)}
    assert len(by_name) == 2
    assert by_name[row["id"]].info.status == "FINISHED"
    assert tags.FAILURE not in by_name[row["id"]].data.tags
    title = f"{row['name']} ({row['id'][:8]})"
    assert nnlab("resume", str(place)).out == f"{title} is finished: there is nothing to go on with\n"
