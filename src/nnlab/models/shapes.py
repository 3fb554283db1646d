"""The shape of one sample, and what a layer makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from nnlab.spec import DataSpec

Shape = tuple[int, ...]


class ShapeError(ValueError):
    """A layer cannot take the shape that reaches it."""


@dataclass(frozen=True)
class Step:
    """What leaves a layer, its parameters (fixed: those not trained), FLOPs, and the parameter count spelt out."""

    shape: Shape
    params: int = 0
    fixed: int = 0
    flops: int = 0
    arithmetic: str = ""


def is_same_picture(output: Shape, wanted: Shape) -> bool:
    """Whether two shapes are the same but for the channel axis that a grey picture may have: 28×28, 28×28×1."""
    return output == wanted or (len(wanted) > 1 and (output == (*wanted, 1) or wanted == (*output, 1)))


def format_sample(spec: DataSpec) -> str:
    """One raw sample as people call it: 28×28, or a text."""
    return "a text" if spec.is_text else format_shape(spec.shape)


def format_shape(shape: Iterable[int]) -> str:
    """A shape as people write it: 28×28×1."""
    return "×".join(map(str, shape)) or "a single number"
