"""The signatures read from source are those of the imported classes."""

import importlib
import inspect

import pytest

from nnlab.names import ABSTRACT, NAMESPACES, PARTS, members, signature

pytestmark = pytest.mark.slow
CLASS_KINDS = [kind for kind in NAMESPACES if kind != "activation"]


# Keras takes these and does nothing with them; nnlab says that it does not know them.
IGNORED_BY_KERAS = {
    ("HashedCrossing", "trainable"),
    ("HashedCrossing", "autocast"),
    ("HashedCrossing", "activity_regularizer"),
    ("IntegerLookup", "trainable"),
    ("IntegerLookup", "dtype"),
    ("StringLookup", "trainable"),
    ("StringLookup", "dtype"),
    ("ReduceLROnPlateau", "baseline"),
}


def inherited(cls: type) -> dict[str, inspect.Parameter]:
    """Every keyword along the classes that hand **kwargs up, nearest first."""
    found: dict[str, inspect.Parameter] = {}
    for base in cls.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                found.setdefault(parameter.name, parameter)
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            break
    return found


def classes() -> list[tuple[str, str]]:
    return [(kind, name) for kind in CLASS_KINDS for name in members(kind)]


def imported(kind: str, name: str) -> type:
    module, _, class_name = members(kind)[name].partition(":")
    return getattr(importlib.import_module(module), class_name)


def test_there_are_hundreds_of_classes():
    assert len(classes()) > 270


@pytest.mark.parametrize(("kind", "name"), classes())
def test_signature_equals_the_imported_class(kind: str, name: str):
    read = signature(members(kind)[name]).arguments
    real = inherited(imported(kind, name))

    assert not set(read) - set(real)
    for argument in read.values():
        parameter = real[argument.name]
        assert argument.required == (parameter.default is parameter.empty), argument.name
        if argument.default is not None:
            assert argument.default == parameter.default, argument.name


def left_out() -> list[tuple[str, str, str]]:
    return [
        (kind, name, argument)
        for kind, name in classes()
        for argument in set(inherited(imported(kind, name))) - set(signature(members(kind)[name]).arguments)
    ]


def test_what_is_left_out_cannot_be_given():
    found = left_out()
    assert ("layer", "Conv2D", "rank") in found
    assert {(name, argument) for _, name, argument in found} >= IGNORED_BY_KERAS
    for kind, name, argument in found:
        if (name, argument) in IGNORED_BY_KERAS:
            continue
        required = [item.name for item in signature(members(kind)[name]).arguments.values() if item.required]
        with pytest.raises((TypeError, ValueError), match=argument):
            imported(kind, name)(**{**dict.fromkeys(required, 2), argument: 2})


@pytest.mark.parametrize("kind", list(NAMESPACES))
def test_members_are_the_namespace(kind: str):
    namespace = importlib.import_module(NAMESPACES[kind])
    wanted = inspect.isfunction if kind == "activation" else inspect.isclass
    part = PARTS.get(kind, "")
    found = {
        name: item for name, item in vars(namespace).items() if wanted(item) and not name.startswith("_")
    }
    public = {name for name, item in found.items() if item.__module__.startswith(part)}
    own = {name for name, where in members(kind).items() if where.startswith("nnlab.")}

    assert public - ABSTRACT[kind] - set(members(kind)) <= lower_case_aliases(kind, public)
    assert set(members(kind)) - own <= public


def lower_case_aliases(kind: str, public: set[str]) -> set[str]:
    """`keras.initializers.ones`, another spelling of `Ones`."""
    return set() if kind == "activation" else {name for name in public if name.islower() or "_" in name}


def test_nothing_is_called_abstract_that_is_not_there():
    for kind, names in ABSTRACT.items():
        namespace = vars(importlib.import_module(NAMESPACES[kind]))
        assert names <= set(namespace), names - set(namespace)
