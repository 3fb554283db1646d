"""The runs below ./outputs whose end their store has not heard: what their journals hold is brought there.

So it is after a SIGKILL or a power cut, and after a store that was away when a run ended. Each folder says so
itself: its journal's last line is not that all is delivered, and no process holds its lock.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from nnlab.claim import hold
from nnlab.errors import NnlabError
from nnlab.folder import OUTPUTS
from nnlab.plan import Tracking
from nnlab.tracking.abandoned import finish_record
from nnlab.tracking.ending import is_unsettled
from nnlab.tracking.journal import NAME, read_start


def reap(tracking: Tracking, say: Callable[[str], None], own: Path | None = None) -> None:
    """Settle every run of the working folder that this store is to know; `say` hears a line for each.

    What cannot be settled is said and left: it must not fail the command that asks. own: the folder of what that
    has just done; where it is not settled, the store is away and nothing is tried.
    """
    if own and is_unsettled(own):
        return
    for folder in _unsettled(tracking):
        try:
            with hold(folder) as held:
                # Another command may have been here in between.
                if held and is_unsettled(folder):
                    say(_describe(folder, finish_record(tracking, folder)))
        except NnlabError as error:
            say(f"warning: {error}")


def _unsettled(tracking: Tracking) -> Iterator[Path]:
    for journal in sorted(Path(OUTPUTS).resolve().glob(f"*/*/{NAME}")):
        if is_unsettled(journal.parent) and read_start(journal).get("store") == tracking.uri:
            yield journal.parent


def _describe(folder: Path, ended: str) -> str:
    place = folder.relative_to(Path.cwd())
    if ended == "FINISHED":
        return f"{place}: had finished, and the store knows it now"
    return f"{place}: was {ended.lower()}, and the store knows it now; `nnlab resume {place}` goes on with it"
