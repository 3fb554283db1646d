"""The figures of many runs, drawn in a process forked from the one that has matplotlib imported."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nnlab.analysis.comparison import Question, compare
from nnlab.analysis.comparison_figures import draw_comparison
from nnlab.analysis.selection import leaves_of
from nnlab.errors import RequestError, WorkError
from nnlab.plan import Tracking
from nnlab.sweeps.messages import Ended
from nnlab.sweeps.workers import Workers
from nnlab.tracking.listing import list_runs
from nnlab.tracking.recorder import Recorder

PLOTS = "plots"
SECONDS = 300.0
"""A process that has not drawn everything by then is ended."""
_NUMBER = -1
"""Jobs are numbered from 0."""


def keep_figures(workers: Workers, recorder: Recorder, runs: Sequence[str]) -> None:
    """Draw what runs show side by side into plots/ of a parent's record; a warning where that cannot be."""
    folder, log = recorder.folder / PLOTS, recorder.folder / "logs" / "figures.log"
    try:
        reason = work_apart(workers, draw_runs, (recorder.tracking, tuple(runs), folder), log)
    except WorkError as error:
        reason = str(error)
    if reason:
        print(f"warning: no figures: {reason}", file=sys.stderr)
    if folder.is_dir():
        recorder.artifact(folder, PLOTS)


def draw_runs(tracking: Tracking, runs: Sequence[str], folder: Path) -> list[Path]:
    """Every figure of the comparison of finished runs; none of a single one, or of runs on different samples.

    runs: their ids. Raises StorageError and TrackingError.
    """
    found = leaves_of(runs, list_runs(tracking))
    try:
        return draw_comparison(compare(found, Question(), {}), folder) if len(found) > 1 else []
    except RequestError:
        return []


def work_apart(workers: Workers, function: Callable[..., Any], arguments: tuple[Any, ...], log: Path) -> str:
    """Do something in a process of its own, which prints into `log`; why it failed, empty when all is well.

    Raises WorkError where no process can be started.
    """
    workers.start(_NUMBER, function, arguments, log)
    deadline = time.monotonic() + SECONDS
    while (left := deadline - time.monotonic()) > 0:
        for message in workers.events(left):
            if isinstance(message, Ended) and message.number == _NUMBER:
                return _reason(message)
    workers.signal(_NUMBER, signal.SIGKILL)
    return f"not drawn within {SECONDS:g} s"


def _reason(ended: Ended) -> str:
    if ended.answer is None:
        return f"the process that draws them ended with {ended.code}; is there enough memory?"
    return ended.answer.reason or ended.answer.error
