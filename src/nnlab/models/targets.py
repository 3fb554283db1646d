"""How targets are written for a loss: labels as they are, or one column a class."""

from nnlab.spec import Task


def is_one_hot(loss: str, task: Task) -> bool:
    """Whether the loss compares one column a class with the output: CategoricalCrossentropy, MeanSquaredError …"""
    return task == "classification" and not loss.startswith("Sparse")
