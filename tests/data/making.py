"""The type of the `dataset` fixture, which makes a dataset from its own YAML with some keys changed."""

from collections.abc import Callable
from typing import Any

MakeDataset = Callable[..., Any]
