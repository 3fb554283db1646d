"""From a composed configuration to a Plan, or to every mistake in it at once."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from nnlab.checking.candidates import Choice, candidates
from nnlab.checking.crosschecks import crosschecks
from nnlab.checking.discovery import find
from nnlab.checking.refusals import refusals
from nnlab.checking.resolving import resolve_head, resolve_loss, resolve_metrics
from nnlab.checking.wording import problems_of
from nnlab.errors import ConfigError, DataError, Problem, show
from nnlab.names import suggest
from nnlab.objects import KerasObject, Reader
from nnlab.plan import CrossValidation, Dataset, Network, Plan, Regularization, Section, Tracking, Trainer
from nnlab.spec import DataSpec

S = TypeVar("S", bound=Section)
SWEEP = "sweep"
"""The section that says what `nnlab -m` tries: beside the plan, no part of it."""


def read_plan(config: Mapping[str, Any]) -> Plan:
    """Check a plain configuration whole. Raises ConfigError with all its problems."""
    if problems := list(refusals(config)):
        raise ConfigError(problems)
    plan = _Reading(config).plan()
    read_candidates(plan)
    return plan


def read_candidates(plan: Plan) -> list[tuple[Choice, Plan]]:
    """What the plan's cross-validation chooses among; nothing where it chooses nothing.

    Raises ConfigError with the problems of all candidates.
    """
    if plan.cv is None or plan.cv.choose is None:
        return []
    read: list[tuple[Choice, Plan]] = []
    found: Counter[Problem] = Counter()
    for choice, config in candidates(plan):
        try:
            read.append((choice, read_plan(config)))
        except ConfigError as error:
            found.update(error.problems)
    if found:
        total = math.prod(len(values) for values in plan.cv.choose.values())
        raise ConfigError(
            replace(problem, given=f"{problem.given} (in {count} of {total} candidates of cv.choose)")
            for problem, count in found.items()
        )
    return read


class _Reading:
    """One pass over a configuration; each part is read even where another has failed."""

    def __init__(self, config: Mapping[str, Any]):
        self.config = {str(key): value for key, value in config.items() if key != SWEEP}
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
            "cv": self._cross_validation(),
            "model": self._network(spec),
            "optimizer": self.reader.read("optimizer", self.config.get("optimizer"), "optimizer"),
            "regularizer": self._regularizer(),
            "callbacks": self._callbacks(),
            "loss": loss,
            "metrics": resolve_metrics(self.reader, self.config.get("metrics"), spec, loss),
            "trainer": self._trainer(),
            "tracking": self._section(Tracking, "tracking", self._mapping("tracking")),
        }
        plan = self._whole(parts)
        self._raise_problems()
        assert plan is not None, "a plan that cannot be made has a problem that says why"
        assert spec is not None, "a dataset that has no spec has a problem that says why"
        self.problems = crosschecks(plan, spec)
        self._raise_problems()
        return plan

    def _raise_problems(self) -> None:
        """One problem a key, the first that was found, in the order of the plan."""
        found: dict[str, Problem] = {}
        for problem in (*self.reader.problems, *self.problems):
            found.setdefault(problem.key, problem)
        order = list(Plan.model_fields)
        if found:
            raise ConfigError(sorted(found.values(), key=lambda problem: _place(problem.key, order)))

    def _check_keys(self) -> None:
        known = Plan.model_fields
        for key in self.config.keys() - known:
            meant = suggest(key, known)
            allowed = "" if meant else f"one of {', '.join(known)}"
            self.problems.append(Problem(key, "unknown key", allowed, meant))

    def _mapping(self, key: str) -> dict[str, Any] | None:
        value = self.config.get(key)
        if isinstance(value, Mapping):
            return {str(name): item for name, item in value.items()}
        given = show(value) if key in self.config else "missing"
        self.problems.append(Problem(key, given, f"a section, or an option of conf/{key}/"))
        return None

    def _section(self, kind: type[S], key: str, values: Mapping[str, Any] | None) -> S | None:
        if values is None:
            return None
        try:
            return kind.model_validate(values)
        except ValidationError as error:
            self.problems += problems_of(error, kind, key)
            return None

    def _found(self, base: type[S], key: str, values: Mapping[str, Any]) -> S | None:
        try:
            found = find(base, values.get("name"), key, self.trusted)
        except ConfigError as error:
            self.problems += error.problems
            return None
        return self._section(found, key, values)  # type: ignore[arg-type]

    def _dataset(self) -> Dataset | None:
        values = self._mapping("dataset")
        if values is None:
            return None
        for key in ("preprocessing", "corruption"):
            if values.get(key) not in (None, []):
                values[key] = self.reader.read_list("layer", values[key], f"dataset.{key}")
        return self._found(Dataset, "dataset", values)

    def _spec(self, dataset: Dataset | None) -> DataSpec | None:
        try:
            return dataset.spec() if dataset else None
        except DataError as error:
            key, _, rest = str(error).partition(": ")
            self.problems.append(Problem(key, rest))
            return None

    def _cross_validation(self) -> CrossValidation | None:
        if self.config.get("cv") is None:
            return None
        values = self._mapping("cv")
        if values is None or self._is_nothing(
            "cv", values, "there is no cross-validation: choose cv=kfold …"
        ):
            return None
        return self._section(CrossValidation, "cv", values)

    def _is_nothing(self, key: str, values: dict[str, Any], allowed: str) -> bool:
        """Whether a section names nothing; then any other key in it is noted."""
        if values.get("name") is not None:
            return False
        others = values.keys() - {"name"}
        self.problems += [Problem(f"{key}.{other}", "unknown key", allowed) for other in others]
        return True

    def _network(self, spec: DataSpec | None) -> Network | None:
        values = self._mapping("model")
        if values is None:
            return None
        if "layers" in values:
            values["layers"] = self.reader.read_list("layer", values["layers"], "model.layers")
        for key in values.keys() & {"activation", "output_activation"}:
            self.reader.read("activation", values[key], f"model.{key}")
        if "head" in values:
            values["head"] = resolve_head(self.reader, values["head"], spec)
        return self._found(Network, "model", values)

    def _trainer(self) -> Trainer | None:
        values = self._mapping("trainer")
        if values is not None and values.get("augmentation") is not None:
            given = values["augmentation"]
            values["augmentation"] = self.reader.read_list("layer", given, "trainer.augmentation")
        return self._section(Trainer, "trainer", values)

    def _regularizer(self) -> Regularization | None:
        values = self._mapping("regularizer")
        if values is None:
            return None
        own = {name: value for name, value in values.items() if name != "apply_to"}
        regularizer = self._named_regularizer(own)
        where = {"apply_to": values["apply_to"]} if "apply_to" in values else {}
        return self._section(Regularization, "regularizer", {"regularizer": regularizer, **where})

    def _named_regularizer(self, values: dict[str, Any]) -> KerasObject | None:
        if self._is_nothing("regularizer", values, "there is no regularizer: choose regularizer=l2, l1 …"):
            return None
        return self.reader.read("regularizer", values, "regularizer")

    def _callbacks(self) -> dict[str, KerasObject]:
        given = self.config.get("callbacks")
        if not isinstance(given, Mapping | None):
            allowed = "callbacks by label, each with `name:`, or options of conf/callbacks/"
            self.problems.append(Problem("callbacks", show(given), allowed))
            return {}
        read = {
            str(label): self.reader.read("callback", value, f"callbacks.{label}")
            for label, value in (given or {}).items()
        }
        return {label: callback for label, callback in read.items() if callback is not None}

    def _whole(self, parts: dict[str, Any]) -> Plan | None:
        """The plan; a part that has failed on its own is not reported a second time."""
        known = {key: value for key, value in self.config.items() if key in Plan.model_fields}
        try:
            return Plan.model_validate({**known, **parts})
        except ValidationError as error:
            problems = problems_of(error, Plan, "")
            self.problems += [problem for problem in problems if problem.key.split(".")[0] not in parts]
            return None


def _place(key: str, order: list[str]) -> int:
    """Where a key's section stands in the plan; keys that have none come first."""
    section = re.split(r"[.\[]", key)[0]
    return order.index(section) if section in order else -1
