"""The errors that a user meets.

    NnlabError                 exit code 1
    ├── RequestError           exit code 2: what was asked for is wrong; nothing was done
    │   ├── ConfigError        one or more Problems in the configuration
    │   ├── DataError          the data cannot be used: file, index, count
    │   ├── ModelFileError     a model file is missing, foreign or refused
    │   └── RunNotFoundError   no run, or several, go by that name
    └── WorkError              exit code 1: the request was right, the work failed
        ├── FetchError         a dataset could not be had from any source
        ├── DivergenceError    training left the finite numbers
        ├── StorageError       a file could not be written or read
        │   └── CheckpointError  no checkpoint of a run is whole, or they are another plan's
        ├── TrackingError      the tracking store cannot be used
        └── Pruned             a search has ended the run early, because others do better

Every message reads `KEY-OR-FILE: what was given; what is allowed`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_YAML_WORDS = {"None": "null", "True": "true", "False": "false"}


def show(value: Any) -> str:
    """A value as an error shows it: short, in YAML's words, told apart from its look-alikes ('1' from 1)."""
    text = repr(value)
    return _YAML_WORDS.get(text) or (text if len(text) <= 60 else text[:57] + "…")


@dataclass(frozen=True)
class Problem:
    """One mistake in a configuration: which key, what was given, what is allowed, what was meant."""

    key: str
    given: str
    allowed: str = ""
    meant: str | None = None

    def __str__(self) -> str:
        allowed = f"; {self.allowed}" if self.allowed else ""
        meant = f"; did you mean {self.meant!r}?" if self.meant else ""
        return f"{self.key}: {self.given}{allowed}{meant}"


class NnlabError(Exception):
    """Whatever nnlab says in one line instead of a traceback."""

    exit_code = 1


class RequestError(NnlabError):
    """The request was wrong; nothing was done."""

    exit_code = 2


class ConfigError(RequestError):
    """The configuration holds mistakes, all of them listed in `problems`."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(RequestError):
    """The data cannot be used."""


class ModelFileError(RequestError):
    """A model file is missing, unreadable, or refused because it could run code."""


class RunNotFoundError(RequestError):
    """No run, or more than one, is called that."""


class WorkError(NnlabError):
    """The request was right and the work failed."""


class FetchError(WorkError):
    """A dataset could not be had from any of its sources."""


class DivergenceError(WorkError):
    """The loss or a weight is no longer a finite number."""


class StorageError(WorkError):
    """A file could not be written or read: path and reason."""


class CheckpointError(StorageError):
    """A run cannot go on from its checkpoints."""


class TrackingError(WorkError):
    """The tracking store cannot be reached or refuses."""


class Pruned(WorkError):
    """A search has ended the run between two epochs; whoever wants it whole goes on from there."""
