"""An MLflow model from a Keras network: what the registry keeps and `mlflow models serve` runs."""

import importlib.metadata
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.plan import Tracking
from nnlab.spec import DataSpec
from nnlab.tracking.client import client_of

if TYPE_CHECKING:
    import keras
    from mlflow.models import ModelSignature

NAME = "model"
PACKAGES = ("nnlab", "mlflow", "tensorflow", "keras", "numpy")
"""What serving needs, said outright: MLflow's own search for it takes many seconds."""
EXAMPLES = 2
"""Samples kept as the input example: MLflow writes them as text."""


def preload() -> None:
    """Import what logs a model: a second, for a thread beside training or a process that others come from."""
    import mlflow.pyfunc  # noqa: F401


def log_model(
    tracking: Tracking,
    run_id: str,
    experiment_id: str,
    model: "keras.Model",
    spec: DataSpec,
    example: np.ndarray,
    file: Path | None = None,
) -> str:
    """Log a network for a run and link the two; the MLflow model's id, `models:/<id>` is its address.

    experiment_id: the run's, asked for where it is "". model: the whole network, of raw samples. example: raw
    samples, (n, *spec.shape), of spec.dtype. file: the model's .keras file, written anew where there is none.
    Raises what MLflow raises.
    """
    from mlflow.entities import LoggedModelOutput

    client = client_of(tracking)
    experiment_id = experiment_id or client.get_run(run_id).info.experiment_id
    logged = client.create_logged_model(experiment_id, NAME, source_run_id=run_id, model_type=spec.task)
    try:
        with tempfile.TemporaryDirectory() as folder:
            if file is None:
                file = Path(folder) / "model.keras"
                model.save(file)
            saved = Path(folder) / NAME
            _save(
                saved,
                file,
                _signature(model, spec),
                example[:EXAMPLES].astype(_dtype(spec), copy=False),
                (run_id, logged.model_id),
            )
            client.log_model_artifacts(logged.model_id, str(saved))
    except Exception:
        client.finalize_logged_model(logged.model_id, "FAILED")
        raise
    client.finalize_logged_model(logged.model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])
    return logged.model_id


def _save(
    folder: Path, file: Path, signature: "ModelSignature", example: np.ndarray, ids: tuple[str, str]
) -> None:
    import mlflow.pyfunc
    from mlflow.models import Model

    with _packages_known():
        mlflow.pyfunc.save_model(
            str(folder),
            loader_module="nnlab.tracking.serving",
            data_path=str(file),
            mlflow_model=Model(run_id=ids[0], model_uuid=ids[1], model_id=ids[1]),
            signature=signature,
            input_example=example,
            pip_requirements=[f"{name}=={importlib.metadata.version(name)}" for name in PACKAGES],
        )


@contextmanager
def _packages_known() -> Iterator[None]:
    """Tell MLflow which package brings which module, for which it reads the files of all that are installed.

    It compares our requirements with what is installed, from where they are: half a second for nothing.
    """
    from mlflow.utils import requirements_utils as own

    before = getattr(own, "_MODULES_TO_PACKAGES", None)
    own._MODULES_TO_PACKAGES = {name: [name] for name in PACKAGES}
    try:
        yield
    finally:
        own._MODULES_TO_PACKAGES = before


def _signature(model: "keras.Model", spec: DataSpec) -> "ModelSignature":
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    inputs = Schema([TensorSpec(_dtype(spec), (-1, *spec.shape))])
    given = model.outputs[0]
    shape = tuple(-1 if size is None else size for size in given.shape)
    return ModelSignature(inputs, Schema([TensorSpec(np.dtype(given.dtype), shape)]))


def _dtype(spec: DataSpec) -> np.dtype:
    """MLflow takes texts as numpy's own, not as Python's objects. Raises TypeError for an unknown type."""
    return np.dtype("str" if spec.dtype == "string" else spec.dtype)
