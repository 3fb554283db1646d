"""Shapes, parameters and operations of a stack of layers, by arithmetic: no TensorFlow, no data.

A layer without a rule ends what can be said: its row and all after it have an unknown shape (None).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnlab.models.composites import Chain, branches_of, merged
from nnlab.models.layer_rules import RULES
from nnlab.models.shapes import Shape, ShapeError, Step
from nnlab.names import signature
from nnlab.objects import KerasObject


@dataclass(frozen=True)
class Row:
    """One layer: what leaves it and what it costs. `arithmetic` spells the parameter count out.

    branches: the rows of the layers inside it, by the name of their chain; the costs are their sums.
    """

    layer: KerasObject
    shape: Shape | None
    params: int = 0
    fixed: int = 0
    flops: int = 0
    arithmetic: str = ""
    branches: "Mapping[str, list[Row]]" = field(default_factory=dict)

    @property
    def values(self) -> int:
        """How many numbers it makes of one sample, those inside it included; 0 where that is not known."""
        own = math.prod(self.shape) if self.shape is not None else 0
        return own + sum(row.values for rows in self.branches.values() for row in rows)


def trace(layers: Iterable[KerasObject], shape: Shape | None) -> list[Row]:
    """Follow one sample's `shape` through the layers. Raises ShapeError, naming the layer's position."""
    rows: list[Row] = []
    for index, layer in enumerate(layers):
        try:
            rows.append(_row(layer, shape))
        except ShapeError as error:
            raise ShapeError(f"layer {index + 1}, {layer.name}: {error}") from None
        shape = rows[-1].shape
    return rows


def count_flops(rows: Iterable[Row]) -> int | None:
    """Operations of one sample forwards; None where the shape of a layer is not known."""
    rows = list(rows)
    return None if any(row.shape is None for row in rows) else sum(row.flops for row in rows)


def _row(layer: KerasObject, shape: Shape | None) -> Row:
    if chains := branches_of(layer):
        return _branched(layer, chains, shape)
    rule = RULES.get(layer.name)
    if shape is None or rule is None:
        return Row(layer, None)
    step: Step = rule(_values(layer), shape)
    return Row(layer, step.shape, step.params, step.fixed, step.flops, step.arithmetic)


def _branched(layer: KerasObject, chains: Mapping[str, Chain], shape: Shape | None) -> Row:
    branches = {name: _chain(name, chain, shape) for name, chain in chains.items()}
    ends = [rows[-1].shape if rows else shape for rows in branches.values()]
    known = [end for end in ends if end is not None]
    shape = merged(layer, known) if len(known) == len(ends) else None
    inner = [row for rows in branches.values() for row in rows]
    params, fixed, flops = (sum(getattr(row, name) for row in inner) for name in ("params", "fixed", "flops"))
    return Row(layer, shape, params, fixed, flops, branches=branches)


def _chain(name: str, layers: Chain, shape: Shape | None) -> list[Row]:
    try:
        return trace(layers, shape)
    except ShapeError as error:
        raise ShapeError(f"{name}: {error}") from None


def _values(layer: KerasObject) -> dict[str, Any]:
    defaults = {name: argument.default for name, argument in signature(layer.where).arguments.items()}
    return {**defaults, **layer.arguments}
