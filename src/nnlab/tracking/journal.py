"""What happened in a run, one JSON line an event, on disk before anything else hears of it.

Events are numbered from 1 and carry their own time, so that the whole journal may be delivered to a store
any number of times with the same result: MLflow keeps one point per (key, step, time, value).
"""

import json
import math
import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from nnlab.errors import StorageError

Kind = Literal["start", "bound", "params", "metrics", "tags", "artifact", "finish", "delivered", "resume"]
NAME = "journal.jsonl"


@dataclass(frozen=True)
class Event:
    """One event: its number, kind, milliseconds since 1970, what it says; `bound` names the MLflow run.

    `delivered`: everything before it is in the store.
    """

    number: int
    kind: Kind
    time: int
    body: dict[str, Any]


class Journal:
    """An append-only file of events; safe to append to from several threads. Raises StorageError."""

    def __init__(self, file: Path):
        self.file = file
        self._lock = threading.Lock()
        events = read_events(file)
        self._number = events[-1].number if events else 0
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._handle = open(file, "ab")  # noqa: SIM115
            # What a killed process left half written is no event: the next line must stand alone.
            self._handle.truncate(_whole_lines(file))
        except OSError as error:
            raise StorageError(f"{file}: {error.strerror}") from None

    def append(self, kind: Kind, body: dict[str, Any]) -> Event:
        """Write one event and hand it to the operating system, so that it survives this process."""
        with self._lock:
            event = Event(self._number + 1, kind, int(time.time() * 1000), body)
            line = json.dumps(asdict(event), ensure_ascii=False, allow_nan=False, default=str)
            try:
                self._handle.write(line.encode("utf-8", "replace") + b"\n")
                self._handle.flush()
            except OSError as error:
                raise StorageError(f"{self.file}: {error.strerror}; {_free(self.file)} free") from None
            self._number = event.number
            return event

    def close(self) -> None:
        """Close the file."""
        self._handle.close()


def read_events(file: Path) -> list[Event]:
    """A journal's events in order, without an unfinished last line. Raises StorageError for a broken one."""
    if not file.is_file():
        return []
    lines = file.read_bytes()[: _whole_lines(file)].splitlines()
    try:
        events = [Event(**json.loads(line)) for line in lines]
    except (ValueError, TypeError):
        raise StorageError(f"{file}: no journal of a run") from None
    if any(event.kind not in get_args(Kind) for event in events):
        raise StorageError(f"{file}: a journal of a newer nnlab")
    return events


def read_start(file: Path) -> dict[str, Any]:
    """What a run began with, from its journal's first line: experiment, name, tags, store; {} where none began."""
    if not file.is_file():
        return {}
    with open(file, "rb") as handle:
        first = handle.readline()
    try:
        event = Event(**json.loads(first))
    except (ValueError, TypeError):
        return {}
    return event.body if event.kind == "start" else {}


def number_text(value: float) -> float | str:
    """A metric's value as strict JSON can hold it; `float()` reads it back."""
    value = float(value)
    return value if math.isfinite(value) else str(value)


def _whole_lines(file: Path) -> int:
    return file.read_bytes().rfind(b"\n") + 1


def _free(file: Path) -> str:
    usage = os.statvfs(file.parent)
    return f"{usage.f_bavail * usage.f_frsize / 2**20:.0f} MB"
