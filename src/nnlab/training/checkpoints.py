"""Checkpoints: all that the rest of a training follows from, one file an epoch, whole or not at all.

A file is a line with the sha256 of what follows, then a zip of arrays (numpy's npz, without pickles) whose
`state` is JSON. It is written aside and put in its place by one rename, and the last two are kept, so that
whatever a kill or a bad disk leaves behind, an earlier whole one is there.
"""

import hashlib
import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.replacing import put_in_place, storage_error
from nnlab.training.history import History

FOLDER = "checkpoints"
KEPT = 2
SYNC_SECONDS = 1.0
"""How often a checkpoint is forced onto the disk: a killed process loses none, a power cut a second."""


@dataclass(frozen=True)
class Checkpoint:
    """The state after an epoch.

    epoch: how many are finished. stopped: whether a callback has ended the training. weights, optimizer: the
    variables by path. callbacks: each one's own state by label (see `callback_states`).
    """

    epoch: int
    stopped: bool
    weights: dict[str, np.ndarray]
    optimizer: dict[str, np.ndarray]
    callbacks: dict[str, dict[str, Any]]
    history: History


class Checkpoints:
    """The checkpoints of one run, in a folder of their own.

    say: hears where a training goes on, and about those that cannot be used.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]):
        self.folder = folder
        self.say = say
        self._synced = 0.0

    def save(self, checkpoint: Checkpoint) -> None:
        """Add one, and let go of all but the last two. Raises StorageError with path and free space."""
        target = self.folder / f"epoch-{checkpoint.epoch:06d}.ckpt"
        aside = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(pack(checkpoint))
            self._put(aside, target)
            for old in self.files()[KEPT:]:
                old.unlink()
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            raise storage_error(target, error) from None

    def _put(self, aside: Path, target: Path) -> None:
        if time.monotonic() - self._synced < SYNC_SECONDS:
            os.replace(aside, target)
            return
        put_in_place(aside, target)
        self._synced = time.monotonic()

    def files(self) -> list[Path]:
        """The files there are, newest first."""
        return sorted(self.folder.glob("epoch-*.ckpt"), reverse=True)

    def clear(self) -> None:
        """Let go of all: a finished run needs none."""
        for file in self.files():
            file.unlink(missing_ok=True)

    def newest(self) -> Checkpoint | None:
        """The newest that is whole; None where nothing was ever saved.

        Raises CheckpointError where there are some and none is whole: nothing starts over unasked.
        """
        files = self.files()
        for file in files:
            try:
                found = unpack(file.read_bytes())
            except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
                self.say(f"warning: {file}: {error}; the one before it is tried")
                continue
            return found
        if files:
            raise CheckpointError(
                f"{self.folder}: none of {len(files)} checkpoints is whole; --restart begins anew"
            )
        return None


def pack(checkpoint: Checkpoint) -> bytes:
    """What a checkpoint's file holds."""
    arrays: dict[str, np.ndarray] = {}
    state = {
        "epoch": checkpoint.epoch,
        "stopped": checkpoint.stopped,
        "weights": _store(checkpoint.weights, "weights", arrays),
        "optimizer": _store(checkpoint.optimizer, "optimizer", arrays),
        "callbacks": _store(checkpoint.callbacks, "callbacks", arrays),
        "series": {
            name: np.asarray(values, np.float64) for name, values in checkpoint.history.series.items()
        },
        "seconds": np.asarray(checkpoint.history.seconds, np.float64),
    }
    state["series"] = _store(state["series"], "series", arrays)
    state["seconds"] = _store(state["seconds"], "seconds", arrays)
    buffer = io.BytesIO()
    arrays["state"] = np.frombuffer(json.dumps(state).encode(), np.uint8)
    np.savez(buffer, **arrays)  # pyright: ignore[reportArgumentType]
    content = buffer.getvalue()
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def unpack(data: bytes) -> Checkpoint:
    """The checkpoint that a file holds. Raises ValueError where it is damaged."""
    digest, _, content = data.partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise ValueError("damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        state = json.loads(arrays["state"].tobytes())
        found = {key: _fetch(value, arrays) for key, value in state.items()}
    series = {name: values.tolist() for name, values in found["series"].items()}
    return Checkpoint(
        epoch=found["epoch"],
        stopped=found["stopped"],
        weights=found["weights"],
        optimizer=found["optimizer"],
        callbacks=found["callbacks"],
        history=History(series, found["seconds"].tolist()),
    )


_ARRAY = "$array"
"""Marks the place of an array in the JSON; no key of a state begins with `$`."""


def _store(value: Any, key: str, arrays: dict[str, np.ndarray]) -> Any:
    """The value as JSON, its arrays put under names of their own."""
    if isinstance(value, np.ndarray | np.generic):
        arrays[key] = np.asarray(value)
        return {_ARRAY: key}
    if isinstance(value, dict):
        return {name: _store(item, f"{key}/{name}", arrays) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_store(item, f"{key}/{index}", arrays) for index, item in enumerate(value)]
    return value


def _fetch(value: Any, arrays: Any) -> Any:
    if isinstance(value, dict):
        return arrays[value[_ARRAY]] if _ARRAY in value else {k: _fetch(v, arrays) for k, v in value.items()}
    return [_fetch(item, arrays) for item in value] if isinstance(value, list) else value
