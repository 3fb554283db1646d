"""The trained model in three files, each proved to predict what the model does before it takes its place."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.replacing import aside, put_in_place, storage_errno, storage_error

if TYPE_CHECKING:
    import keras

TOLERANCE = 1e-6
VERIFIED = "verified"


def save_models(
    model: "keras.Model", folder: Path, samples: np.ndarray, rebuild: Callable[[], "keras.Model"]
) -> dict[str, str]:
    """Write model.keras, model.h5 and weights.h5 into `folder` and compare each, reloaded, with the model.

    model: takes raw inputs. samples: a few to compare on, shape (n, *input shape). rebuild: builds the same
    network with fresh weights. Returns for each file "verified" (bitwise equal predictions), "verified within
    1e-06", or a sentence that says what is wrong; a format that cannot hold the model never raises.
    Raises StorageError for a full disk or a folder that cannot be written; what was there stays untouched.
    """
    wanted = _predict(model, samples)
    ways: dict[str, tuple[Callable[[Path], None], Callable[[Path], Any]]] = {
        "model.keras": (lambda path: model.save(path), lambda path: _load(path, model)),
        # Without the optimizer: writing it takes it out of the model, so that a later .keras lacks it; and an
        # .h5 that holds one cannot be trained further anyway.
        "model.h5": (lambda path: model.save(path, include_optimizer=False), lambda path: _load(path, model)),
        "weights.h5": (lambda path: model.save_weights(path), lambda path: _load_weights(path, rebuild)),
    }
    with aside(folder) as place, _quiet():
        return {
            name: _save(place / _keras_name(name), folder / name, wanted, samples, *way)
            for name, way in ways.items()
        }


def _keras_name(name: str) -> str:
    """Keras takes weights only under a name that ends in .weights.h5."""
    return name.replace("weights.h5", "model.weights.h5")


def _save(
    written: Path,
    target: Path,
    wanted: np.ndarray,
    samples: np.ndarray,
    write: Callable[[Path], None],
    load: Callable[[Path], Any],
) -> str:
    try:
        write(written)
    except Exception as error:  # Keras and HDF5 raise whatever they like; the run must survive it.
        if storage_errno(error):
            raise storage_error(target, error) from error
        return f"not written: {_first_line(error)}"
    verdict = _compare(load, written, wanted, samples)
    put_in_place(written, target)
    return verdict


def _compare(load: Callable[[Path], Any], path: Path, wanted: np.ndarray, samples: np.ndarray) -> str:
    try:
        got = _predict(load(path), samples)
    except Exception as error:
        return f"cannot be loaded again: {_first_line(error)}"
    if got.shape != wanted.shape:
        return f"predicts shape {got.shape} where the model predicts {wanted.shape}"
    if np.array_equal(got, wanted, equal_nan=True):
        return VERIFIED
    if np.allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
        return f"{VERIFIED} within {TOLERANCE:g}"
    return f"predicts differently: by up to {np.nanmax(np.abs(got - wanted)):.3g} on {len(samples)} samples"


def _predict(model: Any, samples: np.ndarray) -> np.ndarray:
    # Called directly: tracing `predict` anew for each file would cost more than everything else here.
    return np.asarray(model(samples, training=False))


def _load(path: Path, model: "keras.Model") -> Any:
    import keras

    return keras.saving.load_model(path, custom_objects=_own_classes(model), compile=path.suffix == ".keras")


def _own_classes(model: "keras.Model") -> dict[str, type]:
    return {
        type(layer).__name__: type(layer)
        for layer in model.layers
        if not type(layer).__module__.startswith("keras.")
    }


def _load_weights(path: Path, rebuild: Callable[[], "keras.Model"]) -> Any:
    network = rebuild()
    network.load_weights(path)
    return network


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Keras's advice against .h5, which the user has not asked for by name."""
    logger = logging.getLogger("absl")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]
