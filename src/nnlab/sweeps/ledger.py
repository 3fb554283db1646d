"""The ledger of a sweep: one JSON line a change of state, on the disk before anything follows from it."""

import fcntl
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.checking.reading import read_plan
from nnlab.errors import StorageError, WorkError
from nnlab.replacing import storage_error
from nnlab.sweeps.jobs import Job, Result
from nnlab.sweeps.launchers import read_settings
from nnlab.sweeps.settings import Here, Settings
from nnlab.sweeps.wanted import Wanted
from nnlab.tracking.address import redact

NAME = "ledger.jsonl"


class Ledger:
    """The file in the sweep's folder. Held by one process at a time: a second gets a WorkError."""

    def __init__(self, folder: Path):
        self.file = folder / NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = open(self.file, "ab")  # noqa: SIM115
        except OSError as error:
            raise storage_error(self.file, error) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._handle.close()
            raise WorkError(
                f"{self.file}: another process is at this sweep; wait for it, or end it"
            ) from None
        # What a killed process left half written is no line: the next one must stand alone.
        self._handle.truncate(_whole(self.file))

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        """Let another process have it."""
        self._handle.close()

    def open(self, wanted: Wanted) -> None:
        """Write what is wanted, unless it stands there."""
        jobs = [
            {"job": job.number, "identity": identity, "words": list(job.words), "plan": job.plan.plain()}
            for job, identity in zip(wanted.jobs, wanted.identities, strict=True)
        ]
        settings = wanted.settings
        self.begin({"sweep": jobs, "launcher": settings.launcher, "settings": settings.plain()})

    def begin(self, head: Mapping[str, Any]) -> None:
        """Write the first line, unless there is one."""
        if not _whole(self.file):
            self._put(head)

    def started(self, job: Job) -> None:
        """A process begins with the job."""
        self._put({"job": job.number, "state": "STARTED"})

    def ended(self, result: Result) -> None:
        """How the job ended."""
        self._put(
            {
                "job": result.job.number,
                "state": result.state,
                "run": result.outcome.run_id if result.outcome else None,
                "reason": result.reason,
                "seconds": round(result.seconds, 3),
                "log": str(result.log) if result.log else None,
            }
        )

    def _put(self, line: Mapping[str, Any]) -> None:
        try:
            text = json.dumps({"time": int(time.time() * 1000), **line}, ensure_ascii=False, default=str)
            self._handle.write(redact(text).encode() + b"\n")
            self._handle.flush()
            os.fsync(self._handle.fileno())
        except OSError as error:
            raise storage_error(self.file, error) from None


def read_jobs(folder: Path) -> tuple[list[Job], Settings]:
    """The jobs that a sweep wanted, with the plans they had then, and its settings. Raises StorageError."""
    head, *_ = read_ledger(folder) or [{}]
    if "sweep" not in head:
        raise StorageError(f"{folder / NAME}: no ledger of a sweep; the folder of one, see `nnlab runs`")
    jobs = [Job(one["job"], tuple(one["words"]), read_plan(one["plan"])) for one in head["sweep"]]
    return jobs, read_settings(head["settings"], head.get("launcher", Here.launcher))


def read_search(folder: Path) -> list[str]:
    """The command of a search, none for a sweep of listed jobs. Raises StorageError."""
    head, *_ = read_ledger(folder) or [{}]
    return head.get("search", [])


def read_ledger(folder: Path) -> list[dict[str, Any]]:
    """All whole lines, in order; none where there is no ledger. Raises StorageError for a broken one."""
    file = folder / NAME
    try:
        return [json.loads(line) for line in file.read_bytes()[: _whole(file)].splitlines()]
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raise StorageError(f"{file}: no ledger of a sweep") from None


def _whole(file: Path) -> int:
    return file.read_bytes().rfind(b"\n") + 1
