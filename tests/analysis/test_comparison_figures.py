"""Which figures a comparison has, and that they are drawn of the scores that rank."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.analysis import comparison_figures
from nnlab.analysis.comparison import Comparison, Question, compare
from nnlab.analysis.comparison_figures import draw_comparison
from nnlab.analysis.ranked_networks import rank_networks
from nnlab.analysis.selection import Selection, select_runs
from nnlab.errors import StorageError

LEARNING = {"learning_accuracy", "learning_loss"}
KEYS, COSTS = {"score_by_key", "parallel"}, {"pareto_parameters", "pareto_time"}


@pytest.fixture
def put_course(put: Any, here: Path) -> Any:
    """`put_course("seed=1", 0.9, params=50)`: a run with a history that ends at its score."""

    def one(
        words: str, accuracy: float | None, params: int = 50, seconds: float = 2.0, validated: bool = True
    ) -> None:
        part = "val" if validated else "test"
        scores = {"test/accuracy": 0.5, "model/params": params, "time/fit_s": seconds}
        run = put(words, {**scores, **({} if accuracy is None else {f"{part}/accuracy": accuracy})})
        series = {"loss": [2.0, 1.0], "accuracy": [0.1, accuracy]}
        own = {"val_loss": [2.0, 0.01], "val_accuracy": [0.1, accuracy]} if validated else {}
        folder = here / "mlartifacts" / run / "artifacts/tables"
        folder.mkdir(parents=True)
        (folder / "history.json").write_text(json.dumps({**series, **own}))

    return one


@pytest.fixture
def read(tracking: Any) -> Any:
    return lambda **asked: compare(
        select_runs(tracking, Selection(experiment="digits")), Question(**asked), {}
    )


def names(comparison: Comparison, folder: Path) -> set[str]:
    paths = draw_comparison(comparison, folder)
    assert {path.stem for path in folder.iterdir()} == {path.stem for path in paths}
    return {path.stem for path in paths}


def put_grid(put_course: Any, seeds: int = 2) -> None:
    for neurons in (8, 32):
        for at, optimizer in enumerate(("sgd", "adam", "nadam")):
            for seed in range(seeds):
                accuracy = neurons / 64 + at / 8 + seed / 100
                words = f"model.neurons={neurons} optimizer={optimizer} seed={seed}"
                put_course(words, accuracy, params=100 * neurons, seconds=1 + at)


def test_a_grid_has_every_figure(put_course: Any, read: Any, tmp_path: Path):
    put_grid(put_course)
    assert names(read(), tmp_path / "new/plots") == LEARNING | KEYS | COSTS | {"importance"}


def test_networks_are_drawn_by_validation_though_the_test_set_is_there(put_course: Any, read: Any):
    put_grid(put_course)
    networks = rank_networks(read())
    assert networks is not None
    assert networks.board.measure == "validation accuracy (%)"
    assert networks.board.labels[0] == "neurons=[32] Nadam"
    assert networks.board.mean == pytest.approx(100 * np.array([0.755, 0.63, 0.505, 0.38, 0.255, 0.13]))
    assert networks.board.std == pytest.approx(np.full(6, 100 * 0.01 / 2**0.5))
    assert (networks.board.order, networks.board.warning) == ((0, 1, 2, 3, 4, 5), "")


def test_what_is_ranked_by_test_says_so(put_course: Any, read: Any):
    put_course("optimizer=sgd", 0.5, validated=False)
    put_course("optimizer=adam", 0.7, validated=False)
    networks = rank_networks(read())
    assert networks is not None
    assert networks.board.measure == "test accuracy (%)"
    assert networks.board.warning == "the best are flattered by the choice"


def test_a_validation_on_the_test_set_is_told(put_course: Any, read: Any):
    put_course("dataset.validation_split=test", 0.5)
    networks = rank_networks(read())
    assert networks is not None
    assert networks.board.warning == "validated on the test set: the best are flattered by the choice"


def test_the_score_of_weights_that_were_put_back_is_that_of_the_best_epoch(put: Any, read: Any):
    scores = {"test/accuracy": 0.5, "val/accuracy": 0.6, "best/val_accuracy": 0.7}
    put("callbacks=early_stopping callbacks.early_stopping.restore_best_weights=true", scores)
    networks = rank_networks(read())
    assert networks is not None
    assert networks.board.mean == pytest.approx([70])


def test_two_networks_are_too_few_for_an_importance(put_course: Any, read: Any, tmp_path: Path):
    put_course("optimizer=sgd", 0.5, params=50)
    put_course("optimizer=adam", 0.7, params=60)
    assert names(read(), tmp_path / "plots") == LEARNING | KEYS | {"pareto_parameters"}


def test_of_one_network_there_are_its_curves(put_course: Any, read: Any, tmp_path: Path):
    put_course("seed=0", 0.5)
    put_course("seed=1", 0.7)
    assert names(read(), tmp_path / "plots") == LEARNING


def test_a_network_without_the_score_is_counted(put_course: Any, read: Any, tmp_path: Path):
    put_course("optimizer=sgd", None)
    put_course("optimizer=nadam", 1.7e308)
    put_course("optimizer=adam", 0.7)
    networks = rank_networks(read())
    assert networks is not None
    assert (networks.board.labels, networks.board.left_out) == (("Adam",), 2)
    assert names(read(), tmp_path / "plots") == LEARNING


def test_without_any_score_nothing_is_drawn(put: Any, read: Any, tmp_path: Path):
    put("optimizer=sgd", {"test/accuracy": 1.7e308})
    assert draw_comparison(read(), tmp_path / "plots") == []
    assert not (tmp_path / "plots").exists()


@pytest.mark.parametrize(("validated", "words"), [(True, "validation"), (False, "training")])
def test_curves_are_those_of_validation_where_there_is_any(
    validated: bool, words: str, put_course: Any, read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put_course("optimizer=sgd", 0.5, validated=validated)
    drawn = []
    monkeypatch.setattr(comparison_figures, "draw_learning", lambda *arguments: drawn.append(arguments))
    draw_comparison(read(), tmp_path)
    (_, accuracy, measured, _, _), (_, loss, other, _, _) = drawn
    assert (measured.name, measured.percent, measured.log) == (f"{words} accuracy", True, False)
    assert (other.name, other.percent, other.log) == (f"{words} loss", False, validated)
    assert accuracy[0].values.tolist() == [[0.1, 0.5]]
    assert loss[0].values.tolist() == [[2, 0.01 if validated else 1]]


def test_of_very_many_networks_the_best_have_a_curve(
    put_course: Any, read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(comparison_figures, "CURVES", 2)
    for number, accuracy in enumerate((0.1, 0.9, 0.5), 1):
        put_course(f"model.neurons={number}", accuracy)
    drawn = []
    monkeypatch.setattr(comparison_figures, "draw_learning", lambda *arguments: drawn.append(arguments))
    draw_comparison(read(), tmp_path)
    (board, curves, *_), _ = drawn
    assert [board.labels[place] for place in curves] == ["neurons=[2]", "neurons=[3]"]


def test_networks_are_called_as_in_verdicts_where_that_is_clear(put_course: Any, read: Any):
    for activation in ("relu", "tanh"):
        for head in ("relu", "tanh"):
            put_course(f"model.activation={activation} model.head.activation={head}", 0.5)
    networks = rank_networks(read())
    assert networks is not None
    assert set(networks.board.labels) == {"relu relu", "relu tanh", "tanh relu", "tanh tanh"}


def test_a_file_in_the_way_is_told(put_course: Any, read: Any, tmp_path: Path):
    put_course("optimizer=sgd", 0.5)
    (tmp_path / "plots").write_text("in the way")
    with pytest.raises(StorageError, match=r"learning_accuracy\.png: the figure cannot be written"):
        draw_comparison(read(), tmp_path / "plots")
