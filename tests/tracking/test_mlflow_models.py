import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest

from nnlab.spec import DataSpec
from nnlab.tracking.address import store_uri
from nnlab.tracking.recorder import Recorder

pytestmark = pytest.mark.slow

DIGITS = DataSpec("digits", "classification", (28, 28), "uint8", tuple("0123456789"))


@pytest.fixture
def network():
    import keras

    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((28, 28), dtype="uint8"),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 28, 28)).astype("uint8")


@pytest.fixture
def recorder(tracking, tmp_path, warnings):
    made = Recorder(tracking, tmp_path / "run", warnings.append)
    made.start("digits", "served")
    return made


def test_a_logged_network_takes_raw_pixels_and_belongs_to_its_run(
    recorder, tracking, network, pixels, warnings
):
    import mlflow
    from mlflow import MlflowClient

    model_id = recorder.model(network, DIGITS, pixels)
    run_id = recorder.finish()
    assert warnings == []
    mlflow.set_tracking_uri(store_uri(tracking))
    loaded = mlflow.pyfunc.load_model(f"models:/{model_id}")
    assert np.array_equal(loaded.predict(pixels), network.predict(pixels, verbose=0))
    assert loaded.metadata.signature.inputs.to_dict()[0]["tensor-spec"] == {
        "dtype": "uint8",
        "shape": (-1, 28, 28),
    }
    assert loaded.metadata.signature.outputs.to_dict()[0]["tensor-spec"] == {
        "dtype": "float32",
        "shape": (-1, 10),
    }
    assert loaded.input_example.shape == (2, 28, 28)
    client = MlflowClient(store_uri(tracking))
    assert [found.model_id for found in client.get_run(run_id).outputs.model_outputs] == [model_id]
    assert client.get_logged_model(model_id).source_run_id == run_id
    version = mlflow.register_model(f"models:/{model_id}", "digits")
    assert version.run_id == run_id


def test_no_pickle_is_kept_and_requirements_are_pinned(recorder, tracking, network, pixels, tmp_path):
    model_id = recorder.model(network, DIGITS, pixels)
    recorder.finish()
    folder = tmp_path / "mlartifacts" / "models" / model_id / "artifacts"
    files = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    assert "data/model.keras" in files
    assert not [name for name in files if name.endswith((".pkl", ".pickle", ".cloudpickle"))]
    lines = (folder / "requirements.txt").read_text().split()
    assert [line.split("==")[0] for line in lines] == ["nnlab", "mlflow", "tensorflow", "keras", "numpy"]


def test_the_files_of_all_packages_are_not_read(recorder, network, pixels, monkeypatch):
    """And MLflow knows no less of them afterwards."""
    from mlflow.utils import requirements_utils

    read = []
    monkeypatch.setattr(requirements_utils, "_MODULES_TO_PACKAGES", None)
    monkeypatch.setattr(
        requirements_utils.importlib_metadata, "packages_distributions", lambda: read.append(1) or {}
    )
    recorder.model(network, DIGITS, pixels)
    recorder.finish()
    assert read == []
    requirements_utils._init_modules_to_packages_map()
    assert read == [1]


def test_a_saved_file_is_logged_as_it_is(recorder, tracking, network, pixels, tmp_path):
    network.save(file := tmp_path / "model.keras")
    model_id = recorder.model(network, DIGITS, pixels, file)
    recorder.finish()
    kept = tmp_path / "mlartifacts" / "models" / model_id / "artifacts" / "data" / "model.keras"
    assert kept.read_bytes() == file.read_bytes()


def test_words_are_raw_samples_too(recorder, tracking, warnings):
    import keras
    import mlflow

    words = keras.layers.TextVectorization(output_sequence_length=4)
    words.adapt(["a b c", "d e"])
    layers = [words, keras.layers.Embedding(10, 2), keras.layers.Flatten(), keras.layers.Dense(1)]
    network = keras.Sequential([keras.Input((), dtype="string"), *layers])
    texts = np.array(["a b", "d"], object)
    model_id = recorder.model(network, DataSpec("text", "binary", (), "string", ("no", "yes")), texts)
    recorder.finish()
    assert warnings == []
    mlflow.set_tracking_uri(store_uri(tracking))
    found = mlflow.pyfunc.load_model(f"models:/{model_id}").predict(texts.astype(str))
    assert np.allclose(found, network.predict(_strings(texts), verbose=0))


def _strings(texts):
    import tensorflow as tf

    return tf.constant(texts)


def test_a_network_that_cannot_be_logged_is_a_warning(recorder, network, warnings):
    wrong = DataSpec("digits", "classification", (28, 28), "no such type")
    assert recorder.model(network, wrong, np.zeros((1, 28, 28))) is None
    assert recorder.finish()
    assert len(warnings) == 1
    assert warnings[0].startswith("tracking: the MLflow model was not logged: ")


def test_mlflow_serves_it_on_raw_pixels(recorder, tracking, network, pixels, tmp_path):
    model_id = recorder.model(network, DIGITS, pixels)
    recorder.finish()
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    words = [
        "models",
        "serve",
        "-m",
        f"models:/{model_id}",
        "--env-manager",
        "local",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    settings = {
        **os.environ,
        "MLFLOW_TRACKING_URI": store_uri(tracking),
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    }
    settings["PATH"] = os.path.dirname(sys.executable) + os.pathsep + settings["PATH"]
    log = open(tmp_path / "serve.log", "w")  # noqa: SIM115
    serving = subprocess.Popen(
        [sys.executable, "-m", "mlflow", *words], env=settings, stdout=log, stderr=log, start_new_session=True
    )
    try:
        body = json.dumps({"inputs": pixels.tolist()}).encode()
        answer = _ask(f"http://127.0.0.1:{port}/invocations", body, serving)
    finally:
        os.killpg(serving.pid, signal.SIGKILL)
        serving.wait()
        log.close()
    assert np.allclose(answer["predictions"], network.predict(pixels, verbose=0), atol=1e-6)


def _ask(address, body, serving):
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    until = time.monotonic() + 120
    while time.monotonic() < until and serving.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.3)
    raise TimeoutError("mlflow models serve")
