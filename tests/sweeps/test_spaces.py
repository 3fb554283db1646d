"""What a `sweep:` section spans: every kind of axis by the points it makes, every mistake by its words."""

import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from nnlab.cli.multirun import expand
from nnlab.errors import ConfigError
from nnlab.sweeps.axes import Axis, text_of
from nnlab.sweeps.space import read_space

ENDLESS = "sweep.a: an interval has no end of values"
LISTED = (
    "a list of values, or one of {choice: […]}, {range: […]}, {log: [low, high]}, {int: [low, high]}, "
    "{int_log: [low, high]}"
)


def points(text: str, *typed: Axis, seed: int = 0, **given: str) -> list[str]:
    found = read_space(yaml.safe_load(text)).points(typed, given, seed)
    return [" ".join(f"{key}={value}" for key, value in point) for point in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null", [""]),
        ("{a: [1, 2], b: [x]}", ["a=1 b=x", "a=2 b=x"]),
        ("{a: {choice: [[64, 64], 32, null, true]}}", ["a=[64,64]", "a=32", "a=null", "a=true"]),
        ("{a: {range: [0, 3, 1]}}", ["a=0", "a=1", "a=2"]),
        ("{a: {range: [0, 0.3, 0.1]}}", ["a=0.0", "a=0.1", "a=0.2"]),
        ("{a: {range: [3, 0, -2]}}", ["a=3", "a=1"]),
        ("{zip: {a: [1, 2], b: [x, y]}}", ["a=1 b=x", "a=2 b=y"]),
        ("{c: [0], zip: [{a: [1, 2]}, {b: [3, 4]}]}", [f"c=0 a={a} b={b}" for a in (1, 2) for b in (3, 4)]),
        ("{a: [x, y], when: {a=x: {b: [1, 2]}}}", ["a=x b=1", "a=x b=2", "a=y"]),
        ("{a: [1, 1, 2]}", ["a=1", "a=2"]),
    ],
)
def test_a_section_is_its_points(text: str, expected: list[str]):
    assert points(text) == expected


def test_typed_keys_take_the_place_of_the_sections():
    section = "{a: [1, 2], zip: {b: [3, 4], c: [5, 6]}, when: {a=9: {d: [7]}, a=1: {d: [8]}}}"
    assert points(section, a="9", c="0") == ["b=3 d=7", "b=4 d=7"]
    typed = Axis(("a",), (("1",), ("9",)))
    assert points(section, typed, b="0") == ["c=5 a=1 d=8", "c=5 a=9 d=7", "c=6 a=1 d=8", "c=6 a=9 d=7"]


def test_more_samples_or_keys_keep_what_was_drawn():
    three = points("{a: {log: [0.001, 1]}, samples: 3}")
    assert points("{a: {log: [0.001, 1]}, samples: 5}")[:3] == three
    both = points("{b: {int: [1, 1000]}, a: {log: [0.001, 1]}, samples: 3}")
    assert [point.split()[1] for point in both] == three
    assert points("{a: {log: [0.001, 1]}, samples: 3}", seed=1) != three


def test_draws_stay_inside_and_fill_the_interval():
    numbers = "a: {log: [0.001, 1]}, b: {int: [1, 3]}, c: {range: [-1, 1]}, e: {int_log: [1, 64]}"
    drawn = points(f"{{{numbers}, d: [x, y], samples: 200}}")
    rows = [dict(pair.split("=") for pair in point.split()) for point in drawn]
    assert {row["b"] for row in rows} == {"1", "2", "3"}
    assert {row["d"] for row in rows} == {"x", "y"}
    small = sum(int(row["e"]) <= 8 for row in rows)  # half of the logarithm, an eighth of the numbers
    assert {1, 64} <= {int(row["e"]) for row in rows} <= set(range(1, 65))
    assert 70 < small < 150
    assert all(-1 <= float(row["c"]) <= 1 for row in rows)
    tens = [math.log10(float(row["a"])) for row in rows]
    assert -3 <= min(tens) < -2.5
    assert -0.5 < max(tens) <= 0
    assert 60 < sum(-2 < ten < -1 for ten in tens) + sum(ten < -2 for ten in tens) < 180


def test_samples_come_with_every_typed_point():
    drawn = points("{a: {int: [1, 1000]}, samples: 3}", Axis(("seed",), (("0",), ("1",))))
    assert len(drawn) == 6
    assert len({point.split()[0] for point in drawn}) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1]", "sweep: [1]; null, or keys with their values"),
        ("{a: 3}", f"sweep.a: 3; {LISTED}"),
        ("{a: []}", "sweep.a: no values; at least one"),
        ("{a: {lgo: [1, 2]}}", f"sweep.a.lgo: unknown kind of axis; {LISTED}; did you mean 'log'?"),
        ("{a: {choice: 3}}", "sweep.a: 3; a list"),
        ("{a: {range: [0, 1, 0]}}",
         "sweep.a.range: [0, 1, 0]; [first, end, step] with 1 to 10000 values, end left out"),
        ("{a: {range: [0, x]}}", "sweep.a.range: [0, 'x']; [first, end, step], or [low, high] with sweep.samples"),
        ("{samples: 2, a: {log: [0, 1]}}", "sweep.a.log: [0, 1]; [low, high], 0 < low < high"),
        ("{samples: 2, a: {int: [1.5, 3]}}", "sweep.a.int: [1.5, 3]; [low, high], whole numbers, low < high"),
        ("{a: {log: [0.1, 1]}}",
         f"{ENDLESS}; a list of values, how many to draw: sweep.samples=20, or a search: hydra/sweeper=optuna"),
        ("{samples: 2, a: {int_log: [0, 3]}}",
         "sweep.a.int_log: [0, 3]; [low, high], whole numbers, 0 < low < high"),
        ("{samples: 0}", "sweep.samples: 0; null, or 1 to 10000"),
        ("{zip: 3}", "sweep.zip: 3; keys with lists of equal length"),
        ("{zip: {a: [1, 2], b: [1]}}", "sweep.zip: a has 2, b has 1 values; lists of equal length"),
        ("{when: {a: {b: [1]}}}", "sweep.when.a: {'b': [1]}; KEY=VALUE, and under it keys with their values"),
        ("{when: {a=1: {b: 3}}}", f"sweep.when.a=1.b: 3; {LISTED}"),
        ("{when: {a=1: {b: [3]}}}", "sweep.when.a=1: a is neither swept nor typed; a key that is"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_its_key(text: str, told: str):
    with pytest.raises(ConfigError) as caught:
        points(text)
    assert str(caught.value) == told


def test_a_typed_interval_needs_a_search():
    with pytest.raises(ConfigError) as caught:
        expand(["dataset=digits", "optimizer.learning_rate=interval(0,1)"])
    told = "an interval has no end of values; a list of values, or a search: hydra/sweeper=optuna"
    assert str(caught.value) == f"optimizer.learning_rate: {told}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("sgd", "sgd"),
        ("two words", "'two words'"),
        ("null", "'null'"),
        ("it's", "'it\\'s'"),
        ({"a": [1.5, None]}, "{a:[1.5,null]}"),
    ],
)
def test_a_value_is_written_so_that_an_override_reads_it_back(value: Any, text: str):
    from hydra.core.override_parser.overrides_parser import OverridesParser

    assert text_of(value) == text
    assert OverridesParser.create().parse_override(f"key={text}").value() == value or isinstance(value, str)


def test_the_section_of_a_file_and_the_lists_of_a_command_line_are_one_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "conf" / "experiments"
    folder.mkdir(parents=True)
    header = "# @package _global_\n"
    (folder / "mine.yaml").write_text(
        f"{header}sweep: {{model.neurons: [4, [8, 8]], optimizer: [sgd, adam]}}\n"
    )
    monkeypatch.chdir(tmp_path)
    words = ["experiments=mine", "dataset=digits", "seed=range(2)", "optimizer=adam"]
    assert [job[2:] for job in expand(words)] == [
        ["optimizer=adam", f"model.neurons={neurons}", f"seed={seed}"]
        for neurons in ("4", "[8,8]")
        for seed in (0, 1)
    ]
