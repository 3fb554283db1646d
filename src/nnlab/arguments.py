"""What the name of a Keras argument says about its value.

Keras itself trains "successfully" with a learning rate of -1, so nnlab asks first. The table holds names
that mean the same wherever Keras uses them; anything else is checked by the type of its default.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnlab.names import Argument

NESTED = {
    "learning_rate": "schedule",
    "schedule": "schedule",
    "inner_optimizer": "optimizer",
    "default_optimizer": "optimizer",
    "layer": "layer",
    "backward_layer": "layer",
    "cell": "layer",
    "activation": "activation",
    "recurrent_activation": "activation",
}
OWN_NESTED = {
    "layers": ("layer", 1),
    "shortcut": ("layer", 1),
    "branches": ("layer", 2),
    "merge": ("merge", 0),
}
"""Arguments of nnlab's own layers: what they hold, and how deep in lists."""
NESTED_SUFFIXES = {"_regularizer": "regularizer", "_initializer": "initializer", "_constraint": "constraint"}


@dataclass(frozen=True)
class Rule:
    """A range in words, as a test, and as editors read it (JSON Schema)."""

    allowed: str
    holds: Callable[[Any], bool]
    schema: Mapping[str, Any] = field(compare=False)


def is_number(value: Any) -> bool:
    """A finite int or float; a bool is not a number here."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def share_of_run(value: Any) -> float | None:
    """The fraction that a text such as `20 %` stands for; None for any other value.

    >>> share_of_run("20 %"), share_of_run(20)
    (0.2, None)
    """
    found = _OF_THE_RUN.match(value) if isinstance(value, str) else None
    return float(found[1]) / 100 if found else None


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2


def _each(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        all(map(test, value)) and len(value) > 0 if isinstance(value, list | tuple) else test(value)
    )


_COUNT = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string"}
COUNT = Rule("a whole number of at least 1", lambda value: _is_whole(value) and value >= 1, _COUNT)
SIZES = Rule(
    "a whole number of at least 1, or a list of them",
    _each(COUNT.holds),
    {"anyOf": [_COUNT, {"type": "array", "items": _COUNT, "minItems": 1}]},
)
WHOLE = Rule(
    "a whole number of at least 0",
    lambda value: _is_whole(value) and value >= 0,
    {"type": "integer", "minimum": 0},
)
_OF_THE_RUN = re.compile(r"^(\d+(?:\.\d+)?) ?%$")
_PERCENT = {"type": "string", "pattern": _OF_THE_RUN.pattern}
SPAN = Rule(
    "a whole number of at least 1, or a share of the run such as '80 %'",
    lambda value: COUNT.holds(value) or bool(share_of_run(value)),
    {"anyOf": [_COUNT, _PERCENT]},
)
SPAN_OR_NONE = Rule(
    "a whole number of at least 0, or a share of the run such as '20 %'",
    lambda value: WHOLE.holds(value) or share_of_run(value) is not None,
    {"anyOf": [WHOLE.schema, _PERCENT]},
)
POSITIVE = Rule(
    "a number above 0",
    lambda value: is_number(value) and value > 0,
    {"type": "number", "exclusiveMinimum": 0},
)
NOT_NEGATIVE = Rule(
    "a number of at least 0", lambda value: is_number(value) and value >= 0, {"type": "number", "minimum": 0}
)
FRACTION = Rule(
    "a number from 0 up to, but not, 1",
    lambda value: is_number(value) and 0 <= value < 1,
    {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
)
SHARE = Rule(
    "a number from 0 to 1",
    lambda value: is_number(value) and 0 <= value <= 1,
    {"type": "number", "minimum": 0, "maximum": 1},
)
INSIDE = Rule(
    "a number between 0 and 1",
    lambda value: is_number(value) and 0 < value < 1,
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
)
NUMBER = Rule("a finite number", is_number, {"type": "number"})
_NUMBER = {"type": "number"}
FACTOR = Rule(
    "a finite number, or the two ends of a range",
    lambda value: is_number(value) or (_is_pair(value) and all(map(is_number, value))),
    {"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}]},
)
LEARNING_RATE = Rule("a number above 0, or a learning-rate schedule", POSITIVE.holds, POSITIVE.schema)
TRUTH = Rule("true or false", lambda value: isinstance(value, bool), {"type": "boolean"})
TEXT = Rule("a text", lambda value: isinstance(value, str), _TEXT)


def _one_of(*words: str) -> Rule:
    return Rule("one of " + ", ".join(words), lambda value: value in words, {"enum": list(words)})


_RULES = {
    COUNT: "units filters depth_multiplier groups num_heads num_query_heads num_key_value_heads "
    "key_dim head_dim output_dim input_dim n gradient_accumulation_steps "
    "num_bins max_tokens output_sequence_length height width ns_steps dynamic_growth_steps "
    "ema_overwrite_frequency num_thresholds k num_classes ngrams",
    SIZES: "kernel_size pool_size strides dilation_rate size",
    WHOLE: "patience cooldown start_from_epoch seed",
    SPAN: "decay_steps first_decay_steps",
    SPAN_OR_NONE: "warmup_steps",
    POSITIVE: "initial_learning_rate epsilon clipnorm clipvalue global_clipnorm decay_rate loss_scale_factor "
    "initial_scale delta",
    NOT_NEGATIVE: "l1 l2 weight_decay min_delta min_lr stddev end_learning_rate",
    FRACTION: "dropout recurrent_dropout beta_1 beta_2 rho ema_momentum",
    SHARE: "label_smoothing momentum",
}
_BY_NAME = {name: rule for rule, names in _RULES.items() for name in names.split()}
_BY_KIND = {
    ("layer", "rate"): FRACTION,
    ("layer", "factor"): FACTOR,
    ("constraint", "rate"): SHARE,
    ("callback", "factor"): INSIDE,
    ("callback", "mode"): _one_of("auto", "min", "max"),
    ("layer", "output_mode"): _one_of("int", "one_hot", "multi_hot", "count", "tf_idf"),
    ("layer", "keep"): _one_of("start", "end"),
    ("layer", "data_format"): _one_of("channels_last", "channels_first"),
}
_PADDINGS = ("valid", "same", "causal")
_PADDING = Rule(
    f"one of {', '.join(_PADDINGS)}",
    lambda value: not isinstance(value, str) or value in _PADDINGS,
    {"anyOf": [{"enum": list(_PADDINGS)}, {"not": _TEXT}]},
)
_BY_DEFAULT = {bool: TRUTH, int: NUMBER, float: NUMBER, str: TEXT}


def rule_for(kind: str, argument: Argument) -> Rule | None:
    """The rule for an argument of a class of this kind, or None where nothing can be said.

    >>> rule_for("optimizer", Argument("momentum", False, 0.0)).allowed
    'a number from 0 to 1'
    """
    if argument.name == "padding":
        return _PADDING
    named = _BY_KIND.get((kind, argument.name)) or _BY_NAME.get(argument.name)
    return named or (None if argument.required else _BY_DEFAULT.get(type(argument.default)))


def nested(name: str, module: str) -> tuple[str, int] | None:
    """The kind of object an argument of a class in `module` holds, and how deep in lists it lies.

    >>> nested("branches", "nnlab.models.branches"), nested("layer", "keras.layers")
    (('layer', 2), ('layer', 0))
    """
    own = OWN_NESTED.get(name) if module.startswith("nnlab.") else None
    kind = nested_kind(name)
    return own or ((kind, 0) if kind else None)


def nested_kind(name: str) -> str | None:
    """The kind of object an argument holds (`kernel_regularizer`: "regularizer"); None for a plain value."""
    return NESTED.get(name) or next(
        (kind for end, kind in NESTED_SUFFIXES.items() if name.endswith(end)), None
    )
