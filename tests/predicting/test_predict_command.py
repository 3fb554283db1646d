"""`nnlab predict`, from the words to the lines."""

import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

from nnlab.cli.predict import main
from nnlab.errors import ModelFileError, RequestError, StorageError
from nnlab.predicting.sources import read_spec
from nnlab.spec import DataSpec


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """Class 1 for pictures that are brighter than a tenth on average, else class 0."""
    layers = keras.layers
    front = [keras.Input((28, 28), dtype="uint8"), layers.Rescaling(1 / 255), layers.Flatten()]
    network = keras.Sequential([*front, layers.Dense(2, activation="softmax")])
    network.layers[-1].set_weights(
        [np.stack([np.zeros(784), np.full(784, 1.0)], axis=1), np.array([78.4, 0])]
    )
    path = tmp_path_factory.mktemp("model") / "model.keras"
    network.save(path)
    return path


@pytest.fixture
def bright(tmp_path) -> str:
    pixels = np.zeros((28, 28), np.uint8)
    pixels[4:24, 4:24] = 255
    Image.fromarray(pixels).save(tmp_path / "bright.png")
    return str(tmp_path / "bright.png")


def test_a_model_file_in_place_of_a_run(model, bright, capsys):
    assert main([str(model), bright]) == 0
    assert capsys.readouterr().out == (
        "bright.png: 1 100 %, then 0 0 % (light on dark: not inverted; exact size)\n"
    )


def test_invert_is_taken_at_its_word(model, bright, capsys):
    main([str(model), bright, "--invert", "yes"])
    assert "(dark on light: inverted; exact size)" in capsys.readouterr().out


def test_a_bad_file_does_not_stop_the_others(model, bright, tmp_path, capsys):
    (tmp_path / "bad.png").write_text("no picture")
    np.save(tmp_path / "bad.npy", np.zeros((3, 3)))
    assert main([str(model), str(tmp_path / "bad.png"), bright, str(tmp_path / "bad.npy")]) == 2
    said = capsys.readouterr()
    assert said.out.startswith("bright.png: 1 ")
    errors = said.err.splitlines()
    assert errors[0].startswith(f"error: {tmp_path / 'bad.png'}: cannot be read (no picture)")
    assert errors[1].startswith(f"error: {tmp_path / 'bad.npy'}: an array of 3×3; ")
    assert len(errors) == 2


def test_json_is_a_list_of_answers(model, bright, capsys):
    main([str(model), bright, "--json"])
    (said,) = json.loads(capsys.readouterr().out)
    assert said["class"] == "1"
    assert said["probability"] == 1
    assert said["runner_up"]["class"] == "0"


def test_show_draws_what_the_network_saw(model, bright, tmp_path):
    main([str(model), bright, "--show", str(tmp_path / "seen.png")])
    with Image.open(tmp_path / "seen.png") as image:
        assert min(image.size) > 100


def test_a_run_brings_its_class_names(model, bright, tmp_path, capsys, monkeypatch):
    from nnlab.tracking import runs

    spec = DataSpec("light", "classification", (28, 28), "uint8", classes=("dim", "bright"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config/spec.json").write_text(json.dumps(dataclasses.asdict(spec)))
    files = {"config/spec.json": tmp_path / "config/spec.json", "model/model.keras": model}
    monkeypatch.setattr(runs, "find_run", lambda tracking, text: SimpleNamespace(name=text, tags={}))
    monkeypatch.setattr(runs, "artifact", lambda run, path: files[path])
    assert main(["last", bright, "tracking.timeout=2"]) == 0
    assert capsys.readouterr().out.startswith("bright.png: bright 100 %, then dim ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x.keras"], "predict: the following arguments are required: FILE; see `nnlab predict --help`"),
        (
            ["last", "tracking.uri=x"],
            "FILE: none given; pictures, .npy arrays, .csv rows or .txt texts to predict, or - to type one",
        ),
        (["x.keras", "a.png", "--shw", "b"], "--shw: unknown option; one of --show, "),
        (["x.keras", "a.png", "--invert", "maybe"], "predict: argument --invert: invalid choice: 'maybe'"),
        (["x.keras", "a.png", "--show", "no/such/b.png"], "--show: no/such/b.png: no such folder; "),
    ],
)
def test_wrong_words_are_told(words, said):
    with pytest.raises(RequestError) as caught:
        main(words)
    assert str(caught.value).startswith(said)


def test_show_needs_pictures(tmp_path):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    network.save(tmp_path / "m.keras")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(RequestError, match=r"^--show: the network takes \(2,\), no pictures; leave it out$"):
        main([str(tmp_path / "m.keras"), str(tmp_path / "x.csv"), "--show", str(tmp_path / "s.png")])


def test_a_missing_model_is_told(bright):
    with pytest.raises(ModelFileError, match=r"^nothing\.keras: no such file"):
        main(["nothing.keras", bright])


def test_a_damaged_description_of_a_runs_data_is_told(tmp_path):
    (tmp_path / "spec.json").write_text('{"shapes": 3}')
    with pytest.raises(
        StorageError, match=r"spec\.json: cannot be read \(.*the description of a run's data$"
    ):
        read_spec(tmp_path / "spec.json")


def test_a_wrong_request_costs_less_than_a_second_and_no_tensorflow(model, tmp_path):
    code = (
        "import sys; from nnlab.__main__ import main\n"
        "code = main(sys.argv[1:]); print('tensorflow' in sys.modules); sys.exit(code)"
    )
    start = time.perf_counter()
    words = ["predict", str(model), str(tmp_path / "nothing.png")]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert time.perf_counter() - start < 3  # a bare interpreter included, on a busy machine
    assert done.returncode == 2
    assert done.stdout == "False\n"
    assert done.stderr == f"error: {tmp_path / 'nothing.png'}: no such file\n"


@pytest.mark.long
@pytest.mark.slow
def test_nine_of_ten_drawn_digits_are_read_by_a_network_trained_on_mnist(draw, lit):
    from nnlab.data.sources.mnist import Mnist
    from nnlab.errors import FetchError
    from nnlab.predicting.model_input import ModelInput
    from nnlab.predicting.pictures import prepare_picture

    try:
        train = Mnist.read().train
    except FetchError as error:
        pytest.skip(f"MNIST cannot be had here: {str(error).splitlines()[0]}")
    keras.utils.set_random_seed(1)
    layers = keras.layers
    front = [keras.Input((28, 28), dtype="uint8"), layers.Rescaling(1 / 255), layers.Flatten()]
    network = keras.Sequential(
        [*front, layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
    )
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    network.fit(train.x, train.y, epochs=2, batch_size=128, verbose=0)
    kinds = {
        "dark on light": lambda digit: draw(digit),
        "light on dark": lambda digit: draw(digit, ink=250, paper=10),
        "in colour": lambda digit: draw(digit, ink=(200, 30, 40), paper=(250, 240, 200)),
        "off the centre": lambda digit: draw(digit, size=(640, 480), box=(30, 250, 150, 450), pen=14),
        "in a shadow": lambda digit: lit(draw(digit, paper=230, ink=30)),
        "half in a sharp shadow": lambda digit: lit(draw(digit, paper=230, ink=30), sharp=True),
    }
    for kind, make in kinds.items():
        wanted = ModelInput((28, 28), "uint8", 0, 255)
        seen = np.stack([prepare_picture(make(digit), wanted, drawing=True).values for digit in range(10)])
        read = np.asarray(network(seen)).argmax(axis=1)
        assert (read == np.arange(10)).sum() >= 9, (kind, read)
