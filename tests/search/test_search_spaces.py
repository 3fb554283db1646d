"""A space in YAML or typed: what Optuna is asked, which keys exist when, and what is checked beforehand."""

from collections.abc import Callable
from typing import Any

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from nnlab.errors import ConfigError
from nnlab.search import space as spaces
from nnlab.search.wanted import Request

Ask = Callable[..., Request]
WHEN = "{optimizer: [sgd, adam], when: {optimizer=sgd: {optimizer.momentum: [0, 0.9]}, optimizer=adam: %s}}"


def distributions(request: Request) -> dict[str, Any]:
    return {each.name: each.distribution for each in request.space.parameters}


def words(points: list[Any]) -> list[str]:
    return [" ".join(f"{key}={value}" for key, value in point) for point in points]


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        ("[16, [8, 8], null]", CategoricalDistribution(["16", "[8,8]", "null"])),
        ("{choice: [16, 32]}", CategoricalDistribution(["16", "32"])),
        ("{range: [0, 0.5]}", FloatDistribution(0, 0.5)),
        ("{log: [0.001, 1]}", FloatDistribution(0.001, 1, log=True)),
        ("{int: [4, 32]}", IntDistribution(4, 32)),
        ("{int_log: [4, 512]}", IntDistribution(4, 512, log=True)),
        ("{range: [16, 65, 16]}", IntDistribution(16, 64, step=16)),
        ("{range: [0, 0.4, 0.1]}", FloatDistribution(0, 0.3, step=0.1)),
        ("{range: [5, 6, 1]}", CategoricalDistribution(["5"])),
    ],
)
def test_each_kind_of_axis_is_its_distribution(axis: str, expected: Any, ask: Ask):
    assert distributions(ask(sweep=f"{{a.b: {axis}}}")) == {"a.b": expected}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a=16,32", CategoricalDistribution(["16", "32"])),
        ("a=range(0,6,2)", IntDistribution(0, 4, step=2)),
        ("a=interval(0,1)", FloatDistribution(0, 1)),
        ("a=tag(log,interval(0.01,1))", FloatDistribution(0.01, 1, log=True)),
        ("a=int(interval(4,32))", IntDistribution(4, 32)),
        ("a=int(tag(log,interval(4,32)))", IntDistribution(4, 32, log=True)),
    ],
)
def test_what_is_typed_is_a_distribution_too_and_takes_the_place_of_the_sections(
    word: str, expected: Any, ask: Ask
):
    assert distributions(ask(word, sweep="{a: [7]}")) == {"a": expected}


def test_a_value_is_written_as_it_is_typed(ask: Ask):
    request = ask(sweep="{a: {range: [0, 0.4, 0.1]}, b: {int: [1, 9]}, c: {log: [0.1, 1]}, d: [[8, 8], x y]}")
    values = {"a": 0.30000000000000004, "b": 3, "c": 0.25, "d": "[8,8]"}
    assert words([request.space.point(values)]) == ["a=0.3 b=3 c=0.25 d=[8,8]"]


def test_paired_values_are_one_choice(ask: Ask):
    request = ask(sweep="{zip: {loss: [20, 5], trainer.batch_size: [32, 128]}}")
    name = "loss,trainer.batch_size"
    assert distributions(request) == {name: CategoricalDistribution(["20, 32", "5, 128"])}
    assert words([request.space.point({name: "5, 128"})]) == ["loss=5 trainer.batch_size=128"]


def test_a_key_under_a_choice_is_asked_under_it_alone(ask: Ask):
    space = ask(sweep=WHEN % "{optimizer.beta_1: {range: [0.5, 0.9]}}").space
    decided = [space.decide(lambda each, at=at: each.probes()[at]) for at in (0, 1)]
    assert decided == [
        {"optimizer": "sgd", "optimizer.momentum": "0"},
        {"optimizer": "adam", "optimizer.beta_1": 0.9},
    ]


def test_a_key_under_two_choices_is_two_decisions(ask: Ask):
    space = ask(sweep=WHEN % "{optimizer.momentum: [1]}").space
    assert [each.name for each in space.parameters] == [
        "optimizer",
        "optimizer.momentum (optimizer=sgd)",
        "optimizer.momentum (optimizer=adam)",
    ]
    assert words([space.point({"optimizer": "adam", space.parameters[2].name: "1"})]) == [
        "optimizer=adam optimizer.momentum=1"
    ]


def test_every_combination_of_choices_and_ends_is_checked(ask: Ask):
    request = ask(sweep=WHEN % "{optimizer.beta_1: {range: [0.5, 0.9]}}")
    assert words(request.space.probes()) == [
        "optimizer=sgd optimizer.momentum=0",
        "optimizer=sgd optimizer.momentum=0.9",
        "optimizer=adam optimizer.beta_1=0.5",
        "optimizer=adam optimizer.beta_1=0.9",
    ]


def test_of_many_each_choice_is_checked_beside_the_first_of_the_others(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(spaces, "MOST_PROBES", 3)
    request = ask(sweep=WHEN % "{optimizer.beta_1: {range: [0.5, 0.9]}, optimizer.beta_2: [0.99]}")
    assert words(request.space.probes()) == [
        "optimizer=sgd optimizer.momentum=0",
        "optimizer=adam optimizer.beta_1=0.5 optimizer.beta_2=0.99",
        "optimizer=sgd optimizer.momentum=0.9",
        "optimizer=adam optimizer.beta_1=0.9 optimizer.beta_2=0.99",
    ]


@pytest.mark.parametrize(
    ("word", "sweep", "told"),
    [
        ("name=x", "null",
         "hydra/sweeper: nothing to search; lists of values, or a `sweep:` section: model.neurons=16,64"),
        ("seed=1,2", "null", "seed: several values; one: a search would choose the luckiest"),
        ("name=x", "{samples: 3, a: [1]}", "sweep.samples: 3; null: hydra.sweeper.trials says how many"),
        ("a=interval(1,0)", "null", "a.range: [1.0, 0.0]; [first, end, step], or [low, high] with sweep.samples, "
         "low < high"),
        ("name=x", "{a: [1], when: {b=1: {c: [2]}}}",
         "sweep.when.b=1: b is neither swept nor typed; a key that is"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_told(word: str, sweep: str, told: str, ask: Ask):
    with pytest.raises(ConfigError) as caught:
        ask(word, sweep=sweep)
    assert str(caught.value) == told
