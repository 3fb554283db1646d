"""A run that was finished while its store did not hear so: it is brought there, and not trained again."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnlab.claim import is_interrupted, is_undelivered
from nnlab.cli.compose import compose_plan
from nnlab.errors import TrackingError
from nnlab.job import carry_out
from nnlab.outcome import Outcome
from nnlab.tracking.journal import NAME

WORDS = [
    "dataset=digits", "model=perceptron", "trainer.epochs=1", "trainer.steps_per_epoch=2", "trainer.progress=none",
]  # fmt: skip


def train(*words: str) -> Outcome:
    return carry_out(compose_plan([*WORDS, *words]), [*WORDS, *words])


def forget_the_end(folder: Path) -> None:
    """What a kill between the journal's last line and the store leaves behind."""
    journal = folder / NAME
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if json.loads(line)["kind"] != "delivered"))


@pytest.fixture
def client(tmp_path: Path, empty_store: Path) -> Iterator[Any]:
    from mlflow import MlflowClient

    shutil.copy(empty_store, tmp_path / "mlflow.db")
    before = Path.cwd()
    os.chdir(tmp_path)
    yield MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}")
    os.chdir(before)


def test_a_run_killed_in_its_last_moment_is_one_run(client: Any):
    first = train()
    assert first.run_id is not None
    assert not is_undelivered(first.folder)
    forget_the_end(first.folder)
    client.update_run(first.run_id, status="RUNNING")
    assert is_undelivered(first.folder)
    assert not is_interrupted(first.folder)

    again = train()
    assert again.met
    assert (again.run_id, again.folder, again.scores) == (first.run_id, first.folder, first.scores)
    assert client.get_run(first.run_id).info.status == "FINISHED"
    assert len(client.get_metric_history(first.run_id, "train/loss")) == 1
    assert not is_undelivered(first.folder)
    assert not train().met


def test_asked_to_run_again_it_does(client: Any):
    first = train()
    forget_the_end(first.folder)
    assert train("rerun=true").run_id != first.run_id


def test_a_store_that_still_refuses_is_said_and_nothing_is_trained(client: Any, monkeypatch: Any):
    from nnlab.tracking.destination import MlflowDestination

    first = train()
    forget_the_end(first.folder)

    def fail(*_: Any) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(MlflowDestination, "apply", fail)
    with pytest.raises(
        TrackingError, match=r"journal\.jsonl: \d+ events did not reach the store \(no route\)"
    ):
        train()
    assert is_undelivered(first.folder)
    assert len(list(first.folder.parent.iterdir())) == 1


SILENT_STORE_AND_KILLED = """
import os, signal, sys, time
from nnlab.tracking.destination import MlflowDestination
from nnlab.tracking.recorder import Recorder
MlflowDestination._start = lambda *_: time.sleep(60)
Recorder.params = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from nnlab.__main__ import main
main(sys.argv[1:])
"""


@pytest.mark.long
@pytest.mark.slow
def test_the_last_run_may_be_one_that_no_store_has_heard_of(nnlab: Any, here: Path, records: Any):
    assert nnlab(*WORDS, "seed=1").code == 0
    killed = subprocess.run([sys.executable, "-c", SILENT_STORE_AND_KILLED, *WORDS, "seed=2"], check=False)
    assert (killed.returncode, len(records(here))) == (-signal.SIGKILL, 1)
    done = nnlab("resume", "last")
    assert done.code == 0, done.err
    newest = records(here)[0]
    assert (newest.data.params["seed"], newest.info.status) == ("2", "FINISHED")
    assert len(list(here.glob("outputs/*/*"))) == 2
    done = nnlab("resume", "last")
    title = f"{newest.info.run_name} ({newest.info.run_id[:8]})"
    assert done.out == f"{title} is finished: there is nothing to go on with\n"
