"""Whether a dataset can be had for the task that is asked, and whether its corruption only spoils."""

from collections.abc import Iterator

from nnlab.errors import Problem, show
from nnlab.models.arithmetic import trace
from nnlab.models.shapes import Shape, ShapeError, format_shape
from nnlab.objects import KerasObject
from nnlab.plan import Plan
from nnlab.spec import DataSpec


def task_problems(plan: Plan, spec: DataSpec, shape: Shape | None) -> Iterator[Problem]:
    """What is wrong with `dataset.task` and `dataset.corruption`. shape: of a preprocessed sample, if known."""
    if plan.dataset.task == "reconstruction" and (spec.task != "reconstruction" or spec.dtype == "string"):
        yield Problem("dataset.task", show(plan.dataset.task), f"null: {spec.name} cannot be given back")
    elif plan.dataset.corruption is not None and spec.task != "reconstruction":
        allowed = (
            "null, or dataset.task=reconstruction; a network's own GaussianNoise works in training alone"
        )
        yield Problem("dataset.corruption", f"given for a {spec.task}", allowed)
    else:
        for index, layer in enumerate(plan.dataset.corruption or ()):
            yield from _corruption(layer, f"dataset.corruption[{index}]", shape)


def _corruption(layer: KerasObject, key: str, shape: Shape | None) -> Iterator[Problem]:
    if "seed" in layer.arguments:
        yield Problem(f"{key}.seed", show(layer.arguments["seed"]), "none: noise follows from the run's seed")
    try:
        (row,) = trace([layer], shape)
    except ShapeError as error:
        yield Problem(key, str(error).removeprefix("layer 1, "))
        return
    changed = row.shape is not None and row.shape != shape
    if row.params or changed:
        given = f"{layer.name} {'learns' if row.params else f'gives {format_shape(row.shape or ())}'}"
        kept = f"samples stay {format_shape(shape or ())}" if changed else "nothing to learn"
        yield Problem(key, given, f"{kept}: GaussianNoise, Dropout, ReLU to cut off …")
