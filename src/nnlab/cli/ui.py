"""`nnlab ui`: MLflow's web page on nnlab's store, for this machine only."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO

from nnlab.cli.compose import tracking_from
from nnlab.cli.saying import say_aside
from nnlab.errors import TrackingError
from nnlab.plan import Tracking
from nnlab.reaping import reap
from nnlab.tracking.address import artifact_location, database, redact, store_uri
from nnlab.tracking.client import set_mlflow
from nnlab.tracking.probe import check_store
from nnlab.tracking.store import ensure_store

HOST = "127.0.0.1"
EXPERIMENTS = "/#/experiments?workflowType=machine_learning"
"""Without it, MLflow welcomes people to its tools for language models."""
PORTS_TRIED = 100
START = 60.0
"""Seconds the page may take to come up."""


def main(words: list[str]) -> int:
    """Serve the page until Ctrl-C or SIGTERM. Raises NnlabError."""
    options = _options(words)
    tracking = tracking_from(options.overrides)
    check_store(tracking)
    file = database(tracking)
    if file is None:
        print(f"{redact(store_uri(tracking))} is a server and has its own page")
        return 0
    port = free_port(options.port)
    if port != options.port:
        print(f"port {options.port} is taken", flush=True)
    set_mlflow()
    ensure_store(file, artifact_location(tracking))
    reap(tracking, say_aside)
    return serve(tracking, port)


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nnlab ui", description="MLflow's web page on nnlab's runs.")
    parser.add_argument(
        "--port", type=int, default=5000, help="default 5000; the next free one if it is taken"
    )
    parser.add_argument("overrides", nargs="*", help="where the runs are: tracking.uri=sqlite:///FILE")
    options = parser.parse_args(words)
    if not 1 <= options.port <= 65535:
        parser.error(f"--port: {options.port}; a number from 1 to 65535")
    return options


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens to. Raises TrackingError when there is none near."""
    last = min(first + PORTS_TRIED, 65536)
    for port in range(first, last):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return port
    raise TrackingError(f"--port: {first} to {last - 1} are all taken; another port")


def serve(tracking: Tracking, port: int) -> int:
    """Run MLflow's server in a process group of its own, its chatter kept back; end the group with us."""
    address = f"http://{HOST}:{port}"
    with _asked_to_end() as end, tempfile.TemporaryFile() as log:
        command, settings = _command(tracking, port), _environment()
        process = subprocess.Popen(command, env=settings, stdout=log, stderr=log, start_new_session=True)
        try:
            if _answers(process, address, end):
                print(f"{address}{EXPERIMENTS}  (Ctrl-C ends it)", flush=True)
                while not end and process.poll() is None:
                    time.sleep(0.2)
            if not end:
                raise _failure(process, address, log)
            return 0
        finally:
            _end_group(process)


def _command(tracking: Tracking, port: int) -> list[str]:
    where = [
        "--backend-store-uri",
        store_uri(tracking),
        "--host",
        HOST,
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    if location := artifact_location(tracking):
        where += ["--artifacts-destination", location]
    return [sys.executable, "-m", "mlflow", "server", *where, "--uvicorn-opts", "--log-level warning"]


def _environment() -> dict[str, str]:
    """No background jobs: the page only shows."""
    return {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


@contextmanager
def _asked_to_end() -> Iterator[list[int]]:
    """A list that fills when Ctrl-C or SIGTERM comes, instead of an exception in the middle of something."""
    came: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _answers(process: subprocess.Popen[bytes], address: str, end: list[int]) -> bool:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None and not end:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _failure(process: subprocess.Popen[bytes], address: str, log: IO[bytes]) -> TrackingError:
    state = "does not answer" if process.poll() is None else f"ended with code {process.returncode}"
    log.seek(0)
    last = next(iter(log.read().decode("utf-8", "replace").strip().splitlines()[-1:]), "it said nothing")
    return TrackingError(f"{address}: MLflow's page {state}: {redact(last)[:300]}; see `nnlab doctor`")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """The server and every process it started: asked first, then ended."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
