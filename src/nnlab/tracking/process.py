"""Which process runs a run, and whether it still does."""

import os
import socket
import time

SILENT = 300.0
"""Seconds without a sign of life after which a process of another machine is taken for dead."""


def sign_of_life() -> str:
    """Now, as the tag of life holds it."""
    return str(int(time.time()))


def this_process() -> str:
    """This process as `name_process` names it."""
    return name_process(os.getpid())


def name_process(pid: int) -> str:
    """A process as `host/pid/start`, start in seconds since 1970; a pid used again does not look alike."""
    import psutil

    return f"{socket.gethostname()}/{pid}/{psutil.Process(pid).create_time():.2f}"


def is_dead(process: str | None, heard: str | None = None) -> bool:
    """Whether a process is no more: one of this machine at once, another's by when it was last `heard`.

    heard: as `sign_of_life` says it. False where that cannot be known.
    """
    import psutil

    host, pid, start = (process or "").rsplit("/", 2) if (process or "").count("/") >= 2 else ("", "", "")
    if not pid.isdigit():
        return False
    if host != socket.gethostname():
        return (heard or "").isdigit() and time.time() - int(heard or 0) > SILENT
    try:
        found = psutil.Process(int(pid))
        return found.status() == psutil.STATUS_ZOMBIE or abs(found.create_time() - float(start)) > 1
    except psutil.NoSuchProcess:
        return True
