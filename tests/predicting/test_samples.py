"""Files into the arrays that a network takes."""

import numpy as np
import pytest
from PIL import Image

from nnlab.errors import DataError
from nnlab.predicting.model_input import ModelInput
from nnlab.predicting.pictures import prepare_picture
from nnlab.predicting.samples import is_drawing, open_file, to_samples
from nnlab.spec import DataSpec

GREY = ModelInput((28, 28), "uint8", 0, 255)
COLOUR = ModelInput((32, 32, 3), "uint8", 0, 255)
TABLE = ModelInput((2,), "float32", 0, 1)
MNIST = DataSpec("mnist", "classification", (28, 28), "uint8", classes=tuple("0123456789"))
FASHION = DataSpec("fashion", "classification", (28, 28), "uint8", classes=("Coat", "Bag"))
CIFAR = DataSpec("cifar10", "classification", (32, 32, 3), "uint8", classes=("cat", "dog"))
HOUSES = DataSpec("houses", "regression", (2,), "float32", features=("rooms", "age"), target="price")


def samples(path, wanted=GREY, spec=MNIST, invert="auto"):
    return to_samples(open_file(path), wanted, spec, invert)


def saved(tmp_path, image, name="x.png"):
    image.save(tmp_path / name)
    return tmp_path / name


def refusal(call, path, *rest):
    with pytest.raises(DataError) as caught:
        call(path, *rest)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def light_on_dark():
    pixels = np.zeros((28, 28), np.uint8)
    pixels[6:22, 12:16] = np.arange(64, dtype=np.uint8).reshape(16, 4) + 150
    return pixels


def test_a_picture_of_the_exact_size_passes_untouched(tmp_path):
    (sample,) = samples(saved(tmp_path, Image.fromarray(light_on_dark())))
    np.testing.assert_array_equal(sample.values, light_on_dark())
    assert sample.values.dtype == np.uint8
    assert sample.note == "light on dark: not inverted; exact size"


def test_a_dark_picture_of_the_exact_size_is_only_inverted(tmp_path):
    (sample,) = samples(saved(tmp_path, Image.fromarray(255 - light_on_dark())))
    np.testing.assert_array_equal(sample.values, light_on_dark())
    assert sample.note == "dark on light: inverted; exact size"
    (kept,) = samples(tmp_path / "x.png", invert="no")
    np.testing.assert_array_equal(kept.values, 255 - light_on_dark())


def test_values_reach_the_networks_range_and_shape(draw):
    coarse = ModelInput((8, 8, 1), "float32", 0, 16)
    values = prepare_picture(draw(3), coarse, drawing=True).values
    assert values.shape == (8, 8, 1)
    assert values.dtype == np.float32
    assert values.max() == 16


def test_a_blank_drawing_is_told_with_its_file(tmp_path):
    path = saved(tmp_path, Image.new("L", (60, 60), 255))
    assert refusal(samples, path).startswith("nothing is drawn")


def test_colour_keeps_its_aspect_and_loses_the_sides(tmp_path):
    pixels = np.zeros((64, 128, 3), np.uint8)
    pixels[:, :32], pixels[:, 32:96], pixels[:, 96:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    (sample,) = samples(saved(tmp_path, Image.fromarray(pixels)), COLOUR, CIFAR)
    assert sample.values.shape == (32, 32, 3)
    np.testing.assert_array_equal(sample.values[:, 4:-4], np.full((32, 24, 3), (0, 255, 0), np.uint8))
    assert sample.note == "resized from 64×128, the middle cut out"


def test_colour_of_the_exact_size_passes_untouched(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    (sample,) = samples(saved(tmp_path, Image.fromarray(pixels)), COLOUR, CIFAR)
    np.testing.assert_array_equal(sample.values, pixels)


def test_grey_pictures_that_are_no_signs_are_not_cropped(tmp_path):
    pixels = np.full((280, 280), 250, np.uint8)
    pixels[140:, 70:210] = 40
    (sample,) = samples(saved(tmp_path, Image.fromarray(pixels)), GREY, FASHION)
    assert sample.note == "dark on light: inverted; resized from 280×280"
    assert sample.values[2].max() < 20
    assert sample.values[25, 14] == 215


def test_only_classes_of_one_character_are_drawn_signs():
    assert is_drawing(GREY, MNIST)
    assert not is_drawing(GREY, FASHION)
    assert not is_drawing(COLOUR, MNIST)
    assert not is_drawing(TABLE, HOUSES)


def test_arrays_are_one_sample_or_a_batch_and_pass_unchanged(tmp_path):
    rng, path = np.random.default_rng(0), tmp_path / "x.npy"
    pixels = rng.integers(0, 256, (3, 28, 28))
    for array, names in (
        (pixels[0], ["x.npy"]),
        (pixels, [f"x.npy[{i}]" for i in range(3)]),
        (pixels[..., None] * 1.0, None),
    ):
        np.save(path, array)
        found = samples(path)
        assert names is None or [sample.name for sample in found] == names
        np.testing.assert_array_equal([sample.values for sample in found], array.reshape(-1, 28, 28))
        assert found[0].values.dtype == np.uint8


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((27, 28)), "an array of 27×28; one sample of 28×28, or a batch n×28×28"),
        (np.full((28, 28), 0.5), "0.5 to 0.5 as float64; whole numbers from 0 to 255"),
        (np.full((28, 28), 300), "300 to 300 as int64; whole numbers from 0 to 255"),
        (np.full((28, 28), np.nan), "784 values are NaN or infinite; finite numbers"),
        (np.full((28, 28), "a"), "holds <U1; numbers of type uint8"),
        (np.zeros((0, 28, 28)), "an array of 0×28×28; one sample of 28×28, or a batch n×28×28"),
    ],
)
def test_arrays_that_do_not_fit_are_told(tmp_path, array, words):
    np.save(tmp_path / "x.npy", array)
    assert refusal(samples, tmp_path / "x.npy") == words


def test_values_above_the_range_of_the_network_are_told(tmp_path):
    np.save(tmp_path / "x.npy", np.full((8, 8), 200, np.uint8))
    wanted = ModelInput((8, 8), "uint8", 0, 16)
    assert refusal(samples, tmp_path / "x.npy", wanted) == "values up to 200; 0 to 16"


class Bomb:
    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return open, (str(self.canary), "w")


def test_pickles_in_arrays_are_not_opened(tmp_path):
    np.save(tmp_path / "x.npy", np.array([Bomb(tmp_path / "canary")], dtype=object), allow_pickle=True)
    assert "it holds Python objects" in refusal(open_file, tmp_path / "x.npy")
    assert not (tmp_path / "canary").exists()


def test_rows_are_found_by_their_names(tmp_path):
    (tmp_path / "x.csv").write_text("age,price,rooms\n30,1,4\n5,2,6\n")
    found = samples(tmp_path / "x.csv", TABLE, HOUSES)
    assert [sample.name for sample in found] == ["x.csv[0]", "x.csv[1]"]
    assert [sample.values.tolist() for sample in found] == [[4, 30], [6, 5]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rooms\n4\n", "column 'age' missing; rooms, age"),
        ("x\n4\n", "columns 'rooms', 'age' missing; rooms, age"),
        ("rooms,age,colour,door\n4,1,2,3\n", "unknown columns 'colour', 'door'; rooms, age"),
        ("rooms,age\n", "no rows below the header; at least one"),
        ("rooms,age\n4,\n", "row 0 has no 'age', 1 such in all; a number in every cell"),
    ],
)
def test_rows_that_do_not_fit_are_told(tmp_path, text, words):
    (tmp_path / "x.csv").write_text(text)
    assert refusal(samples, tmp_path / "x.csv", TABLE, HOUSES) == words


def test_without_names_the_number_of_columns_must_fit(tmp_path):
    unnamed = DataSpec("m.keras", "regression", (2,), "float32", target="")
    (tmp_path / "x.csv").write_text("a,b\n4,5\n")
    assert samples(tmp_path / "x.csv", TABLE, unnamed)[0].values.tolist() == [4, 5]
    (tmp_path / "x.csv").write_text("a,b,c\n4,5,6\n")
    assert refusal(samples, tmp_path / "x.csv", TABLE, unnamed) == "3 columns; the network takes 2"


def test_files_that_cannot_be_read_are_told(tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("hello")
    noise = np.random.default_rng(0).integers(0, 256, (40, 40)).astype(np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), "cut.png")
    path.write_bytes(path.read_bytes()[:600])
    (tmp_path / "cut.npy").write_bytes(b"\x93NUMPY\x01\x00")
    assert refusal(open_file, tmp_path / "empty.pgn") == "no such file; did you mean 'empty.png'?"
    assert refusal(open_file, tmp_path) == "is a folder; pictures, .npy, .csv or .txt files"
    assert refusal(open_file, tmp_path / "empty.png").startswith("the file is empty (0 bytes); ")
    for name in ("text.png", "cut.png", "cut.npy"):
        assert refusal(open_file, tmp_path / name).startswith("cannot be read (")


def test_a_picture_for_a_network_of_rows_is_told(tmp_path):
    path = saved(tmp_path, Image.new("L", (4, 4)))
    assert refusal(samples, path, TABLE, HOUSES) == "a picture; the network takes .csv rows with rooms, age"
