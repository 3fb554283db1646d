"""Which process runs a run, and whether it still does."""

import os
import socket


def this_process() -> str:
    """This process as `name_process` names it."""
    return name_process(os.getpid())


def name_process(pid: int) -> str:
    """A process as `host/pid/start`, start in seconds since 1970; a pid used again does not look alike."""
    import psutil

    return f"{socket.gethostname()}/{pid}/{psutil.Process(pid).create_time():.2f}"


def is_dead(process: str | None) -> bool:
    """Whether the process was one of this machine's and is no more; False where that cannot be known."""
    import psutil

    host, pid, start = (process or "").rsplit("/", 2) if (process or "").count("/") >= 2 else ("", "", "")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        found = psutil.Process(int(pid))
        return found.status() == psutil.STATUS_ZOMBIE or abs(found.create_time() - float(start)) > 1
    except psutil.NoSuchProcess:
        return True
