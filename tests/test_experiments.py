"""Every published experiment composes, and has the parameters that were published."""

import re
from pathlib import Path

import pytest

from nnlab.checking.crosschecks import network_rows
from nnlab.cli.compose import compose_plan, compose_plans
from nnlab.cli.multirun import expand

EXPERIMENTS = Path(__file__).parents[1] / "experiments"
NAMES = sorted(str(path.relative_to(EXPERIMENTS).with_suffix("")) for path in EXPERIMENTS.glob("*/*.yaml"))


def test_there_are_experiments():
    assert len(NAMES) >= 19


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_composes_and_has_its_published_parameters(name: str):
    plan = compose_plan([f"+experiments={name}"])
    params = sum(row.params for row in network_rows(plan, plan.dataset.spec()))

    header = (EXPERIMENTS / f"{name}.yaml").read_text(encoding="utf-8")
    published = re.search(r"([\d ]+) parameters", header)
    assert re.search(rf"python -m nnlab (-m )?\+experiments={re.escape(name)}\n", header)
    assert "# Published: " in header
    assert published is None or int(published[1].replace(" ", "")) == params


@pytest.mark.parametrize(("name", "runs"), [("p5/mlp_1", 72), ("p5/mlp_2", 30), ("te2/variants", 23)])
def test_a_sweep_is_as_large_as_its_document_asks_and_each_run_composes(name: str, runs: int):
    plans = compose_plans(expand([f"+experiments={name}"]))
    assert len({plan.model_dump_json() for plan in plans}) == runs


def test_the_plus_may_be_left_out():
    assert compose_plan(["experiments=te2/mnist"]) == compose_plan(["+experiments=te2/mnist"])
