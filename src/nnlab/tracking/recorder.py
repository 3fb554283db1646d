"""The record of one run: five verbs, and two for what is more than a number or a file.

start → params, metrics, tags, artifact, model in any order and number → finish. Every verb writes one line
into the run's journal and returns; a thread delivers the journal to MLflow behind training's back. A store
that dies never stops or slows training. An interrupted run is started with `resume`: its journal is delivered
whole, which adds nothing that is there already, and goes on below.
"""

import getpass
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nnlab.errors import StorageError, TrackingError
from nnlab.plan import Tracking
from nnlab.spec import DataSpec
from nnlab.tracking import tags as names
from nnlab.tracking.address import redact
from nnlab.tracking.delivery import Delivery
from nnlab.tracking.destination import MlflowDestination
from nnlab.tracking.journal import NAME, Event, Journal, Kind, number_text, read_events, read_start
from nnlab.tracking.limits import clean_name, flat
from nnlab.tracking.process import sign_of_life, this_process

if TYPE_CHECKING:
    import keras
    import numpy as np

Status = Literal["FINISHED", "FAILED", "KILLED"]


def _to_stderr(line: str) -> None:
    print(f"warning: {line}", file=sys.stderr)


class Recorder:
    """Records one run. A verb raises StorageError when the run's own folder cannot be written, nothing else.

    folder: the run's folder; the journal lies in it. warn: hears each warning, one line.
    """

    def __init__(self, tracking: Tracking, folder: Path, warn: Callable[[str], None] = _to_stderr):
        self.tracking = tracking
        self.folder = folder.resolve()
        self.journal = Journal(self.folder / NAME)
        self._warn = warn
        self._delivery: Delivery | None = None
        self._run_id: str | None = None
        self._experiment_id = ""
        self._points: set[tuple[str, int]] = set()
        self._settings: set[str] = set()

    def start(
        self,
        experiment: str,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
        *,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Begin the run; returns at once, before MLflow is even imported. Ask `check_store` first.

        experiment, name: any text; made printable, cut at 250 characters. tags: identity, versions, parent…
        then: what the thread does once the run exists, beside the training.
        """
        title = clean_name(name or experiment)
        own = {
            names.PROCESS: this_process(),
            names.HEARTBEAT: sign_of_life(),
            names.FOLDER: str(self.folder),
            "mlflow.user": _user(),
            "mlflow.source.name": "nnlab",
            "mlflow.source.type": "LOCAL",
        }
        new = not read_start(self.journal.file)
        self._delivery = Delivery(
            lambda: MlflowDestination(self.tracking, self._bind, new=new), self._warn, then=then
        )
        self._put(
            "start",
            {
                "experiment": clean_name(experiment),
                "name": title,
                "tags": {**own, **(tags or {})},
                "store": self.tracking.uri,
            },
        )

    def resume(self, run_id: str = "") -> None:
        """Go on with the run that the journal tells of, in the same MLflow run.

        run_id: that run's, for a journal that has gone with its folder.
        """
        events = read_events(self.journal.file)
        if run_id and not any(event.kind == "bound" for event in events):
            self._bind(run_id)
            events = read_events(self.journal.file)
        self._points = {
            (key, event.body["step"])
            for event in events
            if event.kind == "metrics"
            for key in event.body["values"]
        }
        self._settings = {key for event in events if event.kind == "params" for key, _ in flat(event.body)}
        self._deliver_whole(events)
        self._put("resume", {names.PROCESS: this_process()})

    def deliver(self, tags: Mapping[str, str] | None = None) -> None:
        """Bring what a run that has ended left in its journal into the store. Raises TrackingError if it cannot.

        tags: more of them.
        """
        self._deliver_whole(read_events(self.journal.file))
        if tags:
            self.tags(tags)
        if left := self._close(60.0):
            raise TrackingError(
                f"{self.journal.file}: {left} events did not reach the store ({self._reason(60.0)})"
            )

    def params(self, values: Mapping[str, Any]) -> None:
        """Record settings, nested or flat; over 6000 characters they are whole in config/long_params.json.

        What was recorded before an interruption is not recorded again.
        """
        new = {key: value for key, value in flat(values) if key not in self._settings}
        if new:
            self._put("params", new)

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        """Record one point of each metric (`train/loss`, `val/accuracy`); not finite ones become a tag.

        A point that was recorded before an interruption is not recorded again.
        """
        new = {key: number_text(value) for key, value in values.items() if (key, step) not in self._points}
        if new:
            self._put("metrics", {"values": new, "step": int(step)})

    def tags(self, values: Mapping[str, str]) -> None:
        """Set tags; later values replace earlier ones."""
        self._put("tags", {key: str(value) for key, value in values.items()})

    def artifact(self, path: Path, folder: str = "") -> None:
        """Keep a file, or a folder's files, under `folder` in the record; let it lie until `finish`."""
        self._put("artifact", {"path": str(path.resolve()), "folder": folder})

    def model(
        self, model: "keras.Model", spec: DataSpec, example: "np.ndarray", file: Path | None = None
    ) -> str | None:
        """Log an MLflow model that takes raw samples, and wait for it; its id, or None and a warning.

        model: the whole network with its preprocessing. example: (n, *spec.shape), raw. file: the model's .keras
        file where it is written already.
        """
        from nnlab.tracking.models import log_model

        if (run_id := self.run_id) is None:
            self._warn("tracking: the MLflow model was not logged, because its run is not in the store")
            return None
        try:
            return log_model(self.tracking, run_id, self._experiment_id, model, spec, example, file)
        except Exception as error:
            self._warn(
                redact(
                    f"tracking: the MLflow model was not logged: {next(iter(str(error).splitlines()), error)}"
                )
            )
            return None

    def finish(
        self, status: Status = "FINISHED", seconds: float = 60.0, at_most: float = math.inf
    ) -> str | None:
        """Drain, set the status and close; the run's id, or None.

        Waits `seconds` for a silent store, `at_most` for a slow one. What did not get through is said in one
        line and stays in the journal.
        """
        self._put("finish", {"status": status})
        if left := self._close(seconds, at_most):
            self._warn(
                f"tracking: {left} events did not reach the store ({self._reason(seconds)}); "
                f"the next run here, or `nnlab resume {self.folder}`, brings them there"
            )
        return self._run_id

    @property
    def run_id(self) -> str | None:
        """MLflow's id of the run; waits until the run exists, and is None when the store does not answer."""
        if self._delivery is not None:
            self._delivery.tried.wait()
        return self._run_id

    def _deliver_whole(self, events: Sequence[Event]) -> None:
        """Everything again, into the run that the journal was bound to: what is there already stays as it is."""
        bound = next((event.body["run_id"] for event in reversed(events) if event.kind == "bound"), "")
        self._delivery = Delivery(lambda: MlflowDestination(self.tracking, self._bind, bound), self._warn)
        for event in events:
            if event.kind not in ("bound", "delivered"):
                self._delivery.put(event)

    def _close(self, seconds: float, at_most: float = math.inf) -> int:
        """Drain and close; how many events did not get through. That all did is noted."""
        assert self._delivery is not None
        left = self._delivery.close(seconds, at_most)
        if not left:
            self.journal.append("delivered", {})
        self.journal.close()
        if refused := self._delivery.refused:
            self._warn(f"tracking: the store refused {len(refused)} records: {refused[0]}")
        return left

    def _reason(self, seconds: float) -> str:
        trouble = self._delivery and self._delivery.trouble
        return trouble or f"the store did not take them within {seconds:g} s"

    def _put(self, kind: Kind, body: dict[str, Any]) -> None:
        if self._delivery is None:
            raise RuntimeError("Recorder.start comes before every other verb")
        self._delivery.put(self.journal.append(kind, _redacted(body)))

    def _bind(self, run_id: str, experiment_id: str = "") -> None:
        self._run_id, self._experiment_id = run_id, experiment_id
        try:
            self.journal.append("bound", {"run_id": run_id})
        except (StorageError, ValueError):
            self._warn(f"tracking: {self.journal.file} could not note the run {run_id}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _redacted(value: Any) -> Any:
    """Passwords in addresses never reach the disk."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    return value
