"""`nnlab compare` at the command line: its words, its table, and its files."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from nnlab.__main__ import main
from nnlab.analysis.cells import columns_of
from nnlab.analysis.comparison import Comparison, Question, compare
from nnlab.analysis.selection import Selection, select_runs
from nnlab.analysis.writing import WRITERS
from nnlab.cli.comparison_table import fit, print_comparison
from nnlab.plan import Tracking

SEEDS = 3
WARNED = "ranked by test, as was asked: the first one's test score is flattered by the choice"
BEATS = r"optimizer=Adam beats optimizer=SGD by 11 points \(95 % .*, n = 3, p = 0\.0\d+\)"


@pytest.fixture
def trained(put: Any) -> None:
    """Two optimizers, each with three seeds, and a run that failed."""
    for optimizer, base in (("sgd", 0.8), ("adam", 0.9)):
        for seed in range(SEEDS):
            own = base + [0.01, 0.0, 0.013][seed] * (1 + (optimizer == "adam"))
            scores = {
                "test/accuracy": own,
                "val/accuracy": own,
                "best/val_accuracy": own,
                "test/loss": 1 - own,
            }
            put(f"optimizer={optimizer} seed={seed}", {**scores, "model/params": 9610, "time/fit_s": 3.25})
    put("optimizer=sgd seed=9", status="FAILED", IDENTITY="failed")


@pytest.fixture
def comparison(trained: None, tracking: Tracking) -> Comparison:
    rows = select_runs(tracking, Selection(experiment="digits"))
    return compare(rows, Question(select="test"), {"FAILED": 1})


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["compare", *words])
    return code, *capsys.readouterr()


def test_the_table_and_what_it_shows(trained: None, capsys: pytest.CaptureFixture[str]):
    code, out, err = told(capsys, "--experiment", "digits")
    assert (code, err) == (0, "")
    title, head, *rows = out.splitlines()
    assert title.strip() == "accuracy in %, ranked by validation; 2 configurations, 6 runs"
    assert " ".join(head.split()) == "# optimizer n best val last val test std 95 % params FLOPs s"
    assert rows[0].split()[:6] == ["1", "Adam", "3", "91.53", "91.53", "91.53"]
    assert re.fullmatch(BEATS.replace("optimizer=", ""), rows[2])
    assert rows[3:] == ["left out: 1 failed"]


def test_words_choose_filter_sort_and_rank(trained: None, capsys: pytest.CaptureFixture[str]):
    words = ("--filter", "seed<2", "--sort", "optimizer", "--reverse", "--metric", "loss", "--select=test")
    _, out, _ = told(capsys, "--experiment", "digits", *words, "tracking.timeout=2.0")
    title, _, first, second, *below = out.splitlines()
    assert title.strip() == "loss, ranked by test; 2 configurations, 4 runs"
    assert [line.split()[:3] for line in (first, second)] == [["2", "SGD", "2"], ["1", "Adam", "2"]]
    assert below[0] == f"warning: {WARNED}"


def test_a_file_s_name_says_its_format(trained: None, here: Path, capsys: pytest.CaptureFixture[str]):
    for name, beginning in (("a.csv", "rank,"), ("a.json", "{"), ("a.md", "accuracy"), ("a.tex", "% ")):
        code, out, _ = told(capsys, "--experiment", "digits", "--output", name)
        assert (code, out) == (0, f"{name}\n")
        assert (here / name).read_text(encoding="utf-8").startswith(beginning)
    assert told(capsys, "--experiment", "digits", "--format", "csv")[1] == (here / "a.csv").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "RUN: none given; runs to compare, --sweep, or --experiment; see `nnlab runs`"),
        (["a", "--output", "x.txt"],
         "--output: x.txt; a name that ends in .csv, .json, .md, .tex, or --format"),
        (["a", "--output", "x.csv", "--format", "table"],
         "--output: a table is for the terminal; --format csv, json, markdown or latex"),
        (["a", "--sorted", "n"], "--sorted: unknown option; one of --sweep, --experiment, --metric, --select, "
                                 "--filter, --sort, "
                                 "--reverse, --format, --output, --figures, --help; did you mean '--sort'?"),
        (["nothing"], "RUN: 'nothing'; there are no runs in sqlite:///mlflow.db yet"),
    ],
)  # fmt: skip
def test_wrong_words_are_told(words: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]):
    assert told(capsys, *words) == (2, "", f"error: {said}\n")


def test_a_foreign_choice_is_told(here: Path, capsys: pytest.CaptureFixture[str]):
    code, _, err = told(capsys, "a", "--select", "luck")
    assert code == 2
    assert err.startswith("error: compare: argument --select: invalid choice: 'luck' (choose from ")
    assert err.endswith("; see `nnlab compare --help`\n")


def test_a_file_that_cannot_be_written_is_told(trained: None, capsys: pytest.CaptureFixture[str]):
    code, _, err = told(capsys, "--experiment", "digits", "--output", "no/such/a.csv")
    assert code == 1
    assert err.startswith("error: no/such/a.csv: cannot be written: ")


def test_every_format_says_what_the_table_says_in_red(comparison: Comparison):
    for name, write in WRITERS.items():
        text = write(comparison)
        assert WARNED in text.replace("\\", ""), name
        assert re.search(BEATS.replace("optimizer=", ""), text.replace("\\", "").replace("--", "–")), name
        assert "failed" in text.lower(), name


def test_csv_and_json_hold_the_numbers(comparison: Comparison):
    first, second = csv.DictReader(io.StringIO(WRITERS["csv"](comparison)))
    assert (first["rank"], first["optimizer"], first["n"], first["params"]) == ("1", "Adam", "3", "9610")
    assert float(first["test_mean"]) == pytest.approx(0.9 + 2 * 0.023 / 3)
    assert (first["verdict"], float(second["lead"])) == ("", pytest.approx(0.1 + 0.023 / 3))
    plain = json.loads(WRITERS["json"](comparison))
    one, other = plain["configurations"]
    assert (one["values"], one["test"]["n"], len(one["runs"])) == ({"optimizer": "Adam"}, 3, SEEDS)
    assert (one["memory_mb"], other["units"][1]) == (None, {"seed": 1, "fold": None})
    (verdict,) = plain["verdicts"]
    assert verdict["test"] == "corrected resampled t-test"
    assert verdict["lead"] == pytest.approx(float(second["lead"]))
    assert (verdict["shown"], verdict["effect_name"], plain["left_out"]) == (
        True,
        "Cohen's d_z",
        {"FAILED": 1},
    )


def test_latex_has_as_many_cells_in_every_row(comparison: Comparison):
    text = WRITERS["latex"](comparison)
    kinds = re.findall(r"\\begin{tabular}{([lr]+)}", text)[0]
    rows = [line for line in text.splitlines() if line.endswith("\\\\")]
    assert len(rows) == 3
    assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(kinds)}
    assert r"95 \%" in rows[0]


@pytest.mark.parametrize(("width", "left"), [(120, 11), (80, 11), (60, 8), (36, 6)])
def test_what_has_no_room_is_left_out_the_costs_first(width: int, left: int, comparison: Comparison):
    out = io.StringIO()
    console = Console(file=out, width=width)
    kept = fit(columns_of(comparison), console)
    assert len(kept) == left
    assert {"#", "optimizer", "test", "95 %"} <= {column.name for column in kept}
    print_comparison(comparison, console, rows=1)
    table, *below = out.getvalue().split("no room for " if left < 11 else "warning")
    assert "Adam" in table
    assert "SGD" not in table
    assert max(map(len, table.splitlines())) <= width
    assert left == 11 or below[0].startswith("params, FLOPs, s" if width == 60 else "best val, ")
