"""What follows from the dataset's task where the configuration leaves it open: head, loss and metrics."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import Problem
from nnlab.models.stack import default_head
from nnlab.models.targets import is_one_hot
from nnlab.objects import KerasObject, Reader, keras_object
from nnlab.spec import DataSpec

AUTO = "auto"
_LOSS = {
    "classification": "SparseCategoricalCrossentropy",
    "binary": "BinaryCrossentropy",
    "regression": "MeanSquaredError",
    "reconstruction": "MeanSquaredError",
}
_METRICS = {
    "classification": [keras_object("metric", "SparseCategoricalAccuracy", name="accuracy")],
    "one-hot": [keras_object("metric", "CategoricalAccuracy", name="accuracy")],
    "binary": [keras_object("metric", "BinaryAccuracy", name="accuracy")],
    "regression": [keras_object("metric", "MeanAbsoluteError", name="mae")],
    "reconstruction": [keras_object("metric", "MeanAbsoluteError", name="mae")],
}


def resolve_head(reader: Reader, head: Any, spec: DataSpec | None) -> KerasObject | None:
    """The head with every `auto` filled in from the task; null keeps the network without one."""
    if head is None or spec is None:
        return None
    if not isinstance(head, Mapping):
        reader.problems.append(Problem("model.head", repr(head), "null, or arguments of Dense"))
        return None
    default = default_head(spec)
    given = {str(key): value for key, value in head.items() if value != AUTO}
    if default is None and not given:
        return None
    return reader.read(
        "layer", {"name": "Dense", **(default or {}), **given.pop("Dense", {}), **given}, "model.head"
    )


def resolve_loss(reader: Reader, config: Mapping[str, Any], spec: DataSpec | None) -> KerasObject | None:
    """The loss that was asked for, or the task's usual one; from logits where the head is linear."""
    given = config.get("loss")
    if given is not None:
        return reader.read("loss", given, "loss")
    if spec is None:
        return None
    linear = _head_activation(config) == "linear" and spec.task in ("classification", "binary")
    return keras_object("loss", _LOSS[spec.task], **({"from_logits": True} if linear else {}))


def _head_activation(config: Mapping[str, Any]) -> Any:
    model = config.get("model")
    head = model.get("head") if isinstance(model, Mapping) else None
    return head.get("activation") if isinstance(head, Mapping) else None


def resolve_metrics(
    reader: Reader, config: Mapping[str, Any], spec: DataSpec | None
) -> tuple[KerasObject, ...] | None:
    """The metrics that were asked for, `accuracy` meaning the task's own, or the task's usual ones."""
    given = config.get("metrics")
    usual = tuple(_METRICS[spec.task]) if spec else ()
    if given is None:
        return usual if spec else None
    names = given if isinstance(given, list | tuple) else [given]
    others = reader.read_list("metric", [name for name in names if name != "accuracy"], "metrics")
    wants_accuracy = "accuracy" in names and usual and usual[0].arguments["name"] == "accuracy"
    return (*(usual if wants_accuracy else ()), *others)
