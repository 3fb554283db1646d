"""docs/reliability.md names a test for every fault, and each of them exists."""

import ast
import re

import pytest
from readme_commands import ROOT

PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## The soak")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| fault")
]


def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_page_has_its_rows():
    assert len(ROWS) > 20


def test_the_soak_lost_doubled_and_changed_nothing():
    figures = dict(re.findall(r"^\| (.+) \| (\d+) \|$", PAGE.partition("## The soak")[2], re.MULTILINE))
    wrong = ("metric", "runs whose", "times")
    assert [name for name, count in figures.items() if name.startswith(wrong) and count != "0"] == []


@pytest.mark.parametrize(("fault", "shown"), [(row[0], row[2]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_every_fault_is_shown_by_tests_that_exist(fault: str, shown: str):
    named = re.findall(r"`([^:`]+)::(\w+)`", shown)
    assert named, f"{fault}: a test that shows it"
    for file, name in named:
        assert name in functions_of(file), f"{fault}: {file} has no {name}"
