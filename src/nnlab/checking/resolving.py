"""What follows from the dataset's task where the configuration leaves it open: head, loss and metrics."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import Problem, show
from nnlab.models.stack import default_head
from nnlab.models.targets import is_one_hot
from nnlab.names import members, signature, suggest
from nnlab.objects import KerasObject, Reader, keras_object
from nnlab.spec import DataSpec

AUTO = "auto"
ACCURACY = "accuracy"
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
        reader.problems.append(Problem("model.head", show(head), "null, or arguments of Dense"))
        return None
    default = default_head(spec)
    given = {str(key): value for key, value in head.items() if value != AUTO}
    whole = given.pop("Dense", {})
    if not isinstance(whole, Mapping):
        reader.problems.append(Problem("model.head.Dense", show(whole), "arguments of Dense"))
        return None
    if default is None and not given and not whole:
        return None
    return reader.read("layer", {"name": "Dense", **(default or {}), **whole, **given}, "model.head")


def resolve_loss(reader: Reader, config: Mapping[str, Any], spec: DataSpec | None) -> KerasObject | None:
    """The loss that was asked for, or the task's usual one; from logits where the head is linear."""
    given = config.get("loss")
    if given is None:
        given = _LOSS[spec.task] if spec else None
    loss = reader.read("loss", given, "loss") if given is not None else None
    if loss is None or spec is None or spec.task not in ("classification", "binary"):
        return loss
    open_question = "from_logits" in signature(loss.where).arguments and "from_logits" not in loss.arguments
    return loss.but(from_logits=True) if open_question and _head_activation(config) == "linear" else loss


def _head_activation(config: Mapping[str, Any]) -> Any:
    model = config.get("model")
    head = model.get("head") if isinstance(model, Mapping) else None
    return head.get("activation") if isinstance(head, Mapping) else None


def resolve_metrics(
    reader: Reader, given: Any, spec: DataSpec | None, loss: KerasObject | None
) -> tuple[KerasObject, ...] | None:
    """The metrics that were asked for, `accuracy` meaning the task's own, or the task's usual ones."""
    one_hot = spec is not None and loss is not None and is_one_hot(loss.name, spec.task)
    usual = tuple(_METRICS["one-hot" if one_hot else spec.task]) if spec else ()
    if spec and spec.task == "binary" and loss and loss.arguments.get("from_logits"):
        usual = tuple(
            metric.but(threshold=0.0) for metric in usual
        )  # a logit of 0 is a probability of one half
    if given is None:
        return usual if spec else None
    names = given if isinstance(given, list | tuple) else [given]
    read = [_metric(reader, name, f"metrics[{index}]", usual) for index, name in enumerate(names)]
    return tuple(metric for metric in read if metric is not None)


def _metric(reader: Reader, given: Any, key: str, usual: tuple[KerasObject, ...]) -> KerasObject | None:
    """One metric; `accuracy` is the task's own, for Keras's Accuracy asks whether numbers are equal."""
    if given != ACCURACY:
        meant = suggest(given, [ACCURACY]) if isinstance(given, str) else None
        if meant and given not in members("metric"):
            reader.problems.append(Problem(key, show(given), "a Keras metric, or accuracy", meant))
            return None
        return reader.read("metric", given, key)
    own = next((metric for metric in usual if metric.arguments["name"] == ACCURACY), None)
    if own is None and usual:
        others = ", ".join(metric.name for metric in usual)
        reader.problems.append(Problem(key, ACCURACY, f"a metric of numbers that are predicted: {others} …"))
    return own
