import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nnlab.data import origins
from nnlab.data.origins import Download, OriginError, Package, last_words

PYPI = Package(1.0, {}, (), registry="PyPI", name="toy", version="1.0")
NPM = Package(1.0, {}, (), registry="npm", name="toy", version="1.0")
DEBIAN = Package(1.0, {}, (), registry="Debian", name="toy")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/toy.bin"
        self.send_response(200 if found else 404)
        self.end_headers()
        if found:
            self.wfile.write(b"x" * 2_500_000)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_download_is_written_whole(tmp_path: Path, address: str):
    Download(2.5, {}, ("toy.bin",), address=address).deliver(tmp_path)
    assert (tmp_path / "toy.bin").stat().st_size == 2_500_000


def test_a_download_that_is_not_there(tmp_path: Path, address: str):
    with pytest.raises(OriginError, match=r"no answer \(Not Found\)"):
        Download(1.0, {}, ("absent.bin",), address=address).deliver(tmp_path)


def test_a_download_that_never_ends_is_cut(tmp_path: Path, address: str):
    with pytest.raises(OriginError, match=r"toy\.bin is larger than the published 1 MB"):
        Download(1.0, {}, ("toy.bin",), address=address).deliver(tmp_path)


def test_a_server_that_never_answers_costs_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(origins, "CONNECT_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        with pytest.raises(OriginError, match=r"no answer \(timed out\)"):
            Download(1.0, {}, ("x",), address=f"http://127.0.0.1:{silent.getsockname()[1]}/").deliver(
                tmp_path
            )
    assert time.monotonic() - start < 3


def ran(
    monkeypatch: pytest.MonkeyPatch, package: Package, folder: Path, code: int = 0, error: str = ""
) -> list[str]:
    """The words that the registry's client would have been started with."""
    started: list[list[str]] = []

    def run(words: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        started.append(words)
        assert options["cwd"] == folder
        return subprocess.CompletedProcess(words, code, "", error)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(origins.shutil, "which", lambda name: f"/bin/{name}")
    package.deliver(folder)
    return started[0]


def test_the_clients_run_no_code_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pip = ran(monkeypatch, PYPI, tmp_path)
    assert pip[-1] == "toy==1.0"
    assert {"--no-deps", "--only-binary=:all:"} <= set(pip)
    assert {"pack", "--ignore-scripts", "toy@1.0"} <= set(ran(monkeypatch, NPM, tmp_path))
    assert ran(monkeypatch, DEBIAN, tmp_path) == ["/bin/apt-get", "download", "toy"]


def test_what_the_client_says_is_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(OriginError, match=r"^E: Unable to locate package toy$"):
        ran(monkeypatch, DEBIAN, tmp_path, 100, "W: stale\nE: Unable to locate package toy\n")


def test_an_address_in_a_clients_words_is_not_repeated():
    assert last_words("ERROR: no https://user:secret@host/simple") == "ERROR: no <address>"
    assert last_words("") == "it failed without a word"


@pytest.mark.parametrize("package", [NPM, DEBIAN])
def test_a_client_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: Package):
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(OriginError, match=r"(npm|apt-get) is not installed here"):
        package.deliver(tmp_path)
