"""What a process holds in memory, and whether the system has killed one for it."""

from contextlib import suppress
from pathlib import Path

_EVENTS = Path("/sys/fs/cgroup/memory.events")


def megabytes_held(pid: int) -> float:
    """Resident memory of a process and all it has started, MB of 10⁶ bytes; 0 for one that has ended."""
    import psutil

    held = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                held += one.memory_info().rss
    return held / 1e6


def count_system_kills() -> int:
    """How many processes of this container the kernel has killed for want of memory; 0 where it does not say."""
    with suppress(OSError, ValueError, StopIteration):
        lines = _EVENTS.read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("oom_kill ")).split()[1])
    return 0
