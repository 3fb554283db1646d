"""Where events are delivered: MLflow. Applying an event twice leaves the same record as applying it once."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.address import artifact_location, database
from nnlab.tracking.client import connect
from nnlab.tracking.journal import Event
from nnlab.tracking.limits import (
    ENTRIES_PER_BATCH,
    METRICS_PER_BATCH,
    PARAM_LENGTH,
    clean_key,
    clean_text,
    cut,
    flat,
    split_finite,
)
from nnlab.tracking.process import sign_of_life
from nnlab.tracking.store import locked

EVENTS_TOGETHER = 500
"""After so many a slow store has shown that it is alive."""
LONG_PARAMS = "config/long_params.json"
_REFUSALS = {
    "INVALID_PARAMETER_VALUE",
    "RESOURCE_DOES_NOT_EXIST",
    "PERMISSION_DENIED",
    "INVALID_STATE",
    "BAD_REQUEST",
}


class Refused(Exception):
    """The store will never take these events: there is no use in trying again."""


class Destination(Protocol):
    """What a Delivery writes to. `apply` raises Refused for good, anything else for now."""

    def apply(self, events: Sequence[Event]) -> None:
        """Record events of one kind, in order."""
        ...

    def give_sign(self) -> None:
        """Say that the run's process lives."""
        ...


class MlflowDestination:
    """One run in an MLflow store. `bound` hears the run's id and its experiment's as soon as the run exists.

    run_id: the run that an interrupted journal was bound to; a store that does not know it gets a new one.
    new: whether no store can have heard of the run yet, which spares looking for it before the first try.
    """

    def __init__(
        self, tracking: Tracking, bound: Callable[[str, str], None], run_id: str = "", *, new: bool = False
    ):
        self.tracking = tracking
        self._new = new
        self.client = connect(tracking)
        self.run_id = run_id
        self._bound = bound
        self._long: dict[str, str] = {}
        self._not_finite: set[str] = set()

    def apply(self, events: Sequence[Event]) -> None:
        """Record events of one kind. Raises Refused, or whatever MLflow raises when it cannot be reached."""
        from mlflow.exceptions import MlflowException

        try:
            getattr(self, f"_{events[0].kind}")(events)
        except MlflowException as error:
            if error.error_code in _REFUSALS:
                raise Refused(error.message.splitlines()[0]) from None
            raise
        except OSError as error:
            if isinstance(error, ConnectionError | TimeoutError) or error.filename is None:
                raise
            raise Refused(f"{error.filename}: {error.strerror}") from None

    def give_sign(self) -> None:
        """Write the time into the run's tag of life. Raises what MLflow raises."""
        if self.run_id:
            self.client.set_tag(self.run_id, tags.HEARTBEAT, sign_of_life())

    def _start(self, events: Sequence[Event]) -> None:
        for event in events:
            body = event.body
            experiment = self._experiment(body["experiment"])
            given = {clean_key(key): clean_text(value) for key, value in body["tags"].items()}
            known, self._new = not self._new and self._known(experiment, given.get(tags.FOLDER)), False
            if not known:
                run = self.client.create_run(
                    experiment, start_time=event.time, tags=given, run_name=body["name"]
                )
                self.run_id = run.info.run_id
            self._bound(self.run_id, experiment)

    def _known(self, experiment: str, folder: str | None) -> bool:
        """Whether the store has this run; one that was made and never noted is found by its folder."""
        from mlflow.exceptions import MlflowException

        try:
            if self.run_id:
                return self.client.get_run(self.run_id).info.lifecycle_stage == "active"
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return False
        runs = self.client.search_runs([experiment], max_results=100) if folder else []
        self.run_id = next((run.info.run_id for run in runs if run.data.tags.get(tags.FOLDER) == folder), "")
        return bool(self.run_id)

    def _resume(self, events: Sequence[Event]) -> None:
        self.client.update_run(self.run_id, status="RUNNING")
        self.give_sign()
        known = self.client.get_run(self.run_id).data.tags
        for ended_by in (tags.FAILURE, tags.PRUNED):
            if ended_by in known:
                self.client.delete_tag(self.run_id, ended_by)
        self._tags(events)

    def _experiment(self, name: str) -> str:
        """The experiment's id; made, or brought back from MLflow's bin, under the lock of a local store."""
        file = database(self.tracking)
        if file is None:
            return self._find_or_make(name)
        with locked(file):
            return self._find_or_make(name)

    def _find_or_make(self, name: str) -> str:
        from mlflow.exceptions import MlflowException

        found = self.client.get_experiment_by_name(name)
        if found is None:
            try:
                return self.client.create_experiment(name, artifact_location(self.tracking))
            except MlflowException as error:
                found = self.client.get_experiment_by_name(name)
                if error.error_code != "RESOURCE_ALREADY_EXISTS" or found is None:
                    raise
        if found.lifecycle_stage == "deleted":
            self.client.restore_experiment(found.experiment_id)
        return found.experiment_id

    def _params(self, events: Sequence[Event]) -> None:
        from mlflow.entities import Param

        entries = {key: value for event in events for key, value in flat(event.body)}
        long = {key: value for key, value in entries.items() if len(value) > PARAM_LENGTH}
        for some in _chunks(
            [Param(key, cut(value, PARAM_LENGTH)) for key, value in entries.items()], ENTRIES_PER_BATCH
        ):
            self.client.log_batch(self.run_id, params=some)
        if long:
            self._long |= long
            self.client.log_text(
                self.run_id, json.dumps(self._long, ensure_ascii=False, indent=1), LONG_PARAMS
            )

    def _metrics(self, events: Sequence[Event]) -> None:
        from mlflow.entities import Metric

        points = []
        for event in events:
            finite, others = split_finite(event.body["values"])
            step = int(event.body["step"])
            points += [Metric(clean_key(key), value, event.time, step) for key, value in finite.items()]
            self._say_not_finite(others, step)
        for some in _chunks(points, METRICS_PER_BATCH):
            self.client.log_batch(self.run_id, metrics=some)

    def _say_not_finite(self, values: dict[str, float], step: int) -> None:
        for key, value in values.items():
            if key not in self._not_finite:
                self.client.set_tag(
                    self.run_id, clean_key(f"{tags.NOT_FINITE}/{key}"), f"{value} at step {step}"
                )
                self._not_finite.add(key)

    def _tags(self, events: Sequence[Event]) -> None:
        from mlflow.entities import RunTag

        entries = {clean_key(key): clean_text(value) for event in events for key, value in event.body.items()}
        for some in _chunks([RunTag(key, value) for key, value in entries.items()], ENTRIES_PER_BATCH):
            self.client.log_batch(self.run_id, tags=some)

    def _artifact(self, events: Sequence[Event]) -> None:
        for event in events:
            source, folder = Path(event.body["path"]), event.body["folder"] or None
            if source.is_dir():
                self.client.log_artifacts(self.run_id, str(source), folder)
            elif source.is_file():
                self.client.log_artifact(self.run_id, str(source), folder)
            else:
                raise Refused(f"{source}: no such file")

    def _finish(self, events: Sequence[Event]) -> None:
        last = events[-1]
        self.client.set_terminated(self.run_id, last.body["status"], last.time)


def _chunks(items: list[Any], length: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), length):
        yield items[start : start + length]


def batches(events: Sequence[Event]) -> Iterator[list[Event]]:
    """Neighbours of one kind together; artifacts alone, so that a refused one takes no other with it."""
    for kind, group in groupby(events, key=lambda event: event.kind):
        yield from _chunks(list(group), 1 if kind == "artifact" else EVENTS_TOGETHER)
