"""What the forkserver and the process that uses it say to each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.plan import Plan


@dataclass(frozen=True)
class Start:
    """Asks for `function(*arguments)` in a new process. log: takes its output. settings: environment variables.

    plan: one that stands in the arguments; what it needs the server reads once for all processes, where it may.
    """

    number: int
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    plan: Plan | None = None


@dataclass(frozen=True)
class Started:
    """The process of a Start runs. process: its name in records, `host/pid/start`."""

    number: int
    pid: int
    process: str


@dataclass(frozen=True)
class Answer:
    """What a worker said before it ended: a value, or the error that came instead."""

    value: Any = None
    error: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Ended:
    """The process of a Start is gone. code: its exit code, -n for signal n. answer: None when it said nothing."""

    number: int
    code: int
    answer: Answer | None
    megabytes: float


Message = Started | Ended | None
"""None is the first message: the server is ready."""
