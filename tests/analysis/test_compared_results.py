"""A sweep's results compare themselves, or say why not."""

from pathlib import Path
from typing import Any

from nnlab.analysis.comparison import Comparison
from nnlab.cli.compose import compose_plan
from nnlab.outcome import Outcome
from nnlab.plan import Tracking
from nnlab.sweeps.comparing import compare_results, write_comparison
from nnlab.sweeps.jobs import Job, Result


def results(tracking: Tracking, *runs: str | None, failed: int = 0) -> list[Result]:
    plan = compose_plan(["dataset=digits"]).model_copy(update={"tracking": tracking})
    good = [
        Result(Job(number, (), plan), "FINISHED", Outcome(run, "", Path(), {}, 1.0))
        for number, run in enumerate(runs)
    ]
    return [*good, *(Result(Job(99, (), plan), "OUT_OF_MEMORY", reason="too much") for _ in range(failed))]


def test_what_has_finished_is_compared_and_the_rest_counted(put: Any, tracking: Tracking, tmp_path: Path):
    scores = {"test/accuracy": 0.9, "val/accuracy": 0.8}
    first, second, _ = put("model=mlp", scores), put("model=perceptron", scores), put("model=cnn", scores)
    found = compare_results(results(tracking, first, second, first, failed=2))
    assert isinstance(found, Comparison)
    assert [one.label for one in found.standings] == ["model=mlp", "model=perceptron"]
    assert found.left_out == {"OUT_OF_MEMORY": 2}
    folder = write_comparison(found, tmp_path / "sweep")
    assert sorted(file.name for file in folder.iterdir()) == [
        "comparison.csv", "comparison.json", "comparison.md",
    ]  # fmt: skip
    assert "left out: 2 out of memory" in (folder / "comparison.md").read_text(encoding="utf-8")


def test_why_there_is_no_comparison_is_said(put: Any, tracking: Tracking):
    scores = {"test/accuracy": 0.9, "val/accuracy": 0.8}
    runs = put("model=mlp", scores), put("model=perceptron", scores, DATA_HASH="others")
    told = compare_results(results(tracking, *runs))
    assert isinstance(told, str)
    assert told.startswith(
        "model=mlp (digits, data) and model=perceptron (digits, others) are of different data; "
    )
    for nothing in (results(tracking, failed=1), results(tracking, None)):
        assert compare_results(nothing) == "no run that the store knows has finished"
