"""A whole run in bfloat16: what is kept of it predicts from raw pixels, with probabilities in float32."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

WORDS = ("dataset=digits", "model=cnn", "model.filters=[4]", "model.neurons=16", "trainer.epochs=4")


@pytest.mark.slow
def test_what_is_kept_of_a_run_in_bfloat16_predicts_as_it_did(nnlab: Callable[..., Any], here: Path):
    import keras
    import mlflow
    from mlflow import MlflowClient
    from sklearn.datasets import load_digits

    done = nnlab(
        *WORDS,
        "name=mixed",
        "trainer.precision=mixed_bfloat16",
        "trainer.progress=none",
        "trainer.batch_size=16",
    )
    assert done.code == 0
    assert "warning" not in done.err
    (folder,) = here.glob("outputs/*/*")
    model: Any = keras.saving.load_model(folder / "model" / "model.keras")
    kinds = {type(layer).__name__: layer for layer in model.layers}
    assert (kinds["Conv2D"].compute_dtype, kinds["Conv2D"].variable_dtype) == ("bfloat16", "float32")
    assert model.layers[-1].compute_dtype == "float32"

    mlflow.set_tracking_uri(f"sqlite:///{here / 'mlflow.db'}")
    client = MlflowClient()
    (run,) = client.search_runs([found.experiment_id for found in client.search_experiments()])
    verdicts = [value for key, value in run.data.tags.items() if key.startswith("nnlab.saved.")]
    assert len(verdicts) == 3
    assert all(verdict.startswith("verified") for verdict in verdicts)

    x = load_digits().images[:5].astype("uint8")
    wanted = np.asarray(model(x, training=False))
    assert wanted.dtype == np.float32
    np.testing.assert_allclose(wanted.sum(axis=1), 1, atol=1e-5)
    older: Any = keras.saving.load_model(folder / "model" / "model.h5", compile=False)
    np.testing.assert_array_equal(older(x, training=False), wanted)
    served: Any = mlflow.pyfunc.load_model(f"models:/{run.outputs.model_outputs[0].model_id}")
    # A graph rounds to bfloat16 less often than layers that are called one by one.
    np.testing.assert_allclose(served.predict(x), wanted, atol=0.02)
    np.save("five.npy", x)
    told = nnlab("predict", "mixed", "five.npy")
    assert told.code == 0
    assert [int(line.split()[1]) for line in told.out.splitlines()] == wanted.argmax(axis=1).tolist()
