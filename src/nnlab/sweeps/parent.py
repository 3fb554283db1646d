"""The record that many runs belong below."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from nnlab.claim import hold
from nnlab.plan import Tracking
from nnlab.run import recorded
from nnlab.sweeps.ledger import NAME as LEDGER
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.rows import RunRow


@contextmanager
def parent_record(
    tracking: Tracking, folder: Path, former: RunRow | None, title: tuple[str, str], tags: Mapping[str, str]
) -> Iterator[Recorder]:
    """A parent's record, begun or, where there is a former one, gone on with; it says how the block ended.

    title: its experiment and its name. The record keeps the ledger that lies in `folder`, as it is at the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with hold(folder, wait=True):
        recorder = Recorder(tracking, folder)
        if former and former.folder:
            recorder.resume(former.id)
            recorder.tags(tags)
        else:
            recorder.start(*title, tags)
        with recorded(recorder, folder):
            try:
                yield recorder
            finally:
                recorder.artifact(folder / LEDGER)
