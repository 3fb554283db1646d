"""The network's output in words, and what a model file says about itself."""

import numpy as np
import pytest

from nnlab.errors import DataError
from nnlab.predicting.answers import answer
from nnlab.predicting.model_input import ModelInput, guessed_spec, model_input
from nnlab.spec import DataSpec

ANIMALS = DataSpec("animals", "classification", (2,), "float32", classes=("cat", "dog"))
HOUSES = DataSpec("houses", "regression", (2,), "float32", unit="k$")


def test_class_probability_and_runner_up():
    said = answer(np.array([0.1, 0.7, 0.2]), ANIMALS, "a.png", "dark on light: inverted")
    assert said.line() == "a.png: dog 70.0 %, then 2 20.0 % (dark on light: inverted)"
    assert said.plain() == {
        "file": "a.png",
        "class": "dog",
        "probability": 0.7,
        "runner_up": {"class": "2", "probability": 0.2},
        "note": "dark on light: inverted",
    }


def test_a_single_output_of_a_binary_task_is_the_second_class():
    binary = DataSpec("b", "binary", (2,), "float32", classes=("no", "yes"))
    assert answer(np.array([0.9]), binary, "a").line() == "a: yes 90.0 %, then no 10.0 %"
    assert answer(np.array([1e-5]), binary, "a").line() == "a: no > 99.9 %, then yes < 0.1 %"


def test_ten_sigmoids_are_normalised():
    assert answer(np.array([0.5, 0.5]), ANIMALS, "a").line() == "a: cat 50.0 %, then dog 50.0 %"


def test_regression_gives_value_and_unit():
    assert answer(np.array([21.456]), HOUSES, "r[3]").line() == "r[3]: 21.46 k$"
    assert answer(np.array([1.5]), HOUSES, "r").plain() == {
        "file": "r",
        "values": [1.5],
        "unit": "k$",
        "note": "",
    }
    pictures = DataSpec("p", "reconstruction", (3, 3), "uint8")
    assert answer(np.arange(9.0).reshape(3, 3), pictures, "p").line() == "p: 9 values from 0 to 8"


def test_an_answer_that_is_no_number_is_an_error():
    with pytest.raises(DataError, match=r"^r: the network answers nan; a finite number$"):
        answer(np.array([1.0, np.nan]), HOUSES, "r")


def network(*layers, shape=(28, 28), dtype="uint8"):
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, *shape], "dtype": dtype}}
    described = [{"class_name": name, "config": config} for name, config in layers]
    return {"class_name": "Sequential", "config": {"layers": [first, *described]}}


def test_shape_type_and_white_are_read_from_the_description():
    scaled = ("Rescaling", {"scale": 0.0625})
    assert model_input(network()) == ModelInput((28, 28), "uint8", 0, 255)
    assert model_input(network(scaled, shape=(8, 8))) == ModelInput((8, 8), "uint8", 0, 16)
    assert model_input(network(dtype="float32")) == ModelInput((28, 28), "float32", 0, 1)
    assert model_input(network(("Rescaling", {"scale": 1 / 255}), dtype="float32")).high == 255


def test_open_shapes_and_several_inputs_are_not_understood():
    assert model_input(network(shape=(None, 28))) is None
    assert model_input(network(("InputLayer", {"batch_shape": [None, 3]}))) is None
    assert model_input({"class_name": "Sequential", "config": {}}) is None


def test_the_task_is_guessed_from_the_last_activation():
    wanted = ModelInput((28, 28), "uint8", 0, 255)

    def guess(units, activation):
        return guessed_spec(network(("Dense", {"units": units, "activation": activation})), wanted, "m.keras")

    assert guess(3, "softmax").classes == ("0", "1", "2")
    assert guess(1, "sigmoid").task == "binary"
    assert guess(1, "linear").task == "regression"
    logits = network(("Dense", {"units": 3, "activation": "linear"}), ("Softmax", {}))
    assert guessed_spec(logits, wanted, "m").task == "classification"
