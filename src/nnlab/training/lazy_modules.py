"""Modules of Keras that are executed at their first use, since hardly anybody's run uses them.

They import scikit-learn, scipy.stats and matplotlib, which is a third of what importing Keras takes.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

_LAZY = frozenset(
    [
        "keras._tf_keras.keras.visualization",
        "keras._tf_keras.keras.wrappers",
        "keras.src.visualization",
        "keras.visualization",
        "keras.wrappers",
    ]
)


@contextmanager
def lazy_modules() -> Iterator[None]:
    """Inside, these modules are only bound to their names; whoever asks for something in one has it executed then.

    See https://docs.python.org/3/library/importlib.html#importlib.util.LazyLoader.
    """
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname in _LAZY else None
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec
