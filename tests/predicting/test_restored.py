"""`nnlab predict` with a network that gives pictures back: files in, files out."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from nnlab.cli.predict import main
from nnlab.errors import RequestError
from nnlab.predicting.model_input import ModelInput
from nnlab.predicting.restored import Scale, as_pixels, name_files, scale_of

GREY = ModelInput((4, 4), "uint8", 0, 255)
PIXELS = np.full((4, 4), 200, np.uint8)
PIXELS[0] = PIXELS[-1] = PIXELS[:, 0] = PIXELS[:, -1] = 0


def save_model(path: Path, factor: float, channels: int = 1) -> str:
    """A network that gives every pixel back, `factor` times as bright."""
    layers = keras.layers
    shape = (4, 4) if channels == 1 else (4, 4, channels)
    front = [keras.Input(shape, dtype="uint8"), layers.Rescaling(1 / 255), layers.Reshape((4, 4, channels))]
    network = keras.Sequential([*front, layers.Conv2D(channels, 1, use_bias=False)])
    network.layers[-1].set_weights([factor * np.eye(channels).reshape(1, 1, channels, channels)])
    network.save(path)
    return str(path)


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> str:
    return save_model(tmp_path_factory.mktemp("model") / "half.keras", 0.5)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_the_picture_lies_beside_its_file(half: str, picture: Path, capsys: pytest.CaptureFixture[str]):
    assert main([half, str(picture)]) == 0
    target = picture.parent / "a-reconstructed.png"
    np.testing.assert_array_equal(read(target), PIXELS // 2)
    assert capsys.readouterr().out == (
        f"a.png: given back as {target} (light on dark: not inverted; exact size)\n"
    )


def test_a_dark_drawing_comes_back_dark(half: str, picture: Path):
    Image.fromarray(255 - PIXELS).save(picture)
    main([half, str(picture)])
    np.testing.assert_array_equal(read(picture.parent / "a-reconstructed.png"), 255 - PIXELS // 2)


def test_out_is_a_folder_that_is_made(half: str, picture: Path, capsys: pytest.CaptureFixture[str]):
    out = picture.parent / "new" / "folder"
    main([half, str(picture), "--out", str(out), "--json"])
    (said,) = json.loads(capsys.readouterr().out)
    assert said["picture"] == str(out / "a-reconstructed.png")
    assert [path.name for path in out.iterdir()] == ["a-reconstructed.png"]
    assert not (picture.parent / "a-reconstructed.png").exists()


def test_an_array_gives_a_picture_for_each_sample(half: str, tmp_path: Path):
    np.save(tmp_path / "x.npy", np.stack([PIXELS, PIXELS // 4]))
    main([half, str(tmp_path / "x.npy")])
    np.testing.assert_array_equal(read(tmp_path / "x-0-reconstructed.png"), PIXELS // 2)
    np.testing.assert_array_equal(read(tmp_path / "x-1-reconstructed.png"), PIXELS // 8)


def test_colours_stay(tmp_path: Path):
    coloured = np.zeros((4, 4, 3), np.uint8)
    coloured[..., 0], coloured[..., 2] = 100, 240
    Image.fromarray(coloured).save(tmp_path / "c.png")
    main([save_model(tmp_path / "m.keras", 1, channels=3), str(tmp_path / "c.png")])
    np.testing.assert_array_equal(read(tmp_path / "c-reconstructed.png"), coloured)


def test_show_draws_both(half: str, picture: Path, tmp_path: Path):
    main([half, str(picture), "--show", str(tmp_path / "seen.png")])
    drawn = read(tmp_path / "seen.png")
    assert {200, 100} <= set(np.unique(drawn[..., 0]))


def test_one_bad_file_does_not_stop_the_others(half: str, picture: Path, capsys: pytest.CaptureFixture[str]):
    bad = picture.parent / "bad.png"
    bad.write_text("no picture")
    assert main([half, str(bad), str(picture)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"error: {bad}: cannot be read (no picture)")
    assert (picture.parent / "a-reconstructed.png").exists()


def test_what_is_not_finite_is_no_picture(tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]):
    broken = save_model(tmp_path / "broken.keras", float("inf"))
    assert main([broken, str(picture)]) == 2
    assert capsys.readouterr().err.startswith("error: a.png: the network answers ")
    assert not (picture.parent / "a-reconstructed.png").exists()


def test_a_folder_that_cannot_be_made_is_told(half: str, picture: Path, capsys: pytest.CaptureFixture[str]):
    assert main([half, str(picture), "--out", str(picture / "below")]) == 2
    assert f"{picture / 'below'}: cannot be written: " in capsys.readouterr().err


def test_two_pictures_of_one_name_are_refused(half: str, picture: Path):
    other = picture.parent / "a.bmp"
    Image.fromarray(PIXELS).save(other)
    target = picture.parent / "a-reconstructed.png"
    with pytest.raises(RequestError) as caught:
        main([half, str(picture), str(other)])
    assert str(caught.value) == (
        f"{picture}: its picture and another's would both be {target}; one of them at a time"
    )
    assert not target.exists()


def test_names_are_told_apart_by_folder_unless_they_go_to_one():
    files = [(Path("a/x.png"), 1), (Path("b/x.png"), 1)]
    assert [str(target) for (target,) in name_files(files, None)] == [
        "a/x-reconstructed.png",
        "b/x-reconstructed.png",
    ]
    with pytest.raises(RequestError, match=r"would both be out/x-reconstructed\.png"):
        name_files(files, Path("out"))


def test_out_is_for_pictures_that_are_given_back(tmp_path: Path, picture: Path):
    classes = keras.Sequential(
        [
            keras.Input((4, 4), dtype="uint8"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    classes.save(tmp_path / "m.keras")
    with pytest.raises(RequestError, match=r"^--out: m\.keras is not given back as pictures; leave it out$"):
        main([str(tmp_path / "m.keras"), str(picture), "--out", str(tmp_path)])


def described(name: str, **config: object) -> dict[str, object]:
    return {"class_name": name, "config": config}


def test_rescaling_is_undone_in_its_order():
    front = [described("InputLayer"), described("Rescaling", scale=0.5), described("Reshape")]
    scale = scale_of([*front, described("Rescaling", scale=4.0, offset=-1.0), described("Conv2D")])
    assert (float(scale.factor), float(scale.offset), scale.known) == (2, -1, True)
    pixels, note = as_pixels(np.full((4, 4, 1), 59.0), GREY, scale, inverted=False)
    assert (pixels.shape, int(pixels[0, 0]), note) == ((4, 4), 30, "")


def test_what_lies_inside_the_network_does_not_count():
    assert scale_of([described("Conv2D"), described("Rescaling", scale=9.0)]) == Scale()


def test_learned_scales_are_drawn_from_their_own_black_to_their_own_white():
    scale = scale_of([described("Rescaling", scale=0.5), described("Normalization")])
    pixels, note = as_pixels(np.array([[-2.0, 0.0], [1.0, 2.0]]), GREY, scale, inverted=False)
    assert pixels.tolist() == [[0, 128], [191, 255]]
    assert note == "black is -2 and white 2 of the network's own scale"


def test_values_outside_are_black_and_white():
    pixels, _ = as_pixels(np.array([[-1.0, 2.0]]), GREY, Scale(factor=1 / 255), inverted=False)
    assert pixels.tolist() == [[0, 255]]
