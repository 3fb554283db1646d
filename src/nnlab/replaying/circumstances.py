"""Under what other circumstances a run is trained again than its record tells, the likeliest cause first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnlab import __version__
from nnlab.errors import StorageError
from nnlab.plan import Trainer
from nnlab.tracking import tags
from nnlab.tracking.address import redact
from nnlab.tracking.environment import git_state, machine, requirements
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact
from nnlab.training.runtime import available_threads

COMPUTING = ("tensorflow", "keras", "numpy", "ml_dtypes", "h5py", "scikit-learn")
"""The packages whose version may change a bit."""
_MACHINE = ("cpu", "python", "platform")


@dataclass(frozen=True)
class Circumstance:
    """What is not as it was."""

    name: str
    there: str
    here: str

    def __str__(self) -> str:
        return f"{self.name} {self.there} in the record, {self.here} now"


def find_changes(row: RunRow, before: Trainer, now: Trainer) -> list[Circumstance]:
    """Whatever differs between a run's record and this process, the likeliest cause of other bits first.

    before, now: the trainer as recorded, and as it will be. What the record does not tell is taken for the same.
    """
    changes = [
        _change("trainer.threads", _threads_there(row, before), str(now.threads or available_threads())),
        *_packages(row, COMPUTING),
        _change("nnlab", row.tags.get(tags.VERSION), __version__),
        *_code(row),
        *(_change(name, row.tags.get(f"nnlab.{name}"), machine()[name]) for name in _MACHINE),
    ]
    return [change for change in changes if change]


def _change(name: str, there: str | None, here: str) -> Circumstance | None:
    return None if there is None or there == here else Circumstance(name, there, here)


def _threads_there(row: RunRow, trainer: Trainer) -> str | None:
    return str(trainer.threads) if trainer.threads else row.tags.get(tags.THREADS)


def _packages(row: RunRow, names: tuple[str, ...]) -> Iterator[Circumstance | None]:
    there, here = _versions(_kept(row, "environment/requirements.txt") or ""), _versions(requirements())
    for name in names:
        if name in there:
            yield _change(name, there[name], here.get(name, "none"))


def _versions(text: str) -> dict[str, str]:
    return {name: version for name, _, version in (line.partition("==") for line in text.splitlines())}


def _code(row: RunRow) -> Iterator[Circumstance | None]:
    """The repository around the working folder: its commit, and what was not committed."""
    there, now = row.tags.get(tags.GIT_COMMIT), git_state(Path.cwd())
    if there is None or now is None:
        return
    yield _change("commit", there[:12], now.commit[:12])
    if (diff := _kept(row, "environment/git.diff")) is not None and diff != redact(now.diff):
        yield Circumstance("uncommitted changes", _lines(diff), _lines(now.diff))


def _lines(diff: str) -> str:
    return f"{len(diff.splitlines())} lines" if diff else "none"


def _kept(row: RunRow, path: str) -> str | None:
    try:
        return artifact(row, path).read_text(encoding="utf-8")
    except (StorageError, OSError):
        return None
