"""What stands in the figures: marks, words and numbers, read from the figure before it becomes pixels."""

import re

import numpy as np
import pytest

from nnlab.evaluation import draw_prediction, draw_predictions, judge
from nnlab.evaluation.figures import prediction
from nnlab.evaluation.figures.canvas import drawing
from nnlab.evaluation.figures.confusion import draw_confusion
from nnlab.evaluation.figures.curves import draw_roc
from nnlab.evaluation.figures.gallery import draw_mistakes, draw_samples
from nnlab.evaluation.figures.history import draw_history, find_best_epoch, list_panels
from nnlab.evaluation.figures.per_class import draw_per_class
from nnlab.evaluation.figures.quotes import draw_text_mistakes
from nnlab.evaluation.figures.reconstruction import draw_errors
from nnlab.evaluation.figures.regression import draw_predicted_vs_true, draw_residuals
from nnlab.spec import DataSpec, Samples


def ranked(*judged):
    """The ROC curves of what `judge` takes, and the names of the classes."""
    outcome = judge(*judged).classes
    return outcome.curves.roc, outcome.names


def cells(chart):
    """What stands in a matrix."""
    return [one.text for one in chart.letterings if one.anchor == "mm"]


@pytest.fixture
def drawn(figures, tmp_path):
    """Draw with a function of this room and give the figure."""

    def draw(function, *arguments, **options):
        with drawing():
            function(*arguments, tmp_path / "it.png", **options)
        return figures["it.png"]

    return draw


def test_best_epoch_is_that_of_the_validation_loss(drawn, words):
    history = {"loss": [3, 2, 1], "val_loss": [3, 1, 2], "accuracy": [0.1, 0.2, 0.3]}
    chart = drawn(draw_history, history, "mnist")
    said = words(chart)
    first = said.index("training")
    assert said[first : first + 3] == ["training", "validation", "best epoch: 2"]
    assert said.count("training") == 1
    assert [panel.y.name for panel in chart.panels] == ["loss", "accuracy"]
    assert {panel.x.name for panel in chart.panels} == {"epoch"}


def test_a_history_is_drawn_where_its_numbers_are(drawn):
    chart = drawn(draw_history, {"loss": [3.0, 1.0], "val_loss": [2.0, 5.0]}, "mnist")
    (panel,) = chart.panels
    training, validation = panel.points[:2]
    assert training.tolist() == panel.place([1, 2], [3.0, 1.0]).tolist()
    assert validation.tolist() == panel.place([1, 2], [2.0, 5.0]).tolist()
    assert panel.y.low < 1
    assert panel.y.high > 5


def test_a_history_says_that_validation_was_on_the_test_set(drawn, words):
    history = {"loss": [3, 2], "val_loss": [3, 1]}
    assert "validation is the test set: a leak" in words(drawn(draw_history, history, "mnist", leak=True))
    assert not any("leak" in word for word in words(drawn(draw_history, history, "mnist")))


@pytest.mark.parametrize(
    ("history", "best"),
    [
        ({"loss": [2, 1, 3]}, 2),
        ({"loss": [1, 2], "val_loss": [np.nan, 5]}, 2),
        ({"loss": [np.nan]}, None),
        ({"accuracy": [1]}, None),
    ],
)
def test_best_epoch(history, best):
    assert find_best_epoch(history) == best


@pytest.mark.parametrize("epochs", [1, 2, 7, 50, 300])
def test_epochs_are_whole_numbers(drawn, epochs):
    chart = drawn(draw_history, {"loss": list(range(epochs)), "val_loss": [1.0] * epochs}, "mnist")
    scale = chart.panels[0].x
    assert scale.low < 1 <= epochs < scale.high
    assert scale.ticks
    assert all(text == str(int(value)) for value, text in scale.ticks)


def test_panels_put_the_loss_first_and_leave_out_a_constant_learning_rate():
    assert list_panels({"accuracy": [1], "val_loss": [1], "loss": [1], "learning_rate": [0.1]}) == [
        "loss",
        "accuracy",
    ]
    assert list_panels({"learning_rate": [2, 1], "mae": [1], "val_extra": [1]}) == [
        "mae",
        "extra",
        "learning_rate",
    ]


def test_every_series_has_a_panel(drawn):
    names = ("loss", "a", "b", "c")
    chart = drawn(draw_history, {name: [1, 2] for name in names}, "mnist")
    assert [panel.y.name for panel in chart.panels] == list(names)
    assert len({(round(panel.left), round(panel.bottom)) for panel in chart.panels}) == len(names)


def test_validation_that_was_never_finite_is_said(drawn, words):
    chart = drawn(draw_history, {"loss": [1.0], "val_loss": [np.nan]}, "mnist")
    assert {"training", "validation: never finite"} <= set(words(chart))


@pytest.mark.parametrize(("k", "written"), [(2, True), (10, True), (100, False)])
def test_cells_hold_numbers_while_they_can_be_read(classified, drawn, k, written):
    judgement = judge(*classified(k))
    chart = drawn(draw_confusion, judgement.classes, judgement.scores, "d", shares=False)
    counts = judgement.classes.confusion
    assert cells(chart) == ([str(count) for count in counts.ravel() if count or k <= 3] if written else [])
    assert [panel.chart is chart for panel in chart.panels] == [True] * (1 if written else 2)


def test_a_cell_is_as_dark_as_its_count(classified, drawn):
    judgement = judge(*classified(3))
    picture, _, _ = drawn(draw_confusion, judgement.classes, judgement.scores, "d", shares=False).pictures[0]
    pixels = np.asarray(picture)
    centres = (2 * np.arange(3) + 1) * len(pixels) // 6
    light = pixels[centres][:, centres].sum(axis=-1, dtype=int)
    counts = judgement.classes.confusion
    order = np.argsort(counts.ravel(), kind="stable")
    assert (np.diff(light.ravel()[order]) <= 0).all()
    assert light.max() > 2 * light.min()


def test_names_on_the_axes_are_thinned_and_it_is_said(classified, drawn):
    judgement = judge(*classified(100))
    panel = drawn(draw_confusion, judgement.classes, judgement.scores, "d", shares=True).panels[0]
    assert panel.x.name == "predicted class (every 4th class named)"
    assert panel.y.ticks[:2] == ((0, "class 0"), (4, "class 4"))
    assert (panel.y.low, panel.y.high) == (99.5, -0.5)


def test_shares_of_a_row_are_per_cent(drawn, words):
    spec = DataSpec("d", "classification", (1,), "float32", ("a", "b"))
    y = np.array([0, 0, 0, 1])
    judgement = judge(spec, Samples(y[:, None], y), np.eye(2)[[0, 1, 1, 1]])
    figure = drawn(draw_confusion, judgement.classes, judgement.scores, "d", shares=True)
    assert cells(figure) == ["33.3", "66.7", "0", "100"]
    assert "% of each true class, 4 test samples\naccuracy 50.0 % (95 % interval 15.0–85.0)" in words(figure)


def test_class_names_stand_in_legends_as_they_are(classified, drawn, words):
    names = ("_hidden", "$x_1$", "plain")
    chart = drawn(draw_roc, *ranked(*classified(3, names=names)), "d")
    assert [label.split("  ")[1] for label in words(chart) if "  " in label] == list(names)


def test_an_area_is_one_only_of_a_perfect_ranking(drawn, words):
    spec = DataSpec("d", "binary", (1,), "float32", ("no", "yes"))
    score = np.linspace(0, 1, 1000)
    for swapped, said in (
        (False, "AUC 1.0000, positive class: yes"),
        (True, "AUC >0.9999, positive class: yes"),
    ):
        y = (score > 0.5).astype(int)
        if swapped:
            y[[499, 500]] = 1, 0
        curves, names = ranked(spec, Samples(score, y), score[:, None])
        assert said in words(drawn(draw_roc, curves, names, "d"))


def test_the_corner_is_enlarged_only_where_curves_lie_in_it(classified, drawn):
    def panels(pull):
        return drawn(draw_roc, *ranked(*classified(3, pull=pull)), "d").panels

    outer, inset = panels(pull=9)
    assert inset.x.high < 0.2 < outer.x.high
    assert outer.left < inset.left < inset.left + inset.width < outer.left + outer.width
    assert len(panels(pull=1)) == 1


def test_more_than_twelve_classes_are_sorted_by_f1(classified, drawn, words):
    outcome = judge(*classified(20, n=400)).classes
    lengths = [
        float(text) for text in words(drawn(draw_per_class, outcome, "d")) if re.match(r"0\.\d{3}$", text)
    ]
    assert len(lengths) == 20
    assert lengths == sorted(lengths)
    few = judge(*classified(4)).classes
    labels = [text for _, text in drawn(draw_per_class, few, "d").panels[0].y.ticks]
    assert labels == [f"class {label} ({few.confusion[label].sum()})" for label in range(4)]


def test_of_very_many_classes_the_worst_are_shown(drawn, words):
    y = np.arange(150)
    outcome = judge(
        DataSpec("d", "classification", (1,), "float32"), Samples(y[:, None], y), np.eye(150)
    ).classes
    figure = drawn(draw_per_class, outcome, "d")
    assert "the 100 lowest F1 of 150 classes" in words(figure)


def test_gallery_names_truth_prediction_and_probability(drawn, words):
    x = np.full((2, 4, 4), 16, np.uint8)
    spec = DataSpec("digits", "classification", (4, 4), "uint8", ("zero", "one"))
    test = Samples(x, np.array([0, 1]))
    outcome = judge(spec, test, np.array([[0.1, 0.9], [0.25, 0.75]])).classes
    assert {"zero → one", "90.0 %"} <= set(words(drawn(draw_mistakes, outcome, spec, x)))
    figure = drawn(draw_samples, outcome, spec, x)
    assert {"zero", "one  90.0 %", "one", "one  75.0 %"} <= set(words(figure))
    assert figure.pasted[0].min() == 255


def test_a_perfect_network_has_no_mistakes_to_show(classified, tmp_path):
    spec, test, _ = classified(3)
    outcome = judge(spec, test, np.eye(3)[test.y]).classes
    assert draw_mistakes(outcome, spec, test.x, tmp_path / "it.png") is None
    assert not (tmp_path / "it.png").exists()


def test_regression_axes_carry_name_and_unit(drawn):
    spec = DataSpec("boston", "regression", (1,), "float32", target="price", unit="1000 $")
    test = Samples(np.zeros((3, 1)), np.array([1.0, 2.0, 3.0]))
    (panel,) = drawn(draw_predicted_vs_true, spec, test, np.array([[1.0], [2.5], [2.0]])).panels
    assert panel.x.name == "true price (1000 $)"
    assert panel.y.name == "predicted price (1000 $)"
    assert (panel.x.low, panel.x.high) == (panel.y.low, panel.y.high)
    assert panel.width == pytest.approx(panel.height)
    line, points = panel.points
    assert line[0].tolist() == pytest.approx([panel.left, panel.bottom])
    assert points.tolist() == panel.place([1.0, 2.0, 3.0], [1.0, 2.5, 2.0]).tolist()


def test_residuals_say_their_mean_beside_their_counts(drawn, words):
    spec = DataSpec("boston", "regression", (1,), "float32", target="price")
    test = Samples(np.zeros((4, 1)), np.array([1.0, 2.0, 3.0, 4.0]))
    chart = drawn(draw_residuals, spec, test, np.array([[1.5], [2.5], [3.0], [4.0]]))
    errors, counts = chart.panels
    assert errors.points[0].tolist() == errors.place([1.5, 2.5, 3, 4], [0.5, 0.5, 0, 0]).tolist()
    assert {"mean 0.25", "predicted price", "predicted − true", "test samples"} <= set(words(chart))
    assert (counts.bottom, counts.height, counts.y.low) == (errors.bottom, errors.height, errors.y.low)
    assert counts.x.high >= 2


def test_errors_of_restored_samples_stand_on_a_logarithmic_scale(drawn, words):
    columns = {"mse": np.array([0.001, 0.002, 0.0]), "input_mse": np.array([0.1, 0.2, 0.3])}
    chart = drawn(lambda path: draw_errors(columns, "digits", path))
    (panel,) = chart.panels
    assert {"given back: mean 0.001", "as shown to the network: mean 0.2", "0.01", "0.1"} <= set(words(chart))
    assert panel.x.low == pytest.approx(-3, abs=0.01)
    assert panel.x.high == pytest.approx(np.log10(0.3), abs=0.01)
    given_back, _ = panel.points
    assert given_back[0, 1] == panel.place(-3, 2)[1], "an error of 0 stands with the smallest"


def test_a_prediction_shows_image_name_and_best_classes(figures, tmp_path, words):
    ranked = [(f"class {number}", 0.5 / 2**number) for number in range(8)]
    draw_prediction(np.zeros((28, 28, 1), np.uint8), ranked, tmp_path / "one.png", "three_$.png")
    drawn = words(figures["one.png"])
    assert {"three_$.png", "class 0", "50.0 %", "class 4"} <= set(drawn)
    assert "class 5" not in drawn


def test_several_predictions_go_into_one_file(figures, tmp_path, monkeypatch, words):
    one = ("a.png", np.random.default_rng(0).random((8, 8, 3)), [("cat", 0.7), ("dog", 0.3)])
    assert draw_predictions([one] * 3, tmp_path / "all.png") == tmp_path / "all.png"
    assert len(figures["all.png"].axes) == 6
    monkeypatch.setattr(prediction, "SHOWN_PREDICTIONS", 2)
    draw_predictions([one] * 5, tmp_path / "many.png")
    assert len(figures["many.png"].axes) == 4
    assert "The first 2 of 5 predictions" in words(figures["many.png"])


def test_texts_that_were_mistaken_are_quoted(drawn, words):
    texts = np.array(["It was<br />fine, " * 40, "<i>short</i>", "right"], object)
    spec = DataSpec("reviews", "binary", (), "string", ("bad", "good"))
    judged = judge(spec, Samples(texts, np.array([0, 1, 1])), np.array([[0.9], [0.25], [0.8]]))
    figure = drawn(draw_text_mistakes, judged.classes, spec, texts)
    said = words(figure)
    assert {"bad → good  90.0 %", "good → bad  75.0 %", "short"} <= set(said)
    assert "right" not in said
    (long,) = [text for text in said if text.startswith("It was fine, It was fine,")]
    assert long.count("\n") == 2
    assert long.endswith("…")
    assert [row["text"] for row in judged.tables["mistakes"]] == texts[:2].tolist()
