"""Rung 5: every key of the plan changes something that can be seen. A key without a row fails a test here."""

from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
import witnesses_of_data
import witnesses_of_models
import witnesses_of_training
from witnesses import ROWS, Tools

from nnlab.checking.discovery import find, options
from nnlab.plan import Dataset, Network, Plan, Section

TESTS = Path(__file__).parents[1]
# Keys whose consequence only a whole run shows: the test that looks at it.
ELSEWHERE = {
    "name": "run/test_finished_run.py::test_hostile_names_never_become_paths",
    "experiment_name": "run/test_finished_run.py::test_hostile_names_never_become_paths",
    "debug": "run/test_failed_runs.py::test_debug_shows_the_traceback_and_keeps_the_exit_code",
    "cv.choose": "run/test_cross_validation.py::test_a_fold_chooses_by_its_training_part",
    "cv.inner_folds": "run/test_cross_validation.py::test_a_fold_chooses_by_its_training_part",
    "trainer.strategy": "training/test_replicas.py::test_two_devices_give_the_result_of_one",
    "rerun": "run/test_cross_validation.py::test_what_is_finished_is_met_unless_rerun",
}
TABLES = [
    Path(table.__file__).name for table in (witnesses_of_data, witnesses_of_models, witnesses_of_training)
]


@pytest.fixture
def tools(
    plan: Any, train: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Tools:
    monkeypatch.chdir(tmp_path)
    return Tools(plan, train, tmp_path, monkeypatch, capfd)


def keys(section: type[Section], prefix: str = "") -> Iterator[str]:
    """Every key of a section; those that only one dataset or network has, below its name."""
    for name, field in section.model_fields.items():
        inner = inner_section(field.annotation)
        if inner in (Dataset, Network):
            yield from (f"{name}.{key}" for key in inner.model_fields)
            for option in options(inner):
                own = find(inner, option, name).model_fields.keys() - inner.model_fields
                yield from (f"{name}.{option}.{key}" for key in own)
        elif inner:
            yield from keys(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def inner_section(annotation: Any) -> type[Section] | None:
    choices = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return next((one for one in choices if isinstance(one, type) and issubclass(one, Section)), None)


@pytest.mark.parametrize("key", sorted({row: key for key, row in ROWS.items()}.values()))
def test_a_key_has_its_consequence(key: str, tools: Tools):
    ROWS[key](tools)


def test_every_key_has_a_row():
    found = set(keys(Plan))
    assert len(found) > 40
    missing = sorted(found - ROWS.keys() - ELSEWHERE.keys())
    assert not missing, f"{missing}: give each a @witness in one of {TABLES} that sees its consequence"
    foreign = sorted((ROWS.keys() | ELSEWHERE.keys()) - found)
    assert not foreign, f"{foreign}: no such keys in the plan any more; take their rows out"


@pytest.mark.parametrize("key", ELSEWHERE)
def test_a_test_elsewhere_is_there(key: str):
    file, _, name = ELSEWHERE[key].partition("::")
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")
