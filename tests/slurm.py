"""A Slurm of one node on this machine, of Debian's packages, with folders that are gone afterwards."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import HOST, free_port

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scancel")
_PATH = f"{os.environ['PATH']}:/usr/sbin"


def missing() -> str | None:
    """Why there can be none here."""
    if os.getuid() != 0:
        return "Slurm's node starts other users' jobs: only root can run it"
    absent = [program for program in PROGRAMS if shutil.which(program, path=_PATH) is None]
    return f"no {', '.join(absent)}: apt-get install slurm-wlm munge" if absent else None


@contextmanager
def slurm() -> Iterator[Path]:
    """Start it; the file to name in SLURM_CONF. It keeps no accounts: sacct has no answer."""
    folder = Path(tempfile.mkdtemp(prefix="nnlab-slurm-", dir="/tmp"))
    configuration = folder / "slurm.conf"
    configuration.write_text("\n".join(f"{key}={value}" for key, value in _settings(folder).items()))
    (folder / "key").write_bytes(secrets.token_bytes(128))
    (folder / "key").chmod(0o400)
    for name in ("state", "spool"):
        (folder / name).mkdir()
    started = []
    try:
        for command in _commands(folder, configuration):
            started.append(_start(command, folder))
        _wait_for_a_node(configuration)
        yield configuration
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path) -> dict[str, str]:
    name = socket.gethostname().split(".")[0]
    return {
        "ClusterName": "nnlab",
        "SlurmctldHost": f"{name}({HOST})",
        "AuthInfo": f"socket={folder}/munge",
        "SlurmUser": "root",
        "SlurmctldPort": str(free_port()),
        "SlurmdPort": str(free_port()),
        "StateSaveLocation": f"{folder}/state",
        "SlurmdSpoolDir": f"{folder}/spool",
        "SlurmctldPidFile": f"{folder}/slurmctld.pid",
        "SlurmdPidFile": f"{folder}/slurmd.pid",
        "ProctrackType": "proctrack/linuxproc",
        "TaskPlugin": "task/none",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_Core",
        "ReturnToService": "2",
        "NodeName": f"{name} NodeAddr={HOST} CPUs=2 State=UNKNOWN",
        "PartitionName": "main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    }


def _commands(folder: Path, configuration: Path) -> list[list[str]]:
    files = {"key-file": "key", "socket": "munge", "pid-file": "munged.pid", "log-file": "munged.log"}
    munge = ["munged", "--foreground", "--force", f"--seed-file={folder}/seed"]
    return [
        [*munge, *(f"--{option}={folder}/{name}" for option, name in files.items())],
        ["slurmctld", "-D", "-f", str(configuration)],
        ["slurmd", "-D", "-f", str(configuration)],
    ]


def _start(command: list[str], folder: Path) -> "subprocess.Popen[bytes]":
    program = shutil.which(command[0], path=_PATH)
    assert program is not None
    with (folder / f"{command[0]}.said").open("wb") as said:
        return subprocess.Popen([program, *command[1:]], stdout=said, stderr=said, stdin=subprocess.DEVNULL)


def _wait_for_a_node(configuration: Path) -> None:
    environment = {**os.environ, "SLURM_CONF": str(configuration)}
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = subprocess.run(["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, text=True)
        if found.stdout.strip() == "idle":
            return
        time.sleep(0.3)
    raise TimeoutError("slurm")
