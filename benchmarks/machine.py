"""On what was measured: processor, memory, versions."""

import importlib.metadata
import os
import platform
from datetime import date
from pathlib import Path

_PACKAGES = ("nnlab", "tensorflow", "keras", "mlflow", "numpy")


def describe_machine() -> str:
    """One line: cores, processor, memory, system, versions, the day."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores} cores of {_processor()}, {memory:.0f} GiB, {platform.system()}; "
        f"Python {platform.python_version()}, {versions}; {date.today().isoformat()}"
    )


def load() -> float:
    """How many processes wanted a core on average in the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
