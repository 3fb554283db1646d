import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from nnlab.plan import Tracking
from nnlab.tracking.probe import check_store
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.runs import artifact, find_run

pytestmark = pytest.mark.slow


class Server:
    """A real MLflow server on 127.0.0.1, which can die and come back."""

    def __init__(self, folder, store):
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.words = [
            *(
                sys.executable,
                "-m",
                "mlflow",
                "server",
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--workers",
                "1",
            ),
            *("--backend-store-uri", f"sqlite:///{store}", "--artifacts-destination", str(folder / "kept")),
        ]
        self.folder = folder
        self.process = None

    def start(self):
        settings = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        self.process = subprocess.Popen(
            self.words,
            cwd=self.folder,
            env=settings,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("mlflow server")

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def server(tracking, tmp_path):
    (tmp_path / "server").mkdir()
    found = Server(tmp_path / "server", tmp_path / "mlflow.db")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def remote(server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{server.port}")
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

    client = MlflowClient(f"http://127.0.0.1:{server.port}")
    assert [point.step for point in client.get_metric_history(run_id, "train/loss")] == list(range(50))
    assert client.get_run(run_id).info.status == "FINISHED"
    assert len(warnings) == 1
    assert warnings[0].endswith("; training goes on, and the run's journal keeps everything")
