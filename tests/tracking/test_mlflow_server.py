import contextlib
import socket
import socketserver
import threading
import time

import pytest
from servers import MlflowServer

from nnlab.plan import Tracking
from nnlab.tracking.probe import check_store
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.runs import artifact, find_run

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tracking, tmp_path):
    (tmp_path / "server").mkdir()
    found = MlflowServer(tmp_path / "server", f"sqlite:///{tmp_path / 'mlflow.db'}")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def remote(server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    return Tracking(uri="${oc.env:MLFLOW_TRACKING_URI}", artifacts=None, timeout=10.0)


def test_a_run_on_a_server_is_recorded_found_and_fetched(remote, tmp_path, warnings):
    check_store(remote)
    recorder = Recorder(remote, tmp_path / "run", warnings.append)
    recorder.start("../digits", "<b>ünï</b>", {"nnlab.identity": "abc"})
    recorder.params({"trainer": {"epochs": 2}})
    for step in range(20):
        recorder.metrics({"train/loss": 1.0 / (step + 1)}, step)
    (tmp_path / "plan.yaml").write_text("seed: 1")
    recorder.artifact(tmp_path / "plan.yaml", "config")
    run_id = recorder.finish()
    assert warnings == []
    row = find_run(remote, "<b>ünï</b>")
    assert (row.id, row.status, row.experiment, row.tags["nnlab.identity"]) == (
        run_id,
        "FINISHED",
        "../digits",
        "abc",
    )
    assert row.scores == {"train/loss": 0.05}
    assert artifact(row, "config/plan.yaml").read_text() == "seed: 1"
    assert artifact(row, "config/plan.yaml") == artifact(row, "config/plan.yaml")
    kept = [path.name for path in (tmp_path / "server" / "kept").rglob("*") if path.is_file()]
    assert kept == ["plan.yaml"]


class SlowDoor(socketserver.StreamRequestHandler):
    """Lets one connection through to the server of `port`, each of its requests late by `DELAY`."""

    DELAY, port = 0.5, 0

    def handle(self):
        # A connection that MLflow keeps may ask once more when the server is gone already.
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as inside:
            back = threading.Thread(target=self._pump, args=(inside, self.connection, 0.0), daemon=True)
            back.start()
            self._pump(self.connection, inside, self.DELAY)

    def _pump(self, source, target, delay):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                time.sleep(delay)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def slow(server, monkeypatch):
    door = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Door", (SlowDoor,), {"port": server.port}))
    door.daemon_threads, door.block_on_close = True, False
    threading.Thread(target=door.serve_forever, daemon=True).start()
    yield Tracking(uri=f"http://127.0.0.1:{door.server_address[1]}", artifacts=None, timeout=30.0)
    door.shutdown()
    door.server_close()


@pytest.mark.long
def test_a_slow_server_gets_everything_and_training_does_not_wait(slow, tmp_path, warnings):
    check_store(slow)
    recorder = Recorder(slow, tmp_path / "run", warnings.append)
    begun = time.monotonic()
    recorder.start("digits", "patient")
    for step in range(20):
        recorder.metrics({"train/loss": 1.0 / (step + 1)}, step)
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text("x")
        recorder.artifact(tmp_path / f"{number}.txt", "texts")
    assert time.monotonic() - begun < 2
    # A silent server would be given up after this; each of the artifacts alone takes a part of it.
    run_id = recorder.finish(seconds=20)
    assert warnings == []
    assert time.monotonic() - begun > 4 * SlowDoor.DELAY
    from mlflow import MlflowClient

    client = MlflowClient(slow.uri)
    assert [point.step for point in client.get_metric_history(run_id, "train/loss")] == list(range(20))
    assert len(client.list_artifacts(run_id, "texts")) == 4
    assert client.get_run(run_id).info.status == "FINISHED"


def test_a_server_that_dies_and_returns_has_every_point_once(server, remote, tmp_path, warnings):
    recorder = Recorder(remote, tmp_path / "run", warnings.append)
    recorder.start("digits", "survivor")
    recorder.metrics({"train/loss": 1.0}, 0)
    assert recorder.run_id
    server.stop()
    begun = time.monotonic()
    for step in range(1, 50):
        recorder.metrics({"train/loss": 1.0}, step)
        time.sleep(0.01)
    assert time.monotonic() - begun < 3
    server.start()
    run_id = recorder.finish()
    from mlflow import MlflowClient

    client = MlflowClient(server.uri)
    assert [point.step for point in client.get_metric_history(run_id, "train/loss")] == list(range(50))
    assert client.get_run(run_id).info.status == "FINISHED"
    assert len(warnings) == 1
    assert warnings[0].endswith("; training goes on, and the run's journal keeps everything")
