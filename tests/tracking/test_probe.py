import http.server
import socket
import sqlite3
import threading
import time

import pytest

from nnlab.errors import TrackingError
from nnlab.plan import Tracking
from nnlab.tracking import probe
from nnlab.tracking.probe import check_store
from nnlab.tracking.store import newest_schema, schema_of


def local(file="mlflow.db", artifacts="mlartifacts"):
    return Tracking(uri=f"sqlite:///{file}", artifacts=artifacts, timeout=1.0)


def server(port, login="", timeout=1.0):
    return Tracking(uri=f"http://{login}127.0.0.1:{port}", artifacts=None, timeout=timeout)


def test_a_folder_without_a_store_will_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_store(local("new/mlflow.db"))
    assert schema_of(tmp_path / "new" / "mlflow.db") is None


def test_the_newest_schema_is_that_of_a_new_store(empty_store, tracking):
    assert schema_of(empty_store) == newest_schema()
    check_store(tracking)


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(
        TrackingError, match=f"^tracking.uri: {tmp_path}/runs: .*; a folder that can be written$"
    ):
        check_store(local(f"{tmp_path}/runs/mlflow.db"))
    with pytest.raises(TrackingError, match=f"^tracking.artifacts: {tmp_path}/runs: "):
        check_store(local(f"{tmp_path}/mlflow.db", f"{tmp_path}/runs"))


def test_too_little_room_is_said_with_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(probe, "LEAST_FREE", 2**70)
    with pytest.raises(TrackingError, match=r"tracking.uri: .*: \d+ MB free; a run needs \d+ MB at least"):
        check_store(local(f"{tmp_path}/mlflow.db"))


def test_a_file_that_is_no_store_is_never_touched(tmp_path):
    (text := tmp_path / "notes.db").write_text("my notes " * 500)
    with pytest.raises(
        TrackingError, match=f"^tracking.uri: {text} is no MLflow store: file is not a database"
    ):
        check_store(local(text))
    with sqlite3.connect(other := tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(TrackingError, match="is no MLflow store: no such table"):
        check_store(local(other))


def test_a_store_of_another_mlflow_says_how_to_upgrade(tracking, tmp_path):
    with sqlite3.connect(tmp_path / "mlflow.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'abc123'")
    with pytest.raises(
        TrackingError, match=rf"\(schema abc123, .*copy it, then: mlflow db upgrade sqlite:///{tmp_path}"
    ):
        check_store(tracking)


def test_a_locked_store_is_said_in_time(tracking, tmp_path):
    holder = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    begun = time.monotonic()
    with pytest.raises(TrackingError, match=r"mlflow\.db is locked by another program"):
        check_store(tracking.model_copy(update={"timeout": 0.2}))
    assert time.monotonic() - begun < 3
    holder.close()


def test_a_closed_port_is_one_line_without_the_password():
    with pytest.raises(TrackingError) as caught:
        check_store(server(9, "me:secret@"))
    assert str(caught.value).startswith("tracking.uri: http://***@127.0.0.1:9 does not answer within 1 s (")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_socket_that_never_answers_is_given_up_in_time():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        with pytest.raises(TrackingError, match=r"does not answer within 0\.5 s"):
            check_store(server(silent.getsockname()[1], timeout=0.5))
        assert time.monotonic() - begun < 2


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers as the test says: a status and a kind of content; remembers the login it was given."""

    status, kind, logins = 200, "application/json", []

    def do_GET(self):
        self.logins.append(self.headers.get("Authorization"))
        self.send_response(self.status)
        self.send_header("Content-Type", self.kind)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def answers():
    found = type("Found", (Answers,), {"logins": []})
    serving = http.server.HTTPServer(("127.0.0.1", 0), found)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield found, serving.server_address[1]
    serving.shutdown()
    serving.server_close()


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (401, "text/html", r"refuses this login \(HTTP 401\); set MLFLOW_TRACKING_USERNAME"),
        (404, "text/html", r"answers, but not as an MLflow server \(HTTP 404\)"),
        (200, "text/html", "not what an MLflow server sends"),
    ],
)
def test_a_server_that_will_not_do_says_why(answers, status, kind, message):
    found, port = answers
    found.status, found.kind = status, kind
    with pytest.raises(TrackingError, match=message):
        check_store(server(port))


def test_the_login_is_the_addresss_or_the_environments(answers, monkeypatch):
    found, port = answers
    check_store(server(port, "me:p%40w@"))
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "you")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "pw")
    check_store(server(port))
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "abc")
    check_store(server(port))
    assert found.logins == ["Basic bWU6cEB3", "Basic eW91OnB3", "Bearer abc"]


def test_asking_leaves_no_artifact_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_store(local(artifacts="deep/mlartifacts"))
    assert list(tmp_path.iterdir()) == []
