import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cases import CASES, COMMANDS
from benchmarks.page import HEAD, foot, renew
from benchmarks.process import Measure
from benchmarks.report import describe_case, describe_commands, ratios
from benchmarks.rounds import SCRIPTS, Pairs, accuracies, run_command
from nnlab.cli.compose import compose_plan
from nnlab.plan import Plan

ROOT = Path(__file__).parents[2]


def done(seconds: float, megabytes: float, accuracy: float = 0.97) -> Measure:
    return Measure(seconds, megabytes, 0, f"epoch 1\nnet: test accuracy {accuracy}, loss 0.1\n")


@pytest.fixture
def pairs():
    script = [done(10, 400), done(20, 400), done(10, 500)]
    return Pairs(CASES[0], script, [done(9, 480, 0.96), done(10, 480), done(11, 480)])


def test_ratios_are_taken_within_each_round(pairs):
    wall, memory = ratios(pairs)
    assert wall == pytest.approx(0.9)
    assert memory == pytest.approx(1.2)


def test_a_section_says_which_bars_are_reached(pairs):
    said = describe_case(pairs)
    assert "| script | 10.0 (10.0–20.0) | 400 (400–500) | 0.9700 (0.9700–0.9700) |" in said
    assert "| nnlab | 10.0 (9.0–11.0) | 480 (480–480) | 0.9700 (0.9600–0.9700) |" in said
    assert "| bar | ≤ 0.60×: **not reached** | ≤ 1.15×: **not reached** | |" in said
    said = describe_commands([(COMMANDS[0], [Measure(0.5, 90, 2, "")])])
    assert "| 2 | 0.50 (0.50–0.50) | < 1 s: reached |" in said


def test_a_section_ends_with_where_and_how_it_was_measured():
    few = foot("2 cores of Abacus", 0.5, 2, "--rounds 2")
    assert "**A trial of 2 rounds, not a result.**" in few
    assert '2 cores of Abacus; load when it began: 0.50; `make bench ARGS="--rounds 2"`: 2 rounds.' in few
    assert "trial" not in foot("", 0, 3, "")


def test_what_is_measured_anew_takes_its_own_place_on_the_page():
    page = renew("", {"a": "## a\n\nold\n", "b": "## b\n\nkept\n"})
    assert renew(page, {"a": "## a\n\nnew\n", "c": "## c\n\nmore\n"}) == (
        f"{HEAD}\n## a\n\nnew\n\n## b\n\nkept\n\n## c\n\nmore\n"
    )


def test_accuracy_is_the_last_one_printed():
    said = Measure(1, 1, 0, "x: test accuracy 0.5, loss 1\ny: test accuracy 0.9739, loss 0.0876\n")
    assert accuracies([said]) == [0.9739]


def test_a_process_is_measured_whole(tmp_path):
    code = "import sys, time; held = bytearray(80_000_000); time.sleep(0.2); print('out'); sys.exit(3)"
    # A process is born as large as its parent, and the kernel counts that: so a small one does the measuring.
    ask = "import sys; from pathlib import Path; from benchmarks.process import measure; "
    tell = f"print(repr(measure([sys.executable, '-c', {code!r}], Path({str(tmp_path)!r}))))"
    said = subprocess.run(
        [sys.executable, "-c", ask + tell], capture_output=True, text=True, cwd=ROOT, check=True
    )
    found = eval(said.stdout, {"Measure": Measure})
    assert found.code == 3
    assert found.output == "out\n"
    assert 0.2 < found.seconds < 10
    assert 80 < found.megabytes < 300


def test_a_command_that_ends_otherwise_stops_the_bench(tmp_path):
    wrong = COMMANDS[0].__class__(("--version",), 2, None)
    with pytest.raises(RuntimeError, match="ended with 0, not 2"):
        run_command(wrong, 1, tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nnlab_and_the_script_do_the_same_work(case):
    plan = compose_plan(case.words)
    script = (SCRIPTS / case.script).read_text(encoding="utf-8")
    assert f"epochs={plan.trainer.epochs}, batch_size={plan.trainer.batch_size}" in script
    assert plan.optimizer.name.lower() in script.lower()
    assert hidden_units(plan) == [int(part.split(",")[0]) for part in script.split("Dense(")[1:-1]]
    samples = plan.dataset.samples
    assert ("[:" in script) == (f"[:{samples}]" in script) == (samples is not None)
    leaks = plan.dataset.validation_split == "test"
    assert leaks == ("validation_data=(x_test, y_test)" in script)


def hidden_units(plan: Plan) -> list[int]:
    layers = plan.model.hidden_layers(plan.dataset.spec())
    return [int(layer.arguments["units"]) for layer in layers if layer.name == "Dense"]


def test_scripts_know_nothing_of_nnlab():
    assert [
        path.name for path in Path(SCRIPTS).glob("*.py") if "nnlab" in path.read_text(encoding="utf-8")
    ] == []
