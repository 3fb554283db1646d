"""Descriptions of layers made of layers: their branches, how these meet, and the layers inside any description."""

from collections.abc import Callable, Sequence
from typing import Any

from nnlab.models.shapes import Shape, ShapeError, format_shape
from nnlab.objects import KerasObject

Chain = tuple[KerasObject, ...]


def branches_of(layer: KerasObject) -> dict[str, Chain] | None:
    """The chains of a Branches or a Residual by what they are called; None for any other layer."""
    if layer.name == "Residual" and layer.where.startswith("nnlab."):
        return {
            "layers": tuple(layer.arguments["layers"]),
            "shortcut": tuple(layer.arguments.get("shortcut") or ()),
        }
    if layer.name == "Branches" and layer.where.startswith("nnlab."):
        chains: Sequence[Sequence[KerasObject]] = layer.arguments["branches"]
        return {f"branches[{index}]": tuple(chain) for index, chain in enumerate(chains)}
    return None


def merged(layer: KerasObject, shapes: Sequence[Shape]) -> Shape | None:
    """The shape of the branches' outputs when they have met; None where it is not known. Raises ShapeError."""
    if layer.name == "Residual":
        return _sum(*shapes)
    if len(shapes) < 2:
        raise ShapeError(f"{len(shapes)} branch; two or more")
    merge: KerasObject = layer.arguments["merge"]
    if merge.name == "Concatenate":
        return _concatenated(shapes, merge.arguments.get("axis", -1))
    return None if merge.name == "Dot" else _broadcast(merge.name, shapes)


def _sum(made: Shape, passed: Shape) -> Shape:
    if made != passed:
        raise ShapeError(
            f"its layers make {format_shape(made)} and {format_shape(passed)} passes beside them; "
            f"give it a shortcut that makes {format_shape(made)}, such as a Conv2D with kernel_size 1"
        )
    return made


def _concatenated(shapes: Sequence[Shape], axis: int) -> Shape:
    place = axis if axis < 0 else axis - 1
    rank = len(shapes[0])
    others = {(*shape[:place], *shape[place % rank + 1 :]) for shape in shapes if -rank <= place < rank}
    if len(others) != 1 or any(len(shape) != rank for shape in shapes):
        raise ShapeError(f"its branches make {_all(shapes)}, which cannot be put side by side")
    joined = list(shapes[0])
    joined[place] = sum(shape[place] for shape in shapes)
    return tuple(joined)


def _broadcast(merge: str, shapes: Sequence[Shape]) -> Shape:
    sizes = [set(axis) - {1} for axis in zip(*shapes, strict=False)]
    if any(len(axis) > 1 for axis in sizes) or len({len(shape) for shape in shapes}) > 1:
        raise ShapeError(f"its branches make {_all(shapes)}, which {merge} cannot take together")
    return tuple(next(iter(axis), 1) for axis in sizes)


def _all(shapes: Sequence[Shape]) -> str:
    return ", ".join(map(format_shape, shapes))


def each_layer(layer: KerasObject, change: Callable[[KerasObject], KerasObject]) -> KerasObject:
    """The description with `change` made to the layers inside it, at any depth, and then to itself."""
    inner = {name: _changed(value, change) for name, value in layer.arguments.items()}
    return change(layer.but(**inner))


def _changed(value: Any, change: Callable[[KerasObject], KerasObject]) -> Any:
    if isinstance(value, KerasObject) and value.kind == "layer":
        return each_layer(value, change)
    return tuple(_changed(item, change) for item in value) if isinstance(value, list | tuple) else value


def holds(value: Any, wanted: KerasObject) -> bool:
    """Whether `wanted` stands anywhere inside a description."""
    if isinstance(value, list | tuple):
        return any(holds(item, wanted) for item in value)
    return isinstance(value, KerasObject) and (
        value == wanted or holds(list(value.arguments.values()), wanted)
    )
