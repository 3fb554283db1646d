"""Hostile and broken model files: each is refused in one line, and nothing in it ever runs."""

import base64
import io
import json
import marshal
import pickle
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from nnlab.errors import ModelFileError
from nnlab.saving.configuration import MAX_DEPTH
from nnlab.saving.safety import inspect_model, load_model


def build(units: int = 3) -> keras.Model:
    return keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(units, activation="relu"), keras.layers.Dense(2)]
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    model = build()
    model.compile(
        optimizer="adam", loss=keras.losses.MeanSquaredError(), metrics=[keras.metrics.MeanAbsoluteError()]
    )
    model.save(folder / "model.keras")
    model.save(folder / "model.h5")
    model.save_weights(folder / "model.weights.h5")
    return folder


def configuration(good: Path) -> dict[str, Any]:
    with zipfile.ZipFile(good / "model.keras") as archive:
        return json.loads(archive.read("config.json"))


def rewrite(
    good: Path,
    target: Path,
    config: Any = None,
    extra: dict[str, bytes] | None = None,
    weights: bytes | None = None,
):
    """The good .keras with parts replaced."""
    with zipfile.ZipFile(good / "model.keras") as old, zipfile.ZipFile(target, "w") as new:
        text = (
            old.read("config.json")
            if config is None
            else config
            if isinstance(config, bytes)
            else json.dumps(config)
        )
        new.writestr("metadata.json", old.read("metadata.json"))
        new.writestr("config.json", text)
        new.writestr("model.weights.h5", old.read("model.weights.h5") if weights is None else weights)
        for name, content in (extra or {}).items():
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return target


def hdf5(fill) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


def refusal(path: Path, trusted: tuple[str, ...] = ()) -> str:
    with pytest.raises(ModelFileError) as caught:
        load_model(path, trusted)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_an_honest_model_loads_and_predicts(good, name):
    model = load_model(good / name)
    wanted = keras.saving.load_model(good / "model.keras")(np.ones((1, 4)))
    np.testing.assert_array_equal(model(np.ones((1, 4))), wanted)


def test_a_model_with_nnlabs_own_layers_in_front_loads(tmp_path):
    from nnlab.data.layers import MeanImputation, PixelPermutation

    rows, fill = np.array([[0.0, 2.0], [4.0, 6.0]], "float32"), MeanImputation()
    fill.adapt(rows)
    table = keras.Sequential([keras.Input((2,)), fill, keras.layers.Dense(2)])
    mixed = keras.Sequential(
        [keras.Input((3, 3), dtype="uint8"), PixelPermutation(seed=1), keras.layers.Flatten()]
    )
    for model, samples in ((table, rows), (mixed, np.arange(9, dtype="uint8").reshape(1, 3, 3))):
        for name in ("own.keras", "own.h5"):
            model.save(tmp_path / name)
            np.testing.assert_array_equal(load_model(tmp_path / name)(samples), model(samples))


def test_honest_models_of_many_layers_load(tmp_path):
    layers = keras.layers
    picture = keras.Input((8, 8, 3), dtype="uint8")
    x = layers.Rescaling(1 / 255)(layers.RandomFlip()(picture))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same", kernel_regularizer="l2")(x))
    x = layers.Add()([x, layers.SeparableConv2D(4, 3, padding="same")(x)]) * 2.0
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="gelu"), layers.Dropout(0.1)])
    x = inner(layers.GlobalAveragePooling2D()(keras.ops.relu(x)))
    model = keras.Model(picture, layers.Dense(2, activation=keras.activations.softmax)(x))
    steps = keras.Sequential(
        [keras.Input((7,)), layers.Embedding(10, 4), layers.Bidirectional(layers.LSTM(3)), layers.Dense(1)]
    )
    for index, network in enumerate((model, steps)):
        network.compile(
            optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10)), loss="mse"
        )
        network.save(tmp_path / f"{index}.keras")
        assert load_model(tmp_path / f"{index}.keras").count_params() == network.count_params()
    steps.save(tmp_path / "steps.h5", include_optimizer=False)
    assert load_model(tmp_path / "steps.h5").count_params() == steps.count_params()


# files that are no models


def test_missing_empty_text_and_truncated_files_have_four_messages(good, tmp_path):
    (tmp_path / "empty.keras").touch()
    (tmp_path / "text.keras").write_text("hello\n" * 2000)
    for name in ("model.keras", "model.h5"):
        whole = (good / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    assert refusal(tmp_path / "empty.kers") == "no such file; did you mean 'empty.keras'?"
    assert refusal(tmp_path / "nothing" / "x.keras") == "no such file"
    assert refusal(tmp_path / "empty.keras").startswith("the file is empty (0 bytes); ")
    assert refusal(tmp_path / "text.keras").startswith("a text file, not a model; ")
    assert refusal(tmp_path / "model.keras").startswith("the file is cut short (")
    assert refusal(tmp_path / "model.h5").startswith("the file is cut short (")


def test_folders_pictures_and_wrong_endings_are_told(good, tmp_path):
    (tmp_path / "m.h5").write_bytes((good / "model.keras").read_bytes())
    (tmp_path / "p.keras").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    assert refusal(tmp_path) == "Is a directory; a .keras or .h5 file is needed"
    assert refusal(tmp_path / "m.h5") == "holds zip but ends in .h5; it must end in .keras"
    assert refusal(tmp_path / "p.keras").startswith("an unknown kind of file, not a model; ")


def test_weights_alone_are_no_model(good):
    assert "weights without a description of their network" in refusal(good / "model.weights.h5")


def test_a_flipped_bit_is_found(good, tmp_path):
    content = bytearray((good / "model.keras").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "m.keras").write_bytes(content)
    assert refusal(tmp_path / "m.keras").startswith(
        "the file is damaged (model.weights.h5 fails its checksum)"
    )


class Bomb:
    """Leaves a canary when it is unpickled."""

    def __init__(self, canary: Path):
        self.canary = canary

    def __reduce__(self):
        return open, (str(self.canary), "w")


def test_a_pickle_in_disguise_is_not_opened(good, tmp_path):
    canary = tmp_path / "canary"
    (tmp_path / "m.keras").write_bytes(pickle.dumps(Bomb(canary)))
    assert refusal(tmp_path / "m.keras").startswith("a Python pickle, which could run code, not a model")
    inside = rewrite(good, tmp_path / "n.keras", extra={"model.pkl": pickle.dumps(Bomb(canary))})
    assert refusal(inside) == "refused: a member that no Keras model has: 'model.pkl'"
    assert not canary.exists()


# hostile networks


def test_a_lambda_layer_does_not_run(good, tmp_path):
    canary = tmp_path / "canary"
    code = compile(f"lambda x: open({str(canary)!r}, 'w') and x", "evil", "eval").co_consts[0]
    evil = {"class_name": "__lambda__", "config": {"code": base64.b64encode(marshal.dumps(code)).decode()}}
    config = configuration(good)
    layer = {
        "module": "keras.layers",
        "class_name": "Lambda",
        "registered_name": None,
        "config": {"function": evil},
    }
    config["config"]["layers"].append(layer)
    assert "runs Python code from the file" in refusal(rewrite(good, tmp_path / "a.keras", config))
    config["config"]["layers"][-1] = {**layer, "class_name": "Dense", "registered_name": "x>Lambda"}
    assert "a Lambda layer" in refusal(rewrite(good, tmp_path / "b.keras", config))
    (tmp_path / "c.h5").write_bytes((good / "model.h5").read_bytes())
    with h5py.File(tmp_path / "c.h5", "a") as file:
        described = json.loads(file.attrs["model_config"])
        described["config"]["layers"].append(
            {"class_name": "Lambda", "config": {"function": ["abc", None, None]}}
        )
        file.attrs["model_config"] = json.dumps(described)
    assert "a Lambda layer" in refusal(tmp_path / "c.h5")
    assert not canary.exists()


FOREIGN = {
    "a module": {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
    "a function": {
        "module": "builtins",
        "class_name": "function",
        "config": "eval",
        "registered_name": "eval",
    },
    "a keras tool": {
        "module": "keras.utils",
        "class_name": "get_file",
        "config": {},
        "registered_name": None,
    },
    "a keras function": {
        "module": "keras.models",
        "class_name": "clone_model",
        "config": {},
        "registered_name": None,
    },
    "a deep keras module": {"module": "keras.src.utils.file_utils", "class_name": "File", "config": {}},
    "a registered name": {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {},
        "registered_name": "evil>Dense",
    },
    "an nnlab tool": {
        "module": "nnlab.names",
        "class_name": "Signature",
        "config": {},
        "registered_name": None,
    },
    "no module": {"class_name": "evil>Layer", "config": {}},
    "nothing but a name": {"class_name": "Mystery", "config": {}},
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_names_are_refused_wherever_they_hide(good, tmp_path, kind):
    config = configuration(good)
    config["config"]["layers"][1]["config"]["kernel_initializer"] = {"deep": [FOREIGN[kind]]}
    text = refusal(rewrite(good, tmp_path / "m.keras", config))
    assert text.startswith("refused: the foreign ")
    assert text.endswith("only what Keras, nnlab define may be named, or a package trusted by name")


@pytest.mark.parametrize("name", ["TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"])
def test_layers_that_bring_programs_are_refused(good, tmp_path, name):
    config = configuration(good)
    config["config"]["layers"].append(
        {"module": "keras.layers", "class_name": name, "config": {"filepath": "/x"}}
    )
    assert f"refused: a {name}, which " in refusal(rewrite(good, tmp_path / "m.keras", config))


def test_a_layer_that_reads_a_local_file_is_refused(good, tmp_path):
    config = configuration(good)
    config["config"]["layers"].append(
        {"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": "/etc/hostname"}}
    )
    assert refusal(rewrite(good, tmp_path / "m.keras", config)) == (
        "refused: a vocabulary that would be read from another file"
    )


def test_the_class_of_a_trusted_package_runs_only_when_trusted(tmp_path, monkeypatch):
    canary = tmp_path / "canary"
    (tmp_path / "my_layers.py").write_text(
        "import keras\n"
        f"open({str(canary)!r}, 'w')\n"
        "class Double(keras.layers.Layer):\n"
        "    def call(self, x):\n"
        "        return 2 * x\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    import my_layers  # pyright: ignore[reportMissingImports]

    keras.Sequential([keras.Input((2,)), my_layers.Double()]).save("m.keras")
    canary.unlink()
    monkeypatch.delitem(__import__("sys").modules, "my_layers")
    assert "the foreign 'my_layers.Double'" in refusal(tmp_path / "m.keras")
    assert "only what Keras, nnlab, others define" in refusal(tmp_path / "m.keras", ("others",))
    assert not canary.exists()
    assert load_model(tmp_path / "m.keras", ("my_layers",))(np.ones((1, 2))).numpy().tolist() == [[2.0, 2.0]]
    assert canary.exists()


# bombs


def test_layers_far_larger_than_the_file_are_never_built(good, tmp_path):
    config = configuration(good)
    config["config"]["layers"][1]["config"]["units"] = 200_000_000
    config["config"]["layers"][2]["build_config"]["input_shape"][1] = 200_000_000
    text = refusal(rewrite(good, tmp_path / "m.keras", config))
    assert text.startswith("refused: a network of 1,400,000,002 weights in a file of ")
    assert build()(np.ones((1, 4))).shape == (1, 2)


def test_layers_of_giant_outputs_and_giant_numbers_are_refused(good, tmp_path):
    config = configuration(good)
    bomb = {
        "module": "keras.layers",
        "class_name": "RepeatVector",
        "config": {"n": 10**9},
        "registered_name": None,
    }
    config["config"]["layers"].append(bomb)
    assert "makes 2,000,000,000 values of one sample" in refusal(rewrite(good, tmp_path / "m.keras", config))
    config["config"]["layers"][0]["config"]["batch_shape"] = [None, 10**6, 10**6]
    assert "batch_shape of 1,000,000,000,000 values" in refusal(rewrite(good, tmp_path / "o.keras", config))
    bomb["config"]["n"] = 10**30
    assert (
        refusal(rewrite(good, tmp_path / "n.keras", config)) == "refused: n: 1e+30, more than any layer holds"
    )


def test_absurd_nesting_is_refused(good, tmp_path):
    config = configuration(good)
    inner = config["config"]["layers"][1]["config"]
    for _ in range(MAX_DEPTH):
        inner["name"] = inner = {}
    assert "nested more than 100 levels deep" in refusal(rewrite(good, tmp_path / "a.keras", config))
    deep = b'{"class_name": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    assert "nested thousands of levels deep" in refusal(rewrite(good, tmp_path / "b.keras", deep))


def test_a_zip_bomb_is_refused_unread(good, tmp_path):
    path = rewrite(good, tmp_path / "m.keras", extra={"assets/words.txt": bytes(100 << 20)})
    assert path.stat().st_size < 1 << 20
    assert refusal(path).startswith("refused: a zip bomb: 105 MB packed into 0.")


def test_a_member_outside_the_archive_is_refused(good, tmp_path):
    path = rewrite(good, tmp_path / "m.keras", extra={"assets/../../evil.txt": b"x"})
    assert refusal(path) == "refused: a member that would be written outside: 'assets/../../evil.txt'"
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_configuration_that_is_no_network_is_refused(good, tmp_path):
    assert "is no JSON" in refusal(rewrite(good, tmp_path / "a.keras", b"{"))
    assert "describes no network" in refusal(rewrite(good, tmp_path / "b.keras", [1, 2]))


HDF5_BOMBS = {
    "leads away": lambda file: file.__setitem__("layers", h5py.ExternalLink("/etc/hostname", "/x")),
    "leads away: 'soft'": lambda file: file.__setitem__("soft", h5py.SoftLink("/")),
    "kept in another file": lambda file: file.create_dataset(
        "x", (4,), "f4", external=[("/etc/hostname", 0, 16)]
    ),
    "claim 4,000 MB": lambda file: file.create_dataset(
        "x", (10**9,), "f4", chunks=(10**6,), compression="gzip"
    ),
    "that are no numbers": lambda file: file.create_dataset("x", (1,), h5py.special_dtype(vlen=str)),
}


@pytest.mark.parametrize("words", HDF5_BOMBS)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_hostile_hdf5_is_refused(good, tmp_path, words, suffix):
    path = tmp_path / f"m{suffix}"
    content = hdf5(HDF5_BOMBS[words])
    if suffix == ".keras":
        rewrite(good, path, weights=content)
    else:
        path.write_bytes(content)
    assert words in refusal(path)


def test_a_virtual_dataset_is_refused(good, tmp_path):
    def fill(file):
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
        file.create_virtual_dataset("x", layout)

    assert "put together from other files" in refusal(rewrite(good, tmp_path / "m.keras", weights=hdf5(fill)))


def test_a_ring_of_groups_ends(good, tmp_path):
    def fill(file):
        file.create_group("a")["back"] = file["/"]

    assert "Keras cannot load it" in refusal(rewrite(good, tmp_path / "m.keras", weights=hdf5(fill)))


def test_inspecting_needs_no_keras(good):
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from nnlab.saving.safety import inspect_model\n"
        f"print(inspect_model(Path({str(good / 'model.keras')!r})).numbers, 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "False"
    assert int(done.stdout.split()[0]) == inspect_model(good / "model.keras").numbers > 20
