"""How MLflow loads a network that nnlab logged, in `mlflow models serve` and `mlflow.pyfunc.load_model`.

A loader module instead of MLflow's own Keras flavour, because that one keeps custom layers as pickles.
"""

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.names import OWN_MODULES

if TYPE_CHECKING:
    import keras


class ServedNetwork:
    """A network that takes raw samples."""

    def __init__(self, model: "keras.Model"):
        self.model = model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> np.ndarray:
        """Predictions for raw samples of shape (n, *spec.shape); `params` is MLflow's, and unused."""
        samples = np.asarray(data)
        if samples.dtype.kind in "OU":
            import tensorflow as tf

            samples = tf.constant(samples.astype(str))
        return np.asarray(self.model.predict(samples, verbose=0))  # type: ignore[arg-type]


def _load_pyfunc(path: str) -> ServedNetwork:
    """Load a .keras file; nnlab's own layers must be registered first, and no code in it is run."""
    import keras

    for module in OWN_MODULES["layer"]:
        importlib.import_module(module)
    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    return ServedNetwork(model)  # type: ignore[arg-type]
