"""Which datasets and networks there are: the files of a folder, or a class of a trusted package."""

import importlib
import inspect
import pkgutil
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from nnlab.errors import ConfigError, Problem, show
from nnlab.names import suggest
from nnlab.plan import Dataset, Network, Section

FOLDERS: dict[type[Section], str] = {Dataset: "nnlab.data.sources", Network: "nnlab.models.families"}


@cache
def options(base: type[Section]) -> tuple[str, ...]:
    """The names of nnlab's own datasets (base=Dataset) or networks (base=Network)."""
    package = importlib.import_module(FOLDERS[base])
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def find(base: type[Section], name: object, key: str, trusted: tuple[str, ...] = ()) -> type[Section]:
    """The class called `name`. Raises ConfigError with the nearest name there is."""
    own = options(base)
    if name in own:
        return _class_in(importlib.import_module(f"{FOLDERS[base]}.{name}"), base)
    if isinstance(name, str) and "." in name and name.split(".")[0] in trusted:
        return _trusted_class(base, name, key)
    meant = suggest(name, own) if isinstance(name, str) else None
    dotted = ", or a class whose package is listed in trusted_packages" if "." in str(name) else ""
    raise ConfigError([Problem(f"{key}.name", show(name), f"one of {', '.join(own)}{dotted}", meant)])


def _class_in(module: ModuleType, base: type[Section]) -> type[Section]:
    classes = [
        item
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, base) and item.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise TypeError(
            f"{module.__name__} must define exactly one {base.__name__}, and defines {len(classes)}"
        )
    return classes[0]


def _trusted_class(base: type[Section], name: str, key: str) -> type[Section]:
    module, _, class_name = name.rpartition(".")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), class_name)
    except Exception as error:  # the module is the user's, and importing it may raise anything
        raise ConfigError(
            [Problem(f"{key}.name", show(name), f"a class that can be imported ({error})")]
        ) from None
    if not (inspect.isclass(found) and issubclass(found, base)):
        raise ConfigError(
            [Problem(f"{key}.name", show(name), f"a class that extends nnlab.plan.{base.__name__}")]
        )
    return found
