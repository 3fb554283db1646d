"""Weights of samples that follow from the weights of classes."""

import numpy as np

from nnlab.plan import Trainer
from nnlab.spec import DataSpec


def sample_weights(trainer: Trainer, spec: DataSpec, y: np.ndarray) -> np.ndarray | None:
    """One float32 weight a sample, shape (n,), or None where all count the same.

    "balanced" is n / (classes · members), as scikit-learn's compute_class_weight has it.
    """
    if trainer.class_weight is None:
        return None
    if trainer.class_weight == "balanced":
        members = np.bincount(y, minlength=len(spec.classes))
        by_class = len(y) / (len(spec.classes) * np.maximum(members, 1))
    else:
        by_class = np.array([trainer.class_weight.get(label, 1.0) for label in range(len(spec.classes))])
    return by_class[y].astype(np.float32)
