"""Two processes train one network: one record, the result of one device, and nothing lost where one dies."""

import json
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WORDS = (
    "dataset=digits", "dataset.samples=1000", "model=mlp", "name=together", "trainer.batch_size=50",
    "trainer.progress=lines",
)  # fmt: skip
TOGETHER = (*WORDS, "trainer.strategy=multi_worker")
Pair = Callable[..., list["subprocess.Popen[str]"]]

pytestmark = pytest.mark.slow


@pytest.fixture
def pair(start: Any) -> Pair:
    """Start the processes of a cluster on free ports; the one that keeps the record is the first of them."""

    def begin(*words: str) -> list["subprocess.Popen[str]"]:
        with socket.socket() as one, socket.socket() as two:
            for port in (one, two):
                port.bind(("127.0.0.1", 0))
            workers = [f"127.0.0.1:{port.getsockname()[1]}" for port in (one, two)]
        return [
            start(*TOGETHER, *words, TF_CONFIG=json.dumps({"cluster": {"worker": workers}, "task": task}))
            for task in ({"type": "worker", "index": 0}, {"type": "worker", "index": 1})
        ]

    return begin


def series(run: Any, folder: Path) -> dict[str, list[float]]:
    """Every metric of a run that does not tell the time, epoch by epoch."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    keys = [key for key in run.data.metrics if not key.startswith(("time/", "memory/"))]
    return {key: [point.value for point in client.get_metric_history(run.info.run_id, key)] for key in keys}


@pytest.mark.long
def test_two_processes_give_the_result_of_one_in_one_record(pair: Pair, nnlab: Any, here: Path, records: Any):
    first, second = pair("trainer.epochs=3")
    assert "test accuracy" in first.communicate(timeout=600)[0]
    said = second.communicate(timeout=60)[0]
    assert said == "process 2 of 2: trained along; the first one has the record\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert nnlab(*WORDS, "trainer.epochs=3").code == 0
    alone, together = records(here)
    found = series(together, here)
    assert len(found["val/loss"]) == 3
    for key, values in series(alone, here).items():
        assert found[key] == pytest.approx(values, rel=1e-3, abs=1e-3), key


@pytest.mark.long
def test_one_dies_and_both_go_on_to_the_same_bits(pair: Pair, here: Path, records: Any):
    # Each device draws masks of its own for its part of a batch.
    words = ("trainer.epochs=30", "model.dropout=0.2")
    for process in pair(*words):
        process.communicate(timeout=600)
    first, second = pair(*words, "rerun=true")
    assert first.stderr
    while not first.stderr.readline().startswith("epoch  3/30"):
        assert first.poll() is None
    second.send_signal(signal.SIGKILL)
    said = first.communicate(timeout=600)[1]
    assert first.returncode == 1, said
    assert "error: TF_CONFIG: a process of the cluster is gone" in said
    first, second = pair(*words)
    said = first.communicate(timeout=600)[1]
    assert first.returncode == 0, said
    assert "goes on after epoch " in said
    assert second.wait(60) == 0
    broken, straight = records(here)
    assert (broken.info.status, straight.info.status) == ("FINISHED", "FINISHED")
    assert series(broken, here) == series(straight, here)
