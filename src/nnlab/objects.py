"""One grammar for every Keras object in YAML: the class name, then the class's own arguments.

Three spellings, one meaning: `name: Adam` with its arguments · `Adam: {learning_rate: 0.01}` · `Adam` alone.
Values are data; a class outside Keras is `package.module.Class` and only from a trusted package.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnlab import names
from nnlab.arguments import LEARNING_RATE, Rule, is_number, nested, rule_for
from nnlab.errors import Problem, show


@dataclass(frozen=True)
class KerasObject:
    """A checked description: kind ("layer"…), class name, arguments (nested too), where it is defined."""

    kind: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""

    def plain(self) -> Any:
        """The same as YAML would hold it."""
        arguments = {key: plain(value) for key, value in self.arguments.items()}
        return {self.name: arguments} if arguments else self.name

    def but(self, **arguments: Any) -> "KerasObject":
        """A copy with some arguments changed."""
        return KerasObject(self.kind, self.name, {**self.arguments, **arguments}, self.where)


def plain(value: Any) -> Any:
    """`value` as YAML would hold it, KerasObjects inside it included."""
    if isinstance(value, KerasObject):
        return value.plain()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def keras_object(kind: str, name: str, /, **arguments: Any) -> KerasObject:
    """Describe one of Keras's (or nnlab's) own from code: `keras_object("layer", "Dense", units=10)`."""
    return KerasObject(kind, name, arguments, names.members(kind)[name])


class Reader:
    """Turns configuration into KerasObjects and collects every mistake on the way, never raising."""

    def __init__(self, trusted_packages: tuple[str, ...] = ()):
        self.trusted = trusted_packages
        self.problems: list[Problem] = []

    def read_list(self, kind: str, config: Any, key: str) -> tuple[KerasObject, ...]:
        """Read a list of objects; items that are wrong are left out and noted."""
        if not isinstance(config, list | tuple):
            self._note(key, show(config), f"a list of {kind}s")
            return ()
        found = (self.read(kind, item, f"{key}[{index}]") for index, item in enumerate(config))
        return tuple(item for item in found if item is not None)

    def read(self, kind: str, config: Any, key: str) -> KerasObject | None:
        """Read one object of a kind ("layer", "optimizer" …); None, and problems noted, when it is wrong."""
        before = len(self.problems)
        name, arguments = self._spell(kind, config, key)
        where = self._find(kind, name, key) if name else None
        if name is None or where is None:
            return None
        checked = self._arguments(kind, where, arguments, key) if kind != "activation" else {}
        return KerasObject(kind, name, checked, where) if len(self.problems) == before else None

    def _spell(self, kind: str, config: Any, key: str) -> tuple[str | None, dict[str, Any]]:
        if isinstance(config, str):
            return config, {}
        if isinstance(config, Mapping) and isinstance(config.get("name"), str):
            return config["name"], {str(k): v for k, v in config.items() if k != "name"}
        if isinstance(config, Mapping) and len(config) == 1:
            name, arguments = next(iter(config.items()))
            if isinstance(name, str) and isinstance(arguments, Mapping | None):
                return name, {str(k): v for k, v in (arguments or {}).items()}
        with_arguments = "" if kind == "activation" else ", or `name:` with its arguments"
        self._note(key, show(config), f"the name of a Keras {kind}{with_arguments}")
        return None, {}

    def _find(self, kind: str, name: str, key: str) -> str | None:
        if "." in name:
            return self._find_trusted(kind, name, key)
        options = names.members(kind)
        if name in names.ABSTRACT[kind]:
            self._note(key, show(name), f"a Keras {kind} that plain values describe whole")
        elif name not in options:
            self._note(key, show(name), f"the name of a Keras {kind}", names.suggest(name, options))
        return options.get(name)

    def _find_trusted(self, kind: str, name: str, key: str) -> str | None:
        if name.split(".")[0] not in self.trusted:
            self._note(
                key, repr(name), f"a Keras {kind}, or a class whose package is listed in trusted_packages"
            )
            return None
        module, _, class_name = name.rpartition(".")
        try:
            names.signature(where := f"{module}:{class_name}")
        except (LookupError, SyntaxError, OSError, ValueError):
            self._note(key, show(name), "a class that exists in a module that can be found from here")
            return None
        return where

    def _arguments(self, kind: str, where: str, given: dict[str, Any], key: str) -> dict[str, Any]:
        signature = names.signature(where)
        for argument in signature.arguments.values():
            if argument.required and argument.name not in given:
                self._note(f"{key}.{argument.name}", "missing", f"{signature.name} needs it")
        return {
            name: self._argument(kind, signature, name, value, f"{key}.{name}")
            for name, value in given.items()
        }

    def _argument(self, kind: str, signature: names.Signature, name: str, value: Any, key: str) -> Any:
        argument = signature.arguments.get(name)
        if argument is None:
            self._unknown(signature, name, key)
        elif value is None:
            self._check_null(kind, argument, key)
        elif name == "learning_rate" and not _names_schedule(value):
            self._check(LEARNING_RATE, value, key)
        elif isinstance(value, KerasObject):
            return value
        elif inner := nested(name, signature.module):
            return self._nested(*inner, value, key)
        else:
            self._check(rule_for(kind, argument), value, key)
        return value

    def _nested(self, kind: str, depth: int, value: Any, key: str) -> Any:
        """An object inside an object, or lists of them `depth` deep."""
        if depth == 0:
            return self.read(kind, value, key)
        if depth == 1:
            return self.read_list(kind, value, key)
        if not isinstance(value, list | tuple):
            self._note(key, show(value), f"a list of lists of {kind}s")
            return ()
        return tuple(
            self._nested(kind, depth - 1, item, f"{key}[{index}]") for index, item in enumerate(value)
        )

    def _unknown(self, signature: names.Signature, name: str, key: str) -> None:
        if signature.takes_anything:
            return
        meant = names.suggest(name, signature.arguments)
        allowed = "" if meant else f"it takes {', '.join(signature.arguments) or 'no arguments'}"
        self._note(key, f"unknown argument of {signature.name}", allowed, meant)

    def _check_null(self, kind: str, argument: names.Argument, key: str) -> None:
        """Keras takes None for objects, texts and what is None already, not for numbers or what it needs."""
        if argument.required or isinstance(argument.default, int | float | tuple):
            rule = LEARNING_RATE if argument.name == "learning_rate" else rule_for(kind, argument)
            self._note(key, "null", rule.allowed if rule else "a value")

    def _check(self, rule: Rule | None, value: Any, key: str) -> None:
        if rule and not rule.holds(value):
            self._note(key, show(value), rule.allowed)
        elif bad := _not_data(value):
            self._note(key, bad, "plain values only")

    def _note(self, key: str, given: str, allowed: str = "", meant: str | None = None) -> None:
        self.problems.append(Problem(key, given, allowed, meant))


def _not_data(value: Any) -> str | None:
    """What in a value is no plain finite data, in words; None when all is well."""
    if isinstance(value, float) and not is_number(value):
        return show(value)
    if isinstance(value, Mapping):
        return next((bad for item in value.values() if (bad := _not_data(item))), None)
    if isinstance(value, list | tuple):
        return next((bad for item in value if (bad := _not_data(item))), None)
    return None


def _names_schedule(value: Any) -> bool:
    return isinstance(value, Mapping | KerasObject) or (
        isinstance(value, str) and value in names.members("schedule")
    )
