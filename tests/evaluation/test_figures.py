"""The whole set of figures: which there are, and that nothing a user names or measures breaks them."""

import matplotlib
import numpy as np
import pytest
from PIL import Image

from nnlab.errors import StorageError
from nnlab.evaluation import draw_all, judge, plan_figures
from nnlab.spec import DataSpec, Samples

HISTORY = {"loss": [1.0, 0.5, 0.4], "val_loss": [1.1, 0.6, 0.7], "accuracy": [0.5, 0.8, 0.9]}
EVERY_CLASSIFICATION = {"history", "confusion", "confusion_normalized", "per_class", "calibration"}
NASTY = (
    "$x_1^2$",
    "$unbalanced {",
    "_hidden",
    "<script>alert(1)</script>",
    "\\frac",
    "név 漢字 🐱 \u202e",
    "line\nbreak",
    "broken \ud800\x00",
    "long " * 500,
    "",
)


def draw(spec, test, predictions, folder, history=HISTORY):
    paths = draw_all(plan_figures(judge(spec, test, predictions), spec, test, predictions, history, folder))
    for path in paths:
        with Image.open(path) as image:
            assert min(image.size) > 200
            assert max(image.size) < 2400
            assert np.asarray(image.convert("L")).std() > 5
    return {path.stem for path in paths}


@pytest.mark.parametrize(("k", "curves"), [(2, True), (10, True), (100, False)])
def test_classification_of_images(classified, tmp_path, k, curves):
    expected = (
        EVERY_CLASSIFICATION | {"samples", "mistakes"} | ({"roc", "precision_recall"} if curves else set())
    )
    assert draw(*classified(k), tmp_path / "new" / "plots") == expected
    assert {path.stem for path in (tmp_path / "new" / "plots").iterdir()} == expected


def test_binary_table_has_curves_and_no_pictures(tmp_path):
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 50)
    spec = DataSpec("diabetes", "binary", (8,), "float32", ("healthy", "ill"))
    drawn = draw(
        spec, Samples(random.random((50, 8)), y), (0.4 * random.random(50) + 0.4 * y)[:, None], tmp_path
    )
    assert drawn == EVERY_CLASSIFICATION | {"roc", "precision_recall"}


def test_names_of_every_kind_are_drawn(classified, tmp_path):
    spec, test, predictions = classified(10, names=NASTY)
    spec = DataSpec("$\\a_{", "classification", spec.shape, "uint8", NASTY)
    assert draw(spec, test, predictions, tmp_path) >= {"mistakes", "roc"}


def test_one_sample_of_one_class(tmp_path):
    spec = DataSpec("one", "classification", (4, 4), "uint8", ("a", "b"))
    drawn = draw(
        spec, Samples(np.zeros((1, 4, 4), np.uint8), np.array([0])), np.array([[0.4, 0.6]]), tmp_path
    )
    assert drawn == EVERY_CLASSIFICATION | {"samples", "mistakes"}


@pytest.mark.parametrize("outputs", [1, 2, 8])
def test_regression(tmp_path, outputs):
    random = np.random.default_rng(0)
    y = random.normal(size=(30, outputs))
    spec = DataSpec("boston", "regression", (3,), "float32", target="price_$", unit="1000 $", outputs=outputs)
    drawn = draw(spec, Samples(random.random((30, 3)), y.squeeze()), y + 0.1, tmp_path)
    assert drawn == {"history", "predicted_vs_true", "residuals", "by_feature"}


@pytest.mark.parametrize("wrong_by", [0.0, 1e-5])
def test_regression_of_a_constant_or_with_the_same_error_everywhere(tmp_path, wrong_by):
    spec = DataSpec("flat", "regression", (1,), "float32")
    y = np.ones(4, np.float32) if not wrong_by else np.random.default_rng(0).normal(size=4)
    assert "residuals" in draw(spec, Samples(y[:, None], y), y[:, None] + wrong_by, tmp_path)


@pytest.mark.parametrize("shape", [(12, 12), (6, 6, 3), (6, 6, 1)])
@pytest.mark.parametrize("spoilt", [True, False])
def test_reconstruction_of_images(tmp_path, shape, spoilt):
    y = np.random.default_rng(0).random((20, *shape)).astype(np.float32)
    spec = DataSpec("pixels", "reconstruction", shape, "uint8")
    drawn = draw(spec, Samples(y * 0.5 if spoilt else y, y), y**2, tmp_path)
    assert drawn == {"history", "reconstructions", "reconstruction_extremes", "reconstruction_errors"}


def test_spoilt_pictures_get_a_row_of_their_own(tmp_path):
    y = np.random.default_rng(0).random((9, 8, 8)).astype(np.float32)
    spec = DataSpec("pixels", "reconstruction", (8, 8), "uint8")

    def height(shown):
        draw(spec, Samples(shown, y), y**2, tmp_path)
        with Image.open(tmp_path / "reconstructions.png") as image:
            return image.height

    two, three = height(y), height(y * 0.5)
    assert three > 1.35 * two


@pytest.mark.parametrize("outputs", ["near", "exact", "constant"])
def test_reconstruction_of_a_table_compares_its_columns(tmp_path, outputs):
    y = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    spec = DataSpec("t", "reconstruction", (4,), "float32", features=("a", "b", "$c_", "d"), outputs=4)
    given = {"near": y + 0.1, "exact": y, "constant": np.zeros_like(y)}[outputs]
    drawn = draw(spec, Samples(y, y), given, tmp_path)
    assert drawn == {"history", "predicted_vs_true", "reconstruction_errors"}


@pytest.fixture
def numbers():
    y = np.linspace(0, 1, 20)
    return DataSpec("line", "regression", (1,), "float32"), Samples(y[:, None], y), y[:, None] ** 2


@pytest.mark.parametrize("history", [{}, {"loss": []}, {"learning_rate": [0.1, 0.1]}])
def test_without_epochs_there_is_no_history(numbers, tmp_path, history):
    assert draw(*numbers, tmp_path, history) == {"predicted_vs_true", "residuals", "by_feature"}


def test_the_callers_style_is_left_alone(numbers, tmp_path):
    before = dict(matplotlib.rcParams)
    draw(*numbers, tmp_path)
    assert dict(matplotlib.rcParams) == before


def test_a_file_in_the_way_of_the_folder_is_named(numbers, tmp_path):
    (tmp_path / "plots").write_text("in the way")
    with pytest.raises(
        StorageError, match=r"plots.history\.png: the figure cannot be written: .*(exists|directory)"
    ):
        draw(*numbers, tmp_path / "plots")
