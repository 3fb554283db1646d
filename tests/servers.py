"""Servers that tests start, on the loopback and with folders that are gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
NOBODY = "nobody"
"""Who runs PostgreSQL where the tests run as root, which it refuses."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        return trial.getsockname()[1]


class MlflowServer:
    """A real MLflow server, which can die and come back. store: the address of its database."""

    def __init__(self, folder: Path, store: str):
        self.port = free_port()
        self.words = [
            *(sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(self.port)),
            *(
                "--workers",
                "1",
                "--backend-store-uri",
                store,
                "--artifacts-destination",
                str(folder / "kept"),
            ),
        ]
        self.uri = f"http://{HOST}:{self.port}"
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        self.process = subprocess.Popen(
            self.words,
            cwd=self.folder,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.uri}/health", timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("mlflow server")

    def stop(self) -> None:
        """Kill it and all it has started."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def postgres_folder() -> Path | None:
    """Where PostgreSQL's programs are, the newest; None where there are none."""
    found = [file.parent for file in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)]
    on_path = shutil.which("initdb")
    return next(iter(found), Path(on_path).parent if on_path else None)


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """An empty PostgreSQL, with no password and for this machine only; its address."""
    user = {"user": NOBODY} if os.getuid() == 0 else {}
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="nnlab-postgres-", dir="/tmp"))
    if user:
        shutil.chown(folder, NOBODY)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
    data = ["-D", str(folder / "data")]
    try:
        initdb = [str(programs / "initdb"), *data, "-A", "trust", "-U", "nnlab", "--no-sync", "-E", "UTF8"]
        subprocess.run(initdb, check=True, **quiet)
        own = ["-h", HOST, "-p", str(port), "-k", str(folder), "-F"]
        server = subprocess.Popen([str(programs / "postgres"), *data, *own], **quiet)
        try:
            _wait_for(port)
            yield f"postgresql://nnlab@{HOST}:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def _wait_for(port: int) -> None:
    import psycopg

    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(host=HOST, port=port, user="nnlab", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
