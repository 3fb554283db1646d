import pytest

from nnlab.arguments import nested_kind, rule_for
from nnlab.names import Argument


def accepted(kind: str, name: str, values: list[object], default: object = None) -> list[object]:
    rule = rule_for(kind, Argument(name, required=default is None, default=default))
    assert rule is not None
    return [value for value in values if rule.holds(value)]


VALUES = [-1, 0, 1, 2, 0.5, 1.0, 1.5, True, "1", None, float("nan"), float("inf")]


@pytest.mark.parametrize(
    ("kind", "name", "wanted"),
    [
        ("layer", "units", [1, 2]),
        ("callback", "patience", [0, 1, 2]),
        ("optimizer", "epsilon", [1, 2, 0.5, 1.0, 1.5]),
        ("optimizer", "weight_decay", [0, 1, 2, 0.5, 1.0, 1.5]),
        ("optimizer", "beta_1", [0, 0.5]),
        ("optimizer", "momentum", [0, 1, 0.5, 1.0]),
        ("layer", "rate", [0, 0.5]),
        ("constraint", "rate", [0, 1, 0.5, 1.0]),
        ("callback", "factor", [0.5]),
        ("layer", "kernel_size", [1, 2]),
    ],
)
def test_the_name_of_an_argument_decides(kind: str, name: str, wanted: list[object]):
    assert [repr(value) for value in accepted(kind, name, VALUES)] == [repr(value) for value in wanted]


@pytest.mark.parametrize(
    ("default", "wanted"),
    [(False, [True]), (0.5, [-1, 0, 1, 2, 0.5, 1.0, 1.5]), (1, [-1, 0, 1, 2, 0.5, 1.0, 1.5]), ("a", ["1"])],
)
def test_where_the_name_says_nothing_the_default_does(default: object, wanted: list[object]):
    assert [repr(value) for value in accepted("layer", "anything", VALUES, default)] == [
        repr(v) for v in wanted
    ]


def test_nothing_is_said_of_a_required_argument_with_a_name_of_its_own():
    assert rule_for("layer", Argument("equation", required=True)) is None


def test_sizes_are_one_number_or_a_list():
    assert accepted("layer", "strides", [2, [1, 2], (1, 2), [], [0], [1, "2"]]) == [2, [1, 2], (1, 2)]


def test_padding_is_a_word_or_numbers():
    assert accepted("layer", "padding", ["same", "valid", "causal", 2, [1, 2], "smae"]) == [
        "same",
        "valid",
        "causal",
        2,
        [1, 2],
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kernel_regularizer", "regularizer"),
        ("moving_mean_initializer", "initializer"),
        ("bias_constraint", "constraint"),
        ("recurrent_activation", "activation"),
        ("inner_optimizer", "optimizer"),
        ("learning_rate", "schedule"),
        ("units", None),
    ],
)
def test_which_arguments_hold_objects(name: str, kind: str | None):
    assert nested_kind(name) == kind
