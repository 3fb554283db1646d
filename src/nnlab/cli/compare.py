"""`nnlab compare`: which of several networks is better, by how much, and whether that is shown."""

import argparse
import sys
from pathlib import Path

from nnlab.analysis.comparison import Comparison, Question, compare
from nnlab.analysis.conditions import GRAMMAR, read_condition
from nnlab.analysis.ordering import SORTS, order
from nnlab.analysis.selection import Selection, count_left_out, select_runs
from nnlab.analysis.writing import SUFFIXES, WRITERS
from nnlab.cli.comparison_table import print_comparison, print_lines
from nnlab.cli.compose import tracking_from
from nnlab.cli.parser import Parser, is_override
from nnlab.cli.two_runs import TwoRuns, find_two
from nnlab.errors import RequestError
from nnlab.replacing import storage_error

FORMATS = ("table", *WRITERS)


def main(words: list[str]) -> int:
    """Print or write the comparison. Raises NnlabError: RequestError for runs that cannot be compared."""
    options = _options(words)
    conditions = tuple(read_condition(word) for word in options.filter)
    tracking = tracking_from(options.overrides)
    selection = Selection(tuple(options.runs), options.sweep, options.experiment)
    rows, left_out = select_runs(tracking, selection), count_left_out(tracking, selection)
    found = compare(rows, Question(options.metric, options.select, conditions), left_out)
    found = order(found, options.sort, options.reverse)
    two = find_two(rows, found)
    if options.format == "table":
        print_comparison(found)
        print_lines(two.lines if two else [])
    elif options.output is None:
        print(WRITERS[options.format](found), end="")
    else:
        _write(options.output, WRITERS[options.format](found))
    if options.figures:
        _draw(found, two, options.figures)
    return 0


def _draw(found: Comparison, two: TwoRuns | None, folder: Path) -> None:
    """Every figure that fits; their files are named on stderr, which leaves a table on stdout whole."""
    from nnlab.analysis.comparison_figures import draw_comparison

    for path in (*draw_comparison(found, folder), *(two.draw(folder) if two else ())):
        print(path, file=sys.stderr)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise storage_error(path, error) from None
    print(path)


def _options(words: list[str]) -> argparse.Namespace:
    """The checked words; `runs` without the overrides among them. Raises RequestError."""
    options = _parser().read(words)
    options.overrides = [word for word in options.runs if is_override(word)]
    options.runs = [word for word in options.runs if not is_override(word)]
    if not (options.runs or options.sweep or options.experiment):
        raise RequestError("RUN: none given; runs to compare, --sweep, or --experiment; see `nnlab runs`")
    if options.format is None:
        options.format = _format_of(options.output)
    if options.output and options.format == "table":
        raise RequestError("--output: a table is for the terminal; --format csv, json, markdown or latex")
    return options


def _format_of(output: Path | None) -> str:
    """What the file's name says. Raises RequestError."""
    if output is None:
        return "table"
    if output.suffix not in SUFFIXES:
        raise RequestError(f"--output: {output}; a name that ends in {', '.join(SUFFIXES)}, or --format")
    return SUFFIXES[output.suffix]


def _parser() -> Parser:
    parser = Parser(
        prog="nnlab compare",
        description="Which of several networks is better, by how much, and whether that is shown.",
        epilog="Runs that differ in nothing but seed or fold are one network's repeats; it is ranked by its mean "
        "on the validation set, and reported on the test set.",
    )
    parser.add_argument(
        "runs",
        metavar="RUN",
        nargs="*",
        help="ids, their beginnings, names, `last`; tracking.uri=… to look elsewhere",
    )
    parser.add_argument("--sweep", metavar="RUN", help="the runs of a sweep: its parent, or `last`")
    parser.add_argument("--experiment", metavar="NAME", help="the runs of one of MLflow's experiments")
    parser.add_argument(
        "--metric", metavar="NAME", help="accuracy, loss, mae …; else the usual one of the task"
    )
    parser.add_argument(
        "--select", choices=("validation", "test"), default="validation", help="what ranks them (validation)"
    )
    parser.add_argument(
        "--filter", metavar="WORD", action="append", default=[], help=f"only runs with {GRAMMAR}"
    )
    parser.add_argument(
        "--sort", metavar="KEY", default="rank", help=f"{', '.join(SORTS)}, or a key that differs"
    )
    parser.add_argument("--reverse", action="store_true", help="the last row first")
    parser.add_argument("--format", choices=FORMATS, help="else what --output's name says, else a table")
    parser.add_argument("--output", metavar="FILE", type=Path, help=f"write it there: {', '.join(SUFFIXES)}")
    parser.add_argument(
        "--figures",
        metavar="FOLDER",
        type=Path,
        help="draw them there too: curves, keys, costs, disagreements",
    )
    return parser
