"""What targets are for a loss and a network: labels, one column a class, or the input itself."""

import math

from nnlab.errors import Problem
from nnlab.models.shapes import Shape, format_shape, is_same_picture
from nnlab.spec import Task


def is_one_hot(loss: str, task: Task) -> bool:
    """Whether the loss compares one column a class with the output: CategoricalCrossentropy, MeanSquaredError …"""
    return task == "classification" and not loss.startswith("Sparse")


def reconstruction_problem(output: Shape, seen: Shape) -> Problem | None:
    """What is wrong where an output is of another shape than the preprocessed samples to give back."""
    if is_same_picture(output, seen):
        return None
    as_many = math.prod(output) == math.prod(seen)
    hint = f": end with Reshape: {{target_shape: {list(seen)}}}" if as_many else ""
    allowed = f"a reconstruction gives {format_shape(seen)}{hint}"
    return Problem("model", f"the network gives {format_shape(output)}", allowed)
