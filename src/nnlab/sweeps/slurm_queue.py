"""Slurm's queue, as squeue shows it: without the accounting that sacct needs, and many a cluster does without."""

import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

EVERY = 30.0
"""Seconds between two questions: Slurm's masters ask for patience."""
_SOON = 2.0
"""The same, where jobs were asked to end."""
GONE = "GONE"
"""The state of a job that Slurm no longer lists: it forgets what ended some minutes ago."""
_UNKNOWN = "UNKNOWN"
_ENDED = {
    *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED"),
    *("NODE_FAIL", "OUT_OF_MEMORY", "REVOKED", "TIMEOUT", GONE),
}
_SECONDS = 20.0
"""A question that is not answered by then is left."""


def ask_slurm() -> dict[str, str]:
    """The state of each of this user's jobs by its id, of those too that ended just now.

    Raises OSError and subprocess.SubprocessError where Slurm does not answer
    (https://slurm.schedmd.com/squeue.html).
    """
    command = ["squeue", "--me", "--states=all", "--noheader", "--format=%A %T"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=_SECONDS).stdout
    return dict(line.split() for line in said.splitlines())


class SlurmQueue:
    """What has become of the jobs that are watched, by the newest answer. ask, every: how, and how often."""

    def __init__(self, ask: Callable[[], Mapping[str, str]] = ask_slurm, every: float = EVERY):
        self._ask, self._every = ask, every
        self._asked = float("-inf")
        self._states: Mapping[str, str] | None = None
        self._watched: dict[str, int] = {}

    def watch(self, job: str) -> None:
        """Begin to count how many answers say that it has ended."""
        self._watched[job] = 0

    def look(self, soon: bool = False) -> None:
        """Ask, unless that was done a moment ago. Where there is no answer the last one holds."""
        if time.monotonic() < self._asked + min(self._every, _SOON if soon else self._every):
            return
        with suppress(OSError, ValueError, subprocess.SubprocessError):
            self._states = self._ask()
            for job, times in self._watched.items():
                self._watched[job] = times + 1 if self.state(job) in _ENDED else 0
        self._asked = time.monotonic()

    def state(self, job: str) -> str:
        """Slurm's word for it: `RUNNING`, `TIMEOUT` …; or GONE, or UNKNOWN where Slurm has never answered."""
        return _UNKNOWN if self._states is None else self._states.get(job, GONE)

    def is_under_way(self, job: str) -> bool:
        """Whether it waits or runs, as far as is known."""
        return self.state(job) not in _ENDED

    def has_ended(self, job: str, answers: int = 2) -> bool:
        """Whether so many answers in a row said so: on a shared disk, its files may come after the first."""
        return self._watched.get(job, 0) >= answers
