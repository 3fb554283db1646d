"""Finding a run by what a person calls it, and the files it left."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nnlab.errors import RunNotFoundError, StorageError
from nnlab.names import suggest
from nnlab.plan import Tracking
from nnlab.tracking import tags as names
from nnlab.tracking.address import redact, store_uri
from nnlab.tracking.client import connect
from nnlab.tracking.listing import list_runs
from nnlab.tracking.rows import RunRow

LAST = "last"
SHOWN = 5
"""How many of several runs an error lists."""
_downloaded: dict[tuple[str, str], Path] = {}


def find_run(tracking: Tracking, text: str) -> RunRow:
    """The run that is called so: `last`, an id, a name, or the beginning of an id, in this order.

    Raises RunNotFoundError, which lists the candidates, when there is none or more than one.
    """
    rows = list_runs(tracking)
    if not rows:
        raise RunNotFoundError(f"RUN: {_quote(text)}; there are no runs in {redact(tracking.uri)} yet")
    if text == LAST:
        return rows[0]
    for matches in _ways(text):
        if found := [row for row in rows if matches(row)]:
            return _only(found, text)
    meant = suggest(text, {row.name for row in rows})
    hint = f"; did you mean {meant!r}?" if meant else ""
    raise RunNotFoundError(
        f"RUN: {_quote(text)}; an id or its beginning, a name, or `last`; see `nnlab runs`{hint}"
    )


def find_finished(tracking: Tracking, identity: str) -> RunRow | None:
    """The newest run of this identity that has FINISHED, or None: its result need not be trained again."""
    return next((row for row in runs_of(tracking, identity) if row.status == "FINISHED"), None)


def runs_of(tracking: Tracking, identity: str) -> list[RunRow]:
    """Every run of this identity, newest first."""
    return [row for row in list_runs(tracking) if row.tags.get(names.IDENTITY) == identity]


def _ways(text: str) -> list[Callable[[RunRow], bool]]:
    ways: list[Callable[[RunRow], bool]] = [lambda row: row.id == text, lambda row: row.name == text]
    return [*ways, lambda row: row.id.startswith(text)] if text else ways


def _only(found: list[RunRow], text: str) -> RunRow:
    if len(found) == 1:
        return found[0]
    shown = ", ".join(
        f"{row.id[:8]} ({row.started:%Y-%m-%d %H:%M}, {row.status.lower()})" for row in found[:SHOWN]
    )
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise RunNotFoundError(f"RUN: {_quote(text)} is {len(found)} runs; one of {shown}{more}")


def _quote(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


def artifact(run: RunRow, path: str) -> Path:
    """A file that a run left, "model/model.keras", on this disk; a server's is downloaded and gone at exit.

    Raises StorageError when the run has no such file, and for a path that leads out of the run.
    """
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise StorageError(f"{path}: leads out of the run's files; a path inside them")
    if (root := _local_root(run.artifact_uri)) is None:
        return _download(run, path)
    if not (file := root / path).exists():
        there = sorted(str(found.relative_to(root)) for found in root.rglob("*") if found.is_file())
        listed = f"it has {', '.join(there[:20])}" if there else "it has no files"
        raise StorageError(f"{path}: run {run.id[:8]} has no such file; {listed}")
    return file


def _local_root(uri: str) -> Path | None:
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return Path(uri) if not parts.scheme else None


def _download(run: RunRow, path: str) -> Path:
    """Fetch it; once, where the run has finished: a comparison asks for the same files again and again."""
    if (run.id, path) in _downloaded and run.status == "FINISHED":
        return _downloaded[run.id, path]
    connect(run.tracking)
    import mlflow.artifacts
    from mlflow.exceptions import MlflowException

    folder = tempfile.mkdtemp(prefix="nnlab-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        address = store_uri(run.tracking)
        fetched = mlflow.artifacts.download_artifacts(
            run_id=run.id, artifact_path=path, dst_path=folder, tracking_uri=address
        )
    except (MlflowException, OSError) as error:
        reason = redact(next(iter(str(error).splitlines()), type(error).__name__))
        raise StorageError(f"{path}: run {run.id[:8]} does not give it: {reason[:200]}") from None
    _downloaded[run.id, path] = Path(fetched)
    return Path(fetched)
