"""Experiments and finished runs that were never trained: what the laboratory reads of them is put there."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nnlab.cli.compose import compose_plan
from nnlab.laboratory.experiment import Experiment
from nnlab.laboratory.header import read_header
from nnlab.plan import Plan, Tracking
from nnlab.tracking import tags
from nnlab.tracking.rows import RunRow

HEADER = """\
# @package _global_
# yaml-language-server: $schema=../../conf/schemas/plan.json
# Does a | bar break the table?
#   python -m nnlab +experiments={name}
# Published: {published}
"""


@pytest.fixture(scope="session")
def plan() -> Plan:
    """A perceptron on digits: 650 parameters."""
    return compose_plan(["dataset=digits", "model=perceptron"])


@pytest.fixture
def experiment(plan: Plan, tmp_path: Path) -> Callable[..., Experiment]:
    """Make an experiment from its name, what was published, more lines of its header, and keys of its dataset."""

    def make(name: str = "tiny/one", published: str = "no number.", *lines: str, **keys: Any) -> Experiment:
        header = HEADER.format(name=name, published=published) + "".join(f"# {line}\n" for line in lines)
        file = tmp_path / f"experiments/{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{header}seed: 0\n", encoding="utf-8")
        own = plan.model_copy(update={"dataset": plan.dataset.model_copy(update=keys)})
        return Experiment(name, file, read_header(header, name), own, (f"experiments={name}",))

    return make


@pytest.fixture
def finished(tmp_path: Path, plan: Plan) -> Callable[..., RunRow]:
    """Make the row of a run: scores by metric; the history that it keeps; identity and status."""
    made = []

    def make(
        scores: dict[str, float],
        history: dict[str, list[float]] | None = None,
        identity: str = "0",
        status: str = "FINISHED",
    ) -> RunRow:
        folder = tmp_path / f"artifacts/{len(made)}"
        made.append(folder)
        for part in ("tables", "plots"):
            (folder / part).mkdir(parents=True)
        (folder / "tables/history.json").write_text(json.dumps(history or {}), encoding="utf-8")
        Image.new("RGB", (40, 30), (200, 10, 10)).save(folder / "plots/mistakes.png")
        own = {tags.IDENTITY: identity, tags.DATA_HASH: "d", "nnlab.threads": "2", "nnlab.cpu": "A processor"}
        started = datetime(2026, 1, len(made), tzinfo=UTC)
        scores = {"time/total_s": 9.4, "model/params": 650.0, **scores}
        tracking: Tracking = plan.tracking
        return RunRow(
            str(len(made)), "n", "e", status, started, 9.0, scores, own, f"file://{folder}", tracking
        )

    return make
