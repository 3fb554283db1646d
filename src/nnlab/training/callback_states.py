"""What Keras's callbacks remember from epoch to epoch, taken out of them and put back.

A callback's memory is its plain attributes: numbers, texts, arrays, and lists of these. What belongs to the
process (the model, open files) is made anew by `on_train_begin`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_OF_THE_PROCESS = ("model", "params", "_model", "append", "append_header")
_DIRECTION = "monitor_op"
"""`keras.ops.less` or `greater`: Keras's monitors choose at their first epoch, and give min_delta its sign."""


def state_of(callback: Any) -> dict[str, Any]:
    """The callback's own plain attributes: None, bool, int, float, str, arrays, and lists of them."""
    state = {
        name: value
        for name, value in vars(callback).items()
        if name not in _OF_THE_PROCESS and _is_plain(value)
    }
    direction = getattr(callback, _DIRECTION, None)
    return state | ({_DIRECTION: direction.__name__} if direction else {})


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, bool | int | float | str | np.ndarray | np.generic)


def put_back(callback: Any, state: Mapping[str, Any]) -> None:
    """Let the callback remember; call it after `on_train_begin`, which forgets."""
    from keras import ops

    for name, value in state.items():
        chosen = getattr(ops, value) if name == _DIRECTION and value else _plain_scalar(value)
        setattr(callback, name, chosen)


def _plain_scalar(value: Any) -> Any:
    """Keras compares with numbers, and a 0-dimensional array is one only to numpy."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def continue_files(callbacks: Sequence[Any], epoch: int) -> None:
    """Let CSVLogger go on below its lines of the first `epoch` epochs; call it before `on_train_begin`."""
    import keras

    for callback in callbacks:
        if isinstance(callback, keras.callbacks.CSVLogger):
            callback.append = True
            _cut(Path(callback.filename), 1 + epoch)


def _cut(file: Path, lines: int) -> None:
    if file.is_file():
        kept = file.read_text(encoding="utf-8").splitlines(keepends=True)[:lines]
        file.write_text("".join(kept), encoding="utf-8")
