"""Headers of experiments: every file's can be read, and a wrong one is told by line, with how to write it."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.errors import ConfigError, show
from nnlab.laboratory.claims import Claim, Score
from nnlab.laboratory.figure_lines import FigureLine, Picture
from nnlab.laboratory.header import read_header, write_reached
from nnlab.laboratory.reached import Measured, Reached

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
FILES = sorted(EXPERIMENTS.glob("*/*.yaml"))
GOOD = """\
# @package _global_
# yaml-language-server: $schema=../../conf/schemas/plan.json
# Does dropout help?
# It did in 2014.
#   python -m nnlab +experiments=mlp/first
# Published: train accuracy 96.9 %, test accuracy 95.62 % (of one run), test loss 0.1379; 55 050 parameters.
# By hand: test accuracy 95.9 %.
# Figure: with and without dropout (validation loss, normalised)
# Figure: all networks (parameters against test accuracy)
# Picture: mistakes (of which the network was surest)
# Reached: test accuracy 96.21 % ± 0.15 (3 seeds); 9.0 s a run, 2 threads.
defaults:
  - override /dataset: mnist
# Published: this is no part of the header.
"""
ACCURACY = Score("test", "accuracy")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_the_header_of_every_experiment_can_be_read(file: Path):
    header = read_header(file.read_text(encoding="utf-8"), f"{file.parent.name}/{file.stem}")
    assert header.question


def test_there_are_experiments_and_many_say_what_was_published():
    headers = [read_header(file.read_text("utf-8"), f"{file.parent.name}/{file.stem}") for file in FILES]
    assert sum(bool(header.published) for header in headers) >= 8
    assert sum(header.parameters is not None for header in headers) >= 15


def test_everything_in_a_header_is_found():
    header = read_header(GOOD, "mlp/first")
    assert header.question == "Does dropout help? It did in 2014."
    assert header.published == (
        Claim(Score("train", "accuracy"), 0.969),
        Claim(ACCURACY, 0.9562),
        Claim(Score("test", "loss"), 0.1379),
    )
    assert header.parameters == 55050
    assert header.by_hand == (Claim(ACCURACY, 0.959),)
    assert header.figures == (
        FigureLine("with and without dropout", "curves", ("validation",), "loss", normalised=True),
        FigureLine("all networks", "parameters", ("test",), "accuracy"),
    )
    assert header.pictures == (Picture("mistakes", "of which the network was surest"),)
    assert header.reached == Reached((Measured(ACCURACY, 0.9621, 0.0015),), seeds=3, seconds=9, threads=2)


@pytest.mark.parametrize(
    ("line", "published", "parameters"),
    [
        ("no number; 7 850 parameters.", (), 7850),
        ("no number.", (), None),
        ("no number (a table to be filled in).", (), None),
        ("test accuracy 100 %.", (Claim(ACCURACY, 1.0),), None),
        ("validation accuracy 97.9 %; 1 parameter.", (Claim(Score("validation", "accuracy"), 0.979),), 1),
        ("test mae -0.5; 1000 parameters.", (Claim(Score("test", "mae"), -0.5),), 1000),
    ],
)
def test_published_numbers(line, published, parameters):
    header = read_header(GOOD.replace(PUBLISHED, f"# Published: {line}"), "mlp/first")
    assert (header.published, header.parameters) == (published, parameters)


@pytest.mark.parametrize(
    ("line", "figure"),
    [
        ("t (loss)", FigureLine("t", "curves", ("train", "validation"), "loss")),
        ("t (train loss, log)", FigureLine("t", "curves", ("train",), "loss", log=True)),
        (
            "t (accuracy, normalised, log)",
            FigureLine("t", "curves", ("train", "validation"), "accuracy", normalised=True, log=True),
        ),
        ("L1 (and L2) at work (weights)", FigureLine("L1 (and L2) at work", "weights")),
    ],
)
def test_figures(line, figure):
    header = read_header(GOOD.replace("all networks (parameters against test accuracy)", line), "mlp/first")
    assert header.figures[1] == figure


def test_a_score_is_told_as_people_do_and_found_as_runs_name_it():
    assert Score("validation", "binary accuracy").metric == "val/binary_accuracy"
    assert str(Claim(ACCURACY, 0.9562)) == "test accuracy 95.62 %"
    assert str(Claim(ACCURACY, 0.9)) == "test accuracy 90 %"
    assert str(Claim(Score("test", "loss"), 0.02885)) == "test loss 0.02885"


PUBLISHED = GOOD.splitlines()[5]
CLAIMS = "test accuracy 95.62 %, test loss 0.1379; 55 050 parameters. (or: no number; 55 050 parameters.)"
FIGURES = (
    "TITLE (MEASURE), MEASURE one of `loss`, `validation accuracy`, `train loss, normalised, log`, "
    "`parameters against test accuracy`, `weights`"
)
ORDER = "the lines in this order: Published, By hand, Figure, Picture, Reached"
QUESTION = "# Does dropout help?\n# It did in 2014.\n"
COMMAND = "#   python -m nnlab +experiments=mlp/first"


@pytest.mark.parametrize(
    ("old", "new", "line", "wanted"),
    [
        ("# @package _global_", "# @package global", 1, "# @package _global_"),
        ("/conf/schemas", "", 2, "# yaml-language-server: $schema=../../conf/schemas/plan.json"),
        ("=mlp/first", "=mlp/second", 5, COMMAND),
        (f"{COMMAND}\n", "", 5, COMMAND),
        (QUESTION, "", 3, "# the question that the experiment answers, before its command"),
        (PUBLISHED, "# Published: 95.62 % test", 6, f"# Published: {CLAIMS}"),
        ("95.62 %", "95.62", 6, f"# Published: {CLAIMS}"),
        ("0.1379", "0.1379 %", 6, f"# Published: {CLAIMS}"),
        ("55 050", "about 55 050", 6, f"# Published: {CLAIMS}"),
        ("# By hand:", "# Published:", 7, "`# Published:` once"),
        ("# Reached: ", "# By hand: ", 11, ORDER),
        ("loss, normalised", "loss, logarithmic", 8, f"# Figure: {FIGURES}"),
        ("against test accuracy", "against accuracy", 9, f"# Figure: {FIGURES}"),
        ("mistakes (of", "the mistakes (of", 10, "# Picture: NAME (what it shows)"),
    ],
)
def test_a_wrong_line_is_told_with_how_to_write_it(old, new, line, wanted):
    assert old in GOOD
    wrong = GOOD.replace(old, new, 1)
    with pytest.raises(ConfigError) as caught:
        read_header(wrong, "mlp/first")
    shown = show(wrong.splitlines()[line - 1])
    assert str(caught.value) == f"experiments/mlp/first.yaml, line {line}: {shown}; write: {wanted}"


def test_a_label_that_is_nearly_right_is_suggested():
    with pytest.raises(ConfigError, match=r"one of Published, By hand, .*; did you mean 'By hand'?"):
        read_header(GOOD.replace("# By hand:", "# By hands:"), "mlp/first")


def test_what_was_published_must_be_said():
    with pytest.raises(ConfigError) as caught:
        read_header(GOOD.replace(f"{PUBLISHED}\n", ""), "mlp/first")
    assert str(caught.value) == (
        f"experiments/mlp/first.yaml, line 11: the header ends; write: # Published: {CLAIMS}"
    )


def test_all_mistakes_are_told_at_once():
    wrong = GOOD.replace("_global_", "global").replace("5.62 %", "5.62").replace("# By hand", "# Hand")
    with pytest.raises(ConfigError) as caught:
        read_header(wrong, "mlp/first")
    assert [problem.key.rsplit(" ", 1)[1] for problem in caught.value.problems] == ["1", "7", "6"]


def test_an_empty_file_is_told_what_a_header_is():
    with pytest.raises(ConfigError, match=r"line 1: the header ends; write: # @package _global_"):
        read_header("", "mlp/first")


BETTER = Reached(
    (Measured(ACCURACY, 0.97, 0.0), Measured(Score("test", "loss"), 1.5e-7, 2e-8)),
    seeds=1,
    seconds=61.4,
    threads=1,
)


def test_the_reached_line_is_replaced_and_nothing_else():
    old, new = "accuracy 96.21 % ± 0.15 (3 seeds); 9.0 s a run, 2 threads.", str(BETTER)
    assert new == "test accuracy 97 %, test loss 1.5e-07 ± 2e-08 (1 seed); 61 s a run, 1 thread."
    assert write_reached(GOOD, BETTER) == GOOD.replace(f"test {old}", new)


def test_the_reached_line_is_put_at_the_headers_end_and_can_be_read_again():
    without = "".join(line for line in GOOD.splitlines(True) if "Reached" not in line)
    reached = read_header(GOOD, "mlp/first").reached
    assert reached
    assert write_reached(without, reached) == GOOD
    again = read_header(write_reached(without, BETTER), "mlp/first").reached
    assert again == replace(BETTER, seconds=61)


def test_a_reached_line_is_not_written_by_hand():
    with pytest.raises(ConfigError, match=r"line 11: .*; write: nothing: `nnlab lab` does"):
        read_header(GOOD.replace("(3 seeds)", ""), "mlp/first")
