"""From a composed configuration to a Plan, or to every mistake in it at once."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from nnlab.checking.crosschecks import crosschecks
from nnlab.checking.discovery import find
from nnlab.checking.refusals import refusals
from nnlab.checking.resolving import resolve_head, resolve_loss, resolve_metrics
from nnlab.checking.wording import problems_of
from nnlab.errors import ConfigError, DataError, Problem
from nnlab.names import suggest
from nnlab.objects import KerasObject, Reader
from nnlab.plan import Dataset, Network, Plan, Regularization, Section, Tracking, Trainer
from nnlab.spec import DataSpec

S = TypeVar("S", bound=Section)


def read_plan(config: Mapping[str, Any]) -> Plan:
    """Check a plain configuration whole. Raises ConfigError with all its problems."""
    if problems := list(refusals(config)):
        raise ConfigError(problems)
    return _Reading(config).plan()


class _Reading:
    """One pass over a configuration; each part is read even where another has failed."""

    def __init__(self, config: Mapping[str, Any]):
        self.config = {str(key): value for key, value in config.items()}
        trusted = self.config.get("trusted_packages")
        self.trusted = tuple(trusted) if isinstance(trusted, list | tuple) else ()
        self.reader = Reader(self.trusted)
        self.problems: list[Problem] = []

    def plan(self) -> Plan:
        self._check_keys()
        dataset = self._dataset()
        spec = self._spec(dataset)
        loss = resolve_loss(self.reader, self.config, spec)
        parts = {
            "dataset": dataset,
            "model": self._network(spec),
            "optimizer": self.reader.read("optimizer", self.config.get("optimizer"), "optimizer"),
            "regularizer": self._regularizer(),
            "callbacks": self._callbacks(),
            "trainer": self._section(Trainer, "trainer", self._mapping("trainer")),
            "tracking": self._section(Tracking, "tracking", self._mapping("tracking")),
            "loss": loss,
            "metrics": resolve_metrics(self.reader, self.config.get("metrics"), spec, loss),
        }
        plan = self._whole({**self.config, **parts})
        self._raise_problems()
        assert plan is not None and spec is not None
        self.problems = crosschecks(plan, spec)
        self._raise_problems()
        return plan

    def _raise_problems(self) -> None:
        found = dict.fromkeys([*self.problems, *self.reader.problems])
        if found:
            raise ConfigError(found)

    def _check_keys(self) -> None:
        known = Plan.model_fields
        for key in self.config:
            if key not in known:
                self.problems.append(
                    Problem(key, "unknown key", f"one of {', '.join(known)}", suggest(key, known))
                )

    def _mapping(self, key: str) -> dict[str, Any]:
        value = self.config.get(key)
        if not isinstance(value, Mapping):
            self.problems.append(Problem(key, repr(value), f"a section, or an option of conf/{key}/"))
            return {}
        return {str(name): item for name, item in value.items()}

    def _section(self, kind: type[S], key: str, values: Mapping[str, Any]) -> S | None:
        if not values:
            return None
        try:
            return kind.model_validate(values)
        except ValidationError as error:
            self.problems += problems_of(error, kind, key)
            return None

    def _found(self, base: type[S], key: str, values: Mapping[str, Any]) -> S | None:
        if not values:
            return None
        try:
            return self._section(find(base, values.get("name"), key, self.trusted), key, values)  # type: ignore[arg-type]
        except ConfigError as error:
            self.problems += error.problems
            return None

    def _dataset(self) -> Dataset | None:
        values = self._mapping("dataset")
        if "preprocessing" in values:
            layers = values["preprocessing"] or []
            values["preprocessing"] = self.reader.read_list("layer", layers, "dataset.preprocessing")
        return self._found(Dataset, "dataset", values)

    def _spec(self, dataset: Dataset | None) -> DataSpec | None:
        try:
            return dataset.spec() if dataset else None
        except DataError as error:
            key, _, rest = str(error).partition(": ")
            self.problems.append(Problem(key, rest))
            return None

    def _network(self, spec: DataSpec | None) -> Network | None:
        values = self._mapping("model")
        if "layers" in values:
            values["layers"] = self.reader.read_list("layer", values["layers"], "model.layers")
        if "activation" in values:
            self.reader.read("activation", values["activation"], "model.activation")
        if "head" in values:
            values["head"] = resolve_head(self.reader, values["head"], spec)
        return self._found(Network, "model", values)

    def _regularizer(self) -> Regularization | None:
        values = self._mapping("regularizer")
        apply_to = values.pop("apply_to", ["kernel"])
        named = values.get("name") is not None
        regularizer = self.reader.read("regularizer", values, "regularizer") if named else None
        return self._section(
            Regularization, "regularizer", {"regularizer": regularizer, "apply_to": tuple(apply_to)}
        )

    def _callbacks(self) -> dict[str, KerasObject]:
        found = {}
        for label, value in (self.config.get("callbacks") or {}).items():
            callback = self.reader.read("callback", value, f"callbacks.{label}")
            if callback is not None:
                found[str(label)] = callback
        return found

    def _whole(self, values: dict[str, Any]) -> Plan | None:
        """The plan; a part that has failed on its own is not reported a second time."""
        try:
            return Plan.model_validate(
                {key: value for key, value in values.items() if key in Plan.model_fields}
            )
        except ValidationError as error:
            failed = {key for key, value in values.items() if value is None} - {"name", "experiment_name"}
            self.problems += [
                problem for problem in problems_of(error, Plan, "") if problem.key.split(".")[0] not in failed
            ]
            return None
