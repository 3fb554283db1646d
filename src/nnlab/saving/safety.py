"""Model files from anywhere: what could run code, read files or fill the memory is refused unopened."""

import importlib
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import ModelFileError
from nnlab.names import OWN_MODULES, suggest
from nnlab.saving.archive import read_archive
from nnlab.saving.configuration import inspect, read_configuration
from nnlab.saving.dry_build import inspect_size
from nnlab.saving.hdf5 import inspect_hdf5, text_attribute
from nnlab.saving.refusal import Refusal

if TYPE_CHECKING:
    import keras

SUFFIXES = {"zip": (".keras",), "hdf5": (".h5", ".hdf5")}
_SIGNATURES = {b"PK\x03\x04": "zip", b"\x89HDF\r\n\x1a\n": "hdf5"}


@dataclass(frozen=True)
class ModelFile:
    """What an inspected file holds: the network's description and how many numbers its arrays have."""

    configuration: dict[str, Any]
    numbers: int


def load_model(path: Path, trusted_packages: tuple[str, ...] = ()) -> "keras.Model":
    """Load a .keras or .h5 file that may come from anybody; not compiled, only fit to predict.

    trusted_packages: packages, importable from here, whose classes the model may use.
    Raises ModelFileError, one line that begins with the path.
    """
    file = inspect_model(path, trusted_packages)
    import keras

    for module in OWN_MODULES["layer"]:
        importlib.import_module(module)
    custom = _trusted_classes(file.configuration, trusted_packages)
    try:
        inspect_size(file.configuration, file.numbers, custom)
        return _a_model(keras.saving.load_model(path, custom_objects=custom, compile=False, safe_mode=True))
    except Refusal as error:
        raise ModelFileError(f"{path}: refused: {error}") from None
    except Exception as error:  # Keras raises whatever the file provokes.
        raise ModelFileError(f"{path}: Keras cannot load it: {_first_line(error)}") from error


def _a_model(loaded: Any) -> "keras.Model":
    import keras

    if not isinstance(loaded, keras.Model):
        raise Refusal(f"a {type(loaded).__name__}, which is no model")
    return loaded


def inspect_model(path: Path, trusted_packages: tuple[str, ...] = ()) -> ModelFile:
    """Look into a model file without Keras and without running anything. Raises ModelFileError."""
    kind = _kind(path)
    try:
        return (
            _inspect_zip(path, trusted_packages) if kind == "zip" else _inspect_hdf5(path, trusted_packages)
        )
    except Refusal as error:
        raise ModelFileError(f"{path}: refused: {error}") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(
            f"{path}: {_damage(error)}; a whole {'.keras' if kind == 'zip' else '.h5'} file is needed"
        ) from None
    except OSError as error:
        raise ModelFileError(f"{path}: {_damage(error)}; a whole model file is needed") from None


def _kind(path: Path) -> str:
    """Whether the content is a zip archive or HDF5; a file of neither kind, or wrongly named, is an error."""
    if not path.exists():
        near = (
            suggest(path.name, [item.name for item in path.parent.iterdir()])
            if path.parent.is_dir()
            else None
        )
        raise ModelFileError(f"{path}: no such file" + (f"; did you mean {near!r}?" if near else ""))
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise ModelFileError(f"{path}: {error.strerror}; a .keras or .h5 file is needed") from None
    if not head:
        raise ModelFileError(f"{path}: the file is empty (0 bytes); a .keras or .h5 file is needed")
    kind = next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)
    if kind is None:
        raise ModelFileError(f"{path}: {_looks_like(head)}, not a model; a .keras or .h5 file is needed")
    if path.suffix not in SUFFIXES[kind]:
        raise ModelFileError(
            f"{path}: holds {kind} but ends in {path.suffix or 'nothing'}; it must end in {SUFFIXES[kind][0]}"
        )
    return kind


def _looks_like(head: bytes) -> str:
    if head[:1] == b"\x80" and head[1] <= 5:
        return "a Python pickle, which could run code"
    try:
        head[:-4].decode("utf-8") if len(head) == 4096 else head.decode("utf-8")
    except UnicodeDecodeError:
        return "an unknown kind of file"
    return "an unknown kind of file" if b"\0" in head else "a text file"


def _inspect_zip(path: Path, trusted: tuple[str, ...]) -> ModelFile:
    import h5py

    text, weights = read_archive(path)
    configuration = read_configuration(text, trusted)
    with h5py.File(BytesIO(weights), "r") as file:
        return ModelFile(configuration, inspect_hdf5(file, len(weights)))


def _inspect_hdf5(path: Path, trusted: tuple[str, ...]) -> ModelFile:
    import h5py

    with h5py.File(path, "r") as file:
        numbers = inspect_hdf5(file, path.stat().st_size)
        text = text_attribute(file, "model_config")
        if text is None:
            raise Refusal("weights without a description of their network; give model.keras or model.h5")
        configuration = read_configuration(text, trusted)
        if training := text_attribute(file, "training_config"):
            read_training(training, trusted)
    return ModelFile(configuration, numbers)


def read_training(text: str, trusted: tuple[str, ...]) -> None:
    """Check how an .h5 model was compiled. Raises Refusal."""
    inspect(read_configuration('{"class_name": "Sequential", "config": ' + text + "}", trusted), trusted)


def _damage(error: BaseException) -> str:
    text = _first_line(error)
    short = "truncated" in text or "not a zip file" in text or isinstance(error, EOFError)
    return f"the file is cut short ({text})" if short else f"the file is damaged ({text})"


def _trusted_classes(configuration: Any, trusted: tuple[str, ...]) -> dict[str, Any]:
    """The classes of trusted packages that the description names, imported."""
    found: dict[str, Any] = {}
    for item in _objects(configuration):
        module, name = item.get("module"), item["class_name"]
        if isinstance(module, str) and module.split(".")[0] in trusted:
            if (here := str(Path.cwd())) not in sys.path:
                sys.path.insert(0, here)
            found[item.get("registered_name") or name] = getattr(importlib.import_module(module), name)
    return found


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in _objects(item)]
    if not isinstance(value, dict):
        return []
    inner = [found for item in value.values() for found in _objects(item)]
    return [value, *inner] if "class_name" in value else inner


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]
