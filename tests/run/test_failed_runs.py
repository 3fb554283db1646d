"""Fault table, rows 7, 16, 18 and 21: how runs end that do not end well, and what they must not say."""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from nnlab.tracking import tags

DIVERGING = (
    "dataset=boston",
    "model.neurons=8",
    "optimizer=sgd",
    "optimizer.learning_rate=1e6",
    "trainer.progress=none",
)
CANARY = "canary-5f1e"


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_diverged_run_is_failed_with_its_reason(nnlab: Any, here: Path, records: Any):
    done = nnlab(*DIVERGING)
    assert done.code == 1
    assert done.out == ""
    (line,) = done.err.splitlines()
    assert re.match(r"error: (loss|\w+/\w+): .* epoch 1.*; the training has diverged; try a lower", line)
    (found,) = records(here)
    assert found.info.status == "FAILED"
    assert f"error: {found.data.tags['nnlab.failure']}" == line
    assert "best/val_loss" not in found.data.metrics
    (folder,) = (here / "outputs/boston-regression").iterdir()
    assert "DivergenceError" in (folder / "failure.txt").read_text()
    assert not (folder / "model").exists()


def test_debug_shows_the_traceback_and_keeps_the_exit_code(nnlab: Any, here: Path):
    done = nnlab(*DIVERGING, "debug=true")
    assert done.code == 1
    assert "Traceback (most recent call last)" in done.err
    assert "in guard_" in done.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["trainer.epochs=0"], 2),
        (["dataset.test_split=2000"], 2),
        (["dataset=csv", "dataset.path=missing.csv", "dataset.target=y"], 2),
        (["tracking.uri=sqlite:///no/such?x"], 2),
        (["callbacks=checkpoint", "callbacks.checkpoint.filepath=../x.keras"], 2),
        (["callbacks=checkpoint", "callbacks.checkpoint.filepath=x.txt"], 2),
        (["-m", "trainer.epochs=1,0"], 2),
        (["tracking=server", "tracking.uri=http://127.0.0.1:9"], 1),
    ],
)
def test_a_bad_request_leaves_nothing(words: list[str], code: int, nnlab: Any, here: Path, records: Any):
    before = left(here)
    done = nnlab("dataset=digits" if not words[0].startswith("dataset=") else words[0], *words)
    assert (done.code, done.out) == (code, "")
    assert 1 <= len(done.err.splitlines()) <= 3
    assert all(line.startswith("error: ") for line in done.err.splitlines())
    assert set(left(here)) - set(before) <= {"mlartifacts"}
    assert records(here) == []


def search(folder: Path, word: str) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


class Broken(BaseHTTPRequestHandler):
    """A server that answers the first question, as MLflow's would, and nothing after it."""

    def do_GET(self) -> None:
        self._answer(200 if "experiments/search" in self.path else 503)

    def do_POST(self) -> None:
        self._answer(503)

    def _answer(self, code: int) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Unmoved(ThreadingHTTPServer):
    """Its clients are killed in the middle of an answer, and nothing of it is printed into a later test."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server that answers so."""
    server = Unmoved(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def broken_server() -> Iterator[str]:
    with served(Broken) as address:
        yield address


@pytest.mark.parametrize("debug", ["true", "false"])
def test_a_password_of_a_silent_server_is_said_nowhere(debug: str, nnlab: Any, here: Path):
    done = nnlab("tracking=server", f"tracking.uri=http://user:{CANARY}@127.0.0.1:9", f"debug={debug}")
    assert done.code == 1
    assert "http://***@127.0.0.1:9 does not answer" in done.err
    assert CANARY not in done.out + done.err
    assert search(here, CANARY) == []


def test_a_password_of_a_dying_server_is_written_nowhere(
    nnlab: Any, here: Path, broken_server: str, monkeypatch: pytest.MonkeyPatch
):
    """The run diverges, so that the end of the record is seen too, traceback and all."""
    monkeypatch.setenv("NNLAB_CANARY", CANARY)
    for uri in (
        f"http://user:{CANARY}@{broken_server}",
        f"http://u:${{oc.env:NNLAB_CANARY}}@{broken_server}",
    ):
        done = nnlab(*DIVERGING, "debug=true", "tracking=server", f"'tracking.uri={uri}'".strip("'"))
        assert done.code == 1
        assert "did not reach the store" in done.err
        assert CANARY not in done.out + done.err
    # The second goes on in the first one's folder: an address is no part of what is trained.
    assert len(list((here / "outputs/boston-regression").iterdir())) == 1
    assert search(here, CANARY) == []


def test_a_variable_is_recorded_as_it_was_written(nnlab: Any, here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NNLAB_CANARY", CANARY)
    done = nnlab("check", "tracking=server", "tracking.uri=http://u:${oc.env:NNLAB_CANARY}@server")
    assert "${oc.env:NNLAB_CANARY}" in done.out
    assert CANARY not in done.out


def wait_for(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    raise AssertionError(f"{text!r} was never said")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGTERM, 143),
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.long),
        pytest.param(signal.SIGHUP, 129, marks=pytest.mark.long),
    ],
)
def test_a_signal_ends_a_run_as_killed(
    number: signal.Signals, code: int, start: Callable[..., Any], here: Path, records: Any
):
    process = start("dataset=digits", "model=perceptron", "trainer.epochs=100000", "trainer.progress=lines")
    wait_for(process, "epoch      3/100000")
    process.send_signal(number)
    asked = time.monotonic()
    assert process.wait(timeout=20) == code
    assert time.monotonic() - asked < 10
    assert f"nnlab: ended by {number.name}" in process.stderr.read()
    (found,) = records(here)
    assert found.info.status == "KILLED"
    assert found.data.tags["nnlab.failure"] == f"ended by {number.name}"
    assert found.data.metrics["train/loss"] > 0
    assert found.data.tags[tags.IDENTITY]


class Hanging(Broken):
    """A server that answers the first question and then never."""

    def _answer(self, code: int) -> None:
        if code != 200:
            time.sleep(60)
        super()._answer(code)


@pytest.mark.slow
def test_a_second_signal_ends_a_run_at_once(start: Callable[..., Any], here: Path):
    """The first one waits some seconds for a store that does not answer."""
    with served(Hanging) as address:
        process = start(
            "dataset=digits", "model=perceptron", "trainer.epochs=100000", "trainer.progress=lines",
            "tracking=server", f"tracking.uri=http://{address}",
        )  # fmt: skip
        wait_for(process, "epoch      3/100000")
        process.send_signal(signal.SIGINT)
        (folder,) = (here / "outputs/digits-classification").iterdir()
        until = time.monotonic() + 20
        while "finish" not in (folder / "journal.jsonl").read_text() and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == -signal.SIGTERM
    assert list((folder / "checkpoints").glob("*.ckpt"))


@pytest.mark.slow
def test_a_server_that_stays_dead_costs_a_run_nothing_but_its_place_there(
    nnlab: Any, here: Path, broken_server: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    where = ("tracking=server", f"tracking.uri=http://{broken_server}")
    done = nnlab("dataset=digits", "model=perceptron", "trainer.epochs=2", "trainer.progress=none", *where)
    assert done.code == 0, done.err
    (folder,) = (here / "outputs/digits-classification").iterdir()
    assert (folder / "model/model.keras").is_file()
    assert "training goes on, and the run's journal keeps everything" in done.err
    assert done.err.count(f"the next run here, or `nnlab resume {folder}`, brings them there") == 1
    assert done.err.count("did not reach the store") == 1
    assert "not in the store: the folder keeps its journal" in done.out
