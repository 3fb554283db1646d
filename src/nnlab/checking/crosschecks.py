"""What only shows when the parts of a plan are held against each other."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import PurePath

from nnlab.checking.augmenting import augmentation_problems
from nnlab.checking.candidates import choice_problems
from nnlab.checking.fold_rules import fold_problems
from nnlab.checking.measures import measure_problems
from nnlab.checking.tasks import task_problems
from nnlab.errors import Problem, show
from nnlab.models.arithmetic import Row, trace
from nnlab.models.composites import holds
from nnlab.models.shapes import ShapeError, format_shape, is_same_picture
from nnlab.models.stack import head_units, preprocessed_spec, stack
from nnlab.models.targets import reconstruction_problem
from nnlab.names import signature, suggest
from nnlab.objects import KerasObject
from nnlab.plan import Plan
from nnlab.spec import DataSpec

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
CALLBACK_PATHS = ("filepath", "filename", "backup_dir", "directory", "log_dir")
"""Arguments of callbacks that name what they write, taken from the run's folder on."""
_NEEDED_PACKAGES = {"TensorBoard": "tensorboard", "OrbaxCheckpoint": "orbax", "RemoteMonitor": "requests"}


def crosschecks(plan: Plan, spec: DataSpec) -> list[Problem]:
    """Every contradiction between dataset, network, loss, callbacks and trainer."""
    return [
        *fold_problems(plan, spec),
        *choice_problems(plan),
        *_shapes(plan, spec),
        *_optimizer(plan),
        *_callbacks(plan),
        *_loss(plan, spec),
        *measure_problems(plan, spec),
        *_trainer(plan, spec),
        *augmentation_problems(plan, spec),
        *_regularizer(plan, spec),
        *_text(plan, spec),
    ]


def network_rows(plan: Plan, spec: DataSpec) -> list[Row]:
    """The layers of the network with shapes and costs, as far as arithmetic goes. Raises ShapeError."""
    shape = input_shape(plan, spec)
    if shape is None:
        return trace(stack(plan.model, spec, plan.regularizer), None)
    seen = preprocessed_spec(spec, shape)
    return trace(stack(plan.model, seen, plan.regularizer), shape)


def input_shape(plan: Plan, spec: DataSpec) -> tuple[int, ...] | None:
    """The shape that leaves the preprocessing, or None where only the data can tell. Raises ShapeError."""
    rows = trace(plan.dataset.preprocessing, spec.shape)
    return rows[-1].shape if rows else spec.shape


def _shapes(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    if spec.is_text and not plan.dataset.preprocessing:
        yield Problem("dataset.preprocessing", "none", f"{spec.name} is text: WordVectorization first")
        return
    try:
        shape = input_shape(plan, spec)
    except ShapeError as error:
        yield Problem("dataset.preprocessing", str(error))
        return
    yield from task_problems(plan, spec, shape)
    try:
        rows = network_rows(plan, spec)
    except ShapeError as error:
        key = "model.layers" if plan.model.name == "layers" else "model"
        yield Problem(key, str(error))
        return
    if rows and rows[-1].shape is not None:
        yield from _output(plan, spec, rows[-1].shape)


def _output(plan: Plan, spec: DataSpec, output: tuple[int, ...]) -> Iterator[Problem]:
    units = head_units(spec)
    wanted = input_shape(plan, spec)
    if spec.task == "reconstruction":
        if wanted is not None and (problem := reconstruction_problem(output, wanted)):
            yield problem
    elif len(output) != 1:
        back = wanted is not None and is_same_picture(output, wanted)
        remedy = "put Flatten or GlobalAveragePooling2D before the head"
        allowed = "dataset.task=reconstruction for a network that gives its input back" if back else remedy
        yield Problem("model", f"{format_shape(output)} reaches the output", allowed)
    elif output[0] != units and not (spec.task == "classification" and output[0] > units):
        key = "model.head.units" if plan.model.head else "model"
        yield Problem(key, f"{output[0]} outputs", f"{units}, for the {spec.task} of {spec.name}")


def metric_names(plan: Plan) -> list[str]:
    """The names that training will report, `val_` ones included where there is a validation set."""
    names = ["loss", *(_metric_name(metric) for metric in plan.metrics)]
    validated = plan.dataset.validation_split != 0
    return [*names, *(f"val_{name}" for name in names if validated)]


def _metric_name(metric: KerasObject) -> str:
    given = metric.arguments.get("name") or signature(metric.where).arguments["name"].default
    return given or snake_case(metric.name)


def snake_case(name: str) -> str:
    """The name that Keras gives an object without one: MeanIoU → mean_io_u (keras.src.utils.naming)."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def _callbacks(plan: Plan) -> Iterator[Problem]:
    known = metric_names(plan)
    for label, callback in plan.callbacks.items():
        if argument := signature(callback.where).arguments.get("monitor"):
            monitor = str(callback.arguments.get("monitor", argument.default))
            if monitor not in [*known, "learning_rate"]:
                yield _monitor(f"callbacks.{label}.monitor", monitor, known)
        for name in CALLBACK_PATHS:
            path = PurePath(str(callback.arguments.get(name, "")))
            if path.is_absolute() or ".." in path.parts:
                yield Problem(f"callbacks.{label}.{name}", repr(str(path)), "a path inside the run's folder")
        package = _NEEDED_PACKAGES.get(callback.name)
        if package and importlib.util.find_spec(package) is None:
            yield Problem(
                f"callbacks.{label}", callback.name, f"a callback whose package is here: install {package}"
            )
        if callback.name == "SwapEMAWeights" and not plan.optimizer.arguments.get("use_ema"):
            yield Problem(f"callbacks.{label}", callback.name, "only with optimizer.use_ema=true")


def _monitor(key: str, monitor: str, known: list[str]) -> Problem:
    validated = any(name.startswith("val_") for name in known)
    hint = (
        ""
        if validated or not monitor.startswith("val_")
        else " (dataset.validation_split=0: no validation set)"
    )
    return Problem(key, show(monitor), f"one of {', '.join(known)}{hint}", suggest(monitor, known))


def _optimizer(plan: Plan) -> Iterator[Problem]:
    given = [name for name in _CLIPPING if plan.optimizer.arguments.get(name) is not None]
    if len(given) > 1:
        yield Problem(
            f"optimizer.{given[1]}", f"given beside {given[0]}", f"only one of {', '.join(_CLIPPING)}"
        )


def _loss(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    name = plan.loss.name
    if spec.task in ("regression", "reconstruction") and ("Categorical" in name):
        yield Problem(
            "loss", name, f"{spec.name} is a {spec.task}: MeanSquaredError, MeanAbsoluteError, Huber …"
        )
    if spec.task == "binary" and "Categorical" in name:
        yield Problem("loss", name, f"{spec.name} has two classes and one output", "BinaryCrossentropy")


def _trainer(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    weights = plan.trainer.class_weight
    if weights is not None and not spec.labels:
        yield Problem("trainer.class_weight", show(weights), f"{spec.name} has no classes: null")
    elif isinstance(weights, dict) and (foreign := sorted(set(weights) - set(range(len(spec.classes))))):
        yield Problem("trainer.class_weight", f"label {foreign[0]}", f"labels 0 to {len(spec.classes) - 1}")
    if plan.trainer.execution == "eager" and plan.trainer.jit_compile is True:
        yield Problem("trainer.execution", "eager", "auto or stepwise beside trainer.jit_compile=true")
    if plan.trainer.on_cluster and plan.cv:
        yield Problem(
            "cv", "folds, one after another, on a cluster", "null beside trainer.strategy=multi_worker"
        )
    if plan.dataset.stratify and not spec.classes:
        yield Problem("dataset.stratify", "true", f"{spec.name} has no classes: false")


def _text(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    """Texts become numbers first."""
    if not spec.is_text:
        return
    if plan.trainer.jit_compile is True:
        yield Problem("trainer.jit_compile", "true", "auto or false: XLA cannot take texts of any length")
    words = plan.dataset.preprocessing[0] if plan.dataset.preprocessing else None
    if words and words.name == "WordVectorization" and words.arguments.get("output_mode", "int") == "int":
        yield from _ids(plan, spec, words.arguments["max_tokens"])


def _ids(plan: Plan, spec: DataSpec, tokens: int) -> Iterator[Problem]:
    """Ids of words are looked up in an Embedding that has a row for each of them."""
    try:
        layers = stack(plan.model, preprocessed_spec(spec, input_shape(plan, spec) or ()), plan.regularizer)
    except ShapeError:
        return
    if not layers or not layers[0].where.startswith("keras."):
        return
    first, rows = layers[0].name, layers[0].arguments.get("input_dim", 0)
    if first != "Embedding":
        allowed = "Embedding first, or WordVectorization with output_mode count, multi_hot or tf_idf"
        yield Problem("model", f"{first} on the ids of words", allowed)
    elif rows < tokens:
        allowed = f"at least {tokens}, WordVectorization's max_tokens"
        yield Problem("model", f"an Embedding of {rows} words", allowed)


def _regularizer(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    if plan.regularizer.regularizer is None:
        return
    try:
        layers = stack(
            plan.model, preprocessed_spec(spec, input_shape(plan, spec) or spec.shape), plan.regularizer
        )
    except ShapeError:
        return
    if not any(holds(layer, plan.regularizer.regularizer) for layer in layers):
        name = plan.regularizer.regularizer.name
        yield Problem(
            "regularizer",
            f"{name} reaches no layer",
            f"a network with a {' or '.join(plan.regularizer.apply_to)} it can regularize",
        )
