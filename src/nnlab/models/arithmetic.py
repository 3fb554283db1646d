"""Shapes, parameters and operations of a stack of layers, by arithmetic: no TensorFlow, no data.

A layer without a rule ends what can be said: its row and all after it have an unknown shape (None).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nnlab.models.layer_rules import RULES
from nnlab.models.shapes import Shape, ShapeError, Step
from nnlab.names import signature
from nnlab.objects import KerasObject


@dataclass(frozen=True)
class Row:
    """One layer: what leaves it and what it costs. `arithmetic` spells the parameter count out."""

    layer: KerasObject
    shape: Shape | None
    params: int = 0
    fixed: int = 0
    flops: int = 0
    arithmetic: str = ""


def trace(layers: Iterable[KerasObject], shape: Shape | None) -> list[Row]:
    """Follow one sample's `shape` through the layers. Raises ShapeError, naming the layer's position."""
    rows = []
    for index, layer in enumerate(layers):
        step = None
        if shape is not None and (rule := RULES.get(layer.name)):
            try:
                step = rule(_values(layer), shape)
            except ShapeError as error:
                raise ShapeError(f"layer {index + 1}, {layer.name}: {error}") from None
        shape = step.shape if step else None
        cost = step or Step(())
        rows.append(Row(layer, shape, cost.params, cost.fixed, cost.flops, cost.arithmetic))
    return rows


def _values(layer: KerasObject) -> dict[str, Any]:
    defaults = {name: argument.default for name, argument in signature(layer.where).arguments.items()}
    return {**defaults, **layer.arguments}
