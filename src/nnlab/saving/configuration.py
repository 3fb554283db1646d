"""The description of a network inside a model file, walked as data: it may name only what builds layers.

Keras's own safe mode lets the class names of every imported package through to its registries; here a name is
refused unless it belongs to a list of modules, before Keras sees the file.
"""

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from nnlab.names import NAMESPACES, OWN_MODULES, members
from nnlab.saving.refusal import Refusal

MAX_BYTES = 32 << 20
MAX_DEPTH = 100
MAX_NUMBER = 1 << 40
MAX_VALUES = 1 << 28
RUNS_CODE = {
    "Lambda": "a Lambda layer, which runs Python code from the file",
    "__lambda__": "a lambda, which runs Python code from the file",
    "TFSMLayer": "a TFSMLayer, which runs a TensorFlow program from another file",
    "TorchModuleWrapper": "a TorchModuleWrapper, which unpickles code",
    "JaxLayer": "a JaxLayer, which runs Python code",
    "FlaxLayer": "a FlaxLayer, which runs Python code",
    "__typespec__": "a TensorFlow type specification, which names foreign classes",
}
_PLAIN_VALUES = {"__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "__keras_tensor__"}
_KERAS_PARTS = {
    *NAMESPACES.values(),
    "keras.models",
    "keras.dtype_policies",
    "keras.quantizers",
    "keras.random",
}
_KERAS_FOLDERS = ("keras.src.ops.", "keras.src.models.")
_KERAS_TOP = {
    "Sequential",
    "Functional",
    "Model",
    "DTypePolicy",
    "FloatDTypePolicy",
    "Variable",
    "Input",
    "InputSpec",
}
_FUNCTION_MODULES = {"builtins", "keras.activations", "keras.losses", "keras.metrics", "keras.ops"}


def read_configuration(text: str | bytes, trusted: tuple[str, ...] = ()) -> dict[str, Any]:
    """Parse and check the JSON of a model. trusted: packages whose classes may be named. Raises Refusal."""
    if len(text) > MAX_BYTES:
        raise Refusal(f"a configuration of {len(text) >> 20} MiB; at most {MAX_BYTES >> 20} MiB")
    try:
        configuration = json.loads(text)
    except RecursionError:
        raise Refusal("a configuration nested thousands of levels deep") from None
    except ValueError as error:
        raise Refusal(f"a configuration that is no JSON ({error})") from None
    if not isinstance(configuration, dict) or "class_name" not in configuration:
        raise Refusal("a configuration that describes no network")
    inspect(configuration, trusted)
    return configuration


def inspect(configuration: Any, trusted: tuple[str, ...] = ()) -> None:
    """Refuse whatever in a parsed configuration is more than layers and numbers. Raises Refusal."""
    for key, value in _walk(configuration):
        if isinstance(value, dict) and "class_name" in value:
            _inspect_object(value, trusted)
        elif key == "vocabulary" and isinstance(value, str):
            raise Refusal("a vocabulary that would be read from another file")
        elif (
            isinstance(value, int)
            and abs(value) > MAX_NUMBER
            and "seed" not in key
            and key != "shared_object_id"
        ):
            raise Refusal(f"{key}: {value:.3g}, more than any layer holds")
        elif isinstance(value, list) and key.endswith("shape") and _values(value) > MAX_VALUES:
            raise Refusal(f"{key} of {_values(value):,} values; at most {MAX_VALUES:,}")


def _values(shape: list[Any]) -> int:
    return math.prod(size for size in shape if isinstance(size, int))


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Every value with its key, without recursion. Raises Refusal below MAX_DEPTH."""
    waiting = [("", root, 0)]
    while waiting:
        key, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Refusal(f"a configuration nested more than {MAX_DEPTH} levels deep")
        yield key, value
        if isinstance(value, dict):
            waiting += [(str(inner), item, depth + 1) for inner, item in value.items()]
        elif isinstance(value, list):
            waiting += [(key, item, depth + 1) for item in value]


def _inspect_object(described: dict[str, Any], trusted: tuple[str, ...]) -> None:
    name, module, registered = (described.get(key) for key in ("class_name", "module", "registered_name"))
    texts = [text for text in (name, module, registered) if text is not None]
    if not isinstance(name, str) or not all(isinstance(text, str) for text in texts):
        raise Refusal("a class name that is no text")
    for text in (name, registered or ""):
        if danger := RUNS_CODE.get(text.rpartition(">")[2]):
            raise Refusal(danger)
    if name in _PLAIN_VALUES:
        return
    if name == "function":
        _inspect_function(described.get("config"), module, trusted)
    elif module is None:
        _inspect_bare_name(name, trusted)
    elif not (
        _is_keras(module, name, registered) or _is_own(module, registered) or _package(module) in trusted
    ):
        raise _foreign(
            f"{module}.{name}" + (f" as {registered}" if registered not in (None, name) else ""), trusted
        )


def _is_keras(module: str, name: str, registered: str | None) -> bool:
    known = (
        (module == "keras" and name in _KERAS_TOP)
        or module in _KERAS_PARTS
        or module.startswith(_KERAS_FOLDERS)
    )
    # Only classes, which are capitalised: a function such as keras.models.load_model is no part of a network.
    return known and name.isidentifier() and name.lstrip("_")[:1].isupper() and registered in (None, name)


def _is_own(module: str, registered: str | None) -> bool:
    return module in OWN_MODULES["layer"] and (registered is None or _package(registered) == "nnlab")


def _inspect_function(name: Any, module: str | None, trusted: tuple[str, ...]) -> None:
    if isinstance(name, str) and module in _FUNCTION_MODULES and name in _keras_functions():
        return
    if module is None or _package(module) not in trusted:
        raise _foreign(f"{module}.{name}", trusted)


def _inspect_bare_name(name: str, trusted: tuple[str, ...]) -> None:
    """The older form, used in .h5, names no module."""
    own = name.startswith("nnlab>") and name.removeprefix("nnlab>") in members("layer")
    if not (own or name in _keras_classes() or (">" in name and _package(name) in trusted)):
        raise _foreign(name, trusted)


def _foreign(name: str, trusted: tuple[str, ...]) -> Refusal:
    allowed = ", ".join(("Keras", "nnlab", *trusted))
    return Refusal(
        f"the foreign {name[:120]!r}; only what {allowed} define may be named, or a package trusted by name"
    )


def _package(dotted: str) -> str:
    return re.split(r"[.>]", dotted, maxsplit=1)[0]


@cache
def _keras_classes() -> frozenset[str]:
    classes = {name for kind in NAMESPACES for name in members(kind) if name[0].isupper()}
    return frozenset(classes | _KERAS_TOP | {"InputLayer"})


@cache
def _keras_functions() -> frozenset[str]:
    """Activations, and losses and metrics in their spelling as functions: mean_squared_error."""
    classes = {name for kind in ("loss", "metric") for name in members(kind)}
    return frozenset(
        {*members("activation"), *(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in classes)}
    )
