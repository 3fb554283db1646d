"""The circumstances of a run: code, versions and machine."""

import importlib.metadata
import os
import platform
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nnlab.tracking import tags
from nnlab.tracking.address import redact


@dataclass(frozen=True)
class GitState:
    """A repository's commit, and what differs from it; `diff`: a patch of tracked files, "" when clean."""

    commit: str
    dirty: bool
    diff: str


def git_state(folder: Path) -> GitState | None:
    """The state of the repository around a folder; None outside one, before a commit, without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    status = _git(folder, "status", "--porcelain") or ""
    diff = _git(folder, "diff", "HEAD", "--no-color", "--no-ext-diff") or ""
    return GitState(commit.strip(), bool(status.strip()), redact(diff))


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


@cache
def requirements() -> str:
    """Every installed distribution as `name==version`, sorted, one a line: what `pip install -r` reads.

    Read once: what a process has imported does not change with what is installed later.
    """
    found = {name_version(distribution) for distribution in importlib.metadata.distributions()}
    return "".join(f"{line}\n" for line in sorted(filter(None, found), key=str.lower))


def name_version(distribution: importlib.metadata.Distribution) -> str | None:
    """`name==version`; None where none is said. Reading all headers of all packages takes a tenth of a second."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    found = [re.search(rf"^{header}: *(\S+)", text, re.MULTILINE) for header in ("Name", "Version")]
    return "==".join(match[1] for match in found if match) if all(found) else None


def machine() -> dict[str, str]:
    """Python, platform, processor, and how many threads this process may use at once."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (named[0] if named else "") or platform.processor() or platform.machine()


def environment_tags(git: GitState | None) -> dict[str, str]:
    """The machine, and the repository where there is one, as tags of a run."""
    found = {f"nnlab.{key}": value for key, value in machine().items()}
    if git is not None:
        found |= {
            tags.GIT_COMMIT: git.commit,
            tags.GIT_DIRTY: str(git.dirty).lower(),
            "mlflow.source.git.commit": git.commit,
        }
    return found
