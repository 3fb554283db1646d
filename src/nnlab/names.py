"""A name in a Keras namespace → its signature, without importing Keras.

Keras takes seconds to import; a mistake must cost less than one. Its namespaces are plain re-export files and
its constructors plain functions, so both are read as syntax trees from the installed package: always the
installed version's own names, nothing kept beside the code.
"""

import ast
import difflib
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

NAMESPACES = {
    "layer": "keras.layers",
    "optimizer": "keras.optimizers",
    "schedule": "keras.optimizers.schedules",
    "regularizer": "keras.regularizers",
    "callback": "keras.callbacks",
    "loss": "keras.losses",
    "metric": "keras.metrics",
    "initializer": "keras.initializers",
    "constraint": "keras.constraints",
    "activation": "keras.activations",
    "merge": "keras.layers",
}
# Kinds that are a part of their namespace: the layers that take several inputs and make one of them.
PARTS = {"merge": "keras.src.layers.merging"}
# nnlab's own serialisable layers answer to the same grammar as Keras's.
OWN_MODULES = {"layer": ("nnlab.data.layers", "nnlab.data.text_layers", "nnlab.models.branches")}
# Bases that nobody can use as they are, and wrappers that take Python functions, which YAML cannot hold.
_ABSTRACT_LAYERS = """Layer Wrapper InputLayer Input InputSpec Lambda RNN StackedRNNCells TorchModuleWrapper
FlaxLayer JaxLayer TFSMLayer"""
ABSTRACT = {
    "layer": set(_ABSTRACT_LAYERS.split()),
    # MultiOptimizer maps variables to optimizers; no callback or log can read a learning rate of it.
    "optimizer": {"Optimizer", "MultiOptimizer", "OptimizerMap"},
    "schedule": {"LearningRateSchedule"},
    "regularizer": {"Regularizer"},
    "callback": {"Callback", "CallbackList", "LambdaCallback", "History", "ProgbarLogger"},
    "loss": {"Loss"},
    "metric": {"Metric", "MeanMetricWrapper"},
    "initializer": {"Initializer"},
    "constraint": {"Constraint"},
    "activation": {"deserialize", "get", "serialize"},
    "merge": set(),
}


@dataclass(frozen=True)
class Argument:
    """One constructor argument; `default` is only meaningful when not `required`."""

    name: str
    required: bool
    default: Any = None


@dataclass(frozen=True)
class Signature:
    """What a class accepts. `takes_anything` is true when unknown keywords end nowhere that can be read."""

    name: str
    module: str
    arguments: dict[str, Argument]
    takes_anything: bool = False


def suggest(word: str, options: Iterable[str]) -> str | None:
    """The option likely meant by `word`: same letters, initials (`mse`), or a near spelling; else None."""
    options = sorted(set(options))
    bare = _bare(word)
    for matches in (lambda option: _bare(option) == bare, lambda option: _initials(option) == bare):
        if found := [option for option in options if matches(option)]:
            return found[0]
    close = difflib.get_close_matches(bare, [_bare(option) for option in options], n=1, cutoff=0.6)
    return next((option for option in options if close and _bare(option) == close[0]), None)


def _bare(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def _initials(word: str) -> str:
    return "".join(letter.lower() for letter in word if letter.isupper() or letter.isdigit())


@cache
def members(kind: str) -> dict[str, str]:
    """Every usable name of a namespace with the module that defines it: `members("optimizer")["Adam"]`."""
    found = {name: f"{source}:{original}" for name, (source, original) in _imports(NAMESPACES[kind]).items()}
    wanted = str.islower if kind == "activation" else _is_class_name
    keras = {
        name: where
        for name, where in found.items()
        if name not in ABSTRACT[kind] and wanted(name) and where.startswith(PARTS.get(kind, ""))
    }
    return keras | _own(kind)


def _is_class_name(name: str) -> bool:
    return name[0].isupper()


def _own(kind: str) -> dict[str, str]:
    return {
        node.name: f"{module}:{node.name}"
        for module in OWN_MODULES.get(kind, ())
        for node in _tree(module).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


@cache
def signature(where: str) -> Signature:
    """The signature of the class at `"package.module:Class"`, inherited keywords included.

    Raises LookupError when the module or the class is not there.
    """
    module, _, name = where.partition(":")
    arguments: dict[str, Argument] = {}
    rest = _collect(module, name, arguments)
    return Signature(name, module, arguments, takes_anything=rest)


def _collect(module: str, name: str, arguments: dict[str, Argument], passed: ast.Call | None = None) -> bool:
    """Add the constructor's arguments, nearest class first; True if unknown keywords are accepted to the end.

    `passed` is the `super().__init__` call that leads here: what a subclass sets itself is no longer free.
    """
    found = _definition(module, name)
    if found is None:
        raise LookupError(f"{module}:{name}")
    module, node = found
    constructor = next(
        (item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None
    )
    if constructor is not None:
        own = _arguments(constructor)
        taken = _set_by(passed, own)
        for argument in own:
            if argument.name not in taken:
                arguments.setdefault(argument.name, argument)
        passed = _forwarding_call(constructor)
        if passed is None:
            return False
    answers = [_collect_base(module, base, arguments, passed) for base in node.bases]
    # A root class with **kwargs refuses what it does not know, so the end of a chain is closed.
    return bool(answers) and all(answer is None for answer in answers)


def _collect_base(
    module: str, base: ast.expr, arguments: dict[str, Argument], passed: ast.Call | None
) -> bool | None:
    try:
        return _collect(*_resolve(module, ast.unparse(base)), arguments, passed)
    except (LookupError, SyntaxError):
        return None


def _forwarding_call(constructor: ast.FunctionDef) -> ast.Call | None:
    """The `….__init__(…, **kwargs)` in a constructor, or None where unnamed keywords go no further."""
    if constructor.args.kwarg is None:
        return None
    calls = (node for node in ast.walk(constructor) if isinstance(node, ast.Call))
    return next(
        (call for call in calls if _calls_init(call) and any(word.arg is None for word in call.keywords)),
        None,
    )


def _calls_init(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"


def _set_by(call: ast.Call | None, arguments: list[Argument]) -> set[str]:
    """Which of a constructor's arguments a call gives, by place or by name."""
    if call is None:
        return set()
    by_place = {argument.name for argument, _ in zip(arguments, call.args, strict=False)}
    return by_place | {word.arg for word in call.keywords if word.arg}


def _resolve(module: str, dotted: str) -> tuple[str, str]:
    """Where `optimizer.Optimizer` or `keras.layers.Layer`, written in `module`, is defined."""
    head, *inner = dotted.split(".")
    if not inner:
        return module, dotted
    source, name = _imports(module)[head]
    return ".".join(filter(None, (source, name, *inner[:-1]))), inner[-1]


def _definition(module: str, name: str) -> tuple[str, ast.ClassDef] | None:
    """The class `name` as seen from `module`, followed through re-exports."""
    if name in (classes := _classes(module)):
        return module, classes[name]
    source, original = _imports(module).get(name, (None, name))
    return _definition(source, original) if source and original else None


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in _tree(module).body if isinstance(node, ast.ClassDef)}


@cache
def _imports(module: str) -> dict[str, tuple[str, str]]:
    """Local name → (module, name there); the name is empty for a plain `import module`."""
    found: dict[str, tuple[str, str]] = {}
    statements = [
        inner
        for node in _tree(module).body
        for inner in ([node] if not isinstance(node, ast.If) else ast.walk(node))
    ]
    for node in statements:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, (node.module, alias.name))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                found.setdefault(alias.asname or top, (alias.name if alias.asname else top, ""))
    return found


def _arguments(function: ast.FunctionDef) -> list[Argument]:
    positional = function.args.args[1:]
    defaults = [None] * (len(positional) - len(function.args.defaults)) + list(function.args.defaults)
    pairs = [
        *zip(positional, defaults, strict=True),
        *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True),
    ]
    return [Argument(arg.arg, default is None, _literal(default)) for arg, default in pairs]


def _literal(node: ast.expr | None) -> Any:
    try:
        return None if node is None else ast.literal_eval(node)
    except ValueError:
        return None


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(source_file(module).read_text(encoding="utf-8"))


@cache
def source_file(module: str) -> Path:
    """The source file of a module, found without importing any package on the way. Raises LookupError."""
    top, *rest = module.split(".")
    # The installed command, unlike `python -m`, does not look into the working folder by itself.
    spec = importlib.util.find_spec(top) or PathFinder.find_spec(top, [str(Path.cwd())])
    if spec is None or not spec.origin:
        raise LookupError(module)
    base = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
    path = base.joinpath(*rest)
    for candidate in (path / "__init__.py", path.with_name(path.name + ".py"), path):
        if candidate.is_file():
            return candidate
    raise LookupError(module)
