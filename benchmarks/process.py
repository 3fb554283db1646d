"""One process from start to end: wall time, peak memory, what it printed."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit of ru_maxrss: bytes on macOS, kilobytes elsewhere."""


@dataclass(frozen=True)
class Measure:
    """Seconds of wall time, peak resident memory in MB (of the largest process in it), exit code and output."""

    seconds: float
    megabytes: float
    code: int
    output: str


def measure(command: Sequence[str], folder: Path, **settings: str) -> Measure:
    """Run a command in `folder`, its output in a file; settings: more of its environment, byte code allowed."""
    usual = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env={**usual, **settings}, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        output = log.read().decode("utf-8", "replace")
    return Measure(seconds, usage.ru_maxrss * _BYTES / 1e6, process.returncode, output)
