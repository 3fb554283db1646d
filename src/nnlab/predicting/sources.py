"""Where the network for a prediction comes from: a run, or a model file in place of one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.errors import ModelFileError, RunNotFoundError, StorageError
from nnlab.plan import Tracking
from nnlab.predicting.model_input import ModelInput, direct_layers, guessed_spec, model_input
from nnlab.predicting.restored import Scale, scale_of
from nnlab.saving.safety import SUFFIXES, inspect_model
from nnlab.spec import DataSpec


@dataclass(frozen=True)
class Source:
    """A model file that has been looked into, what it takes, what is known of its data, and their scale inside."""

    path: Path
    wanted: ModelInput
    spec: DataSpec
    scale: Scale

    @property
    def restores(self) -> bool:
        """Whether pictures come out."""
        return self.spec.task == "reconstruction" and self.wanted.is_picture


def is_model_file(text: str) -> bool:
    """Whether RUN is a model file: its name ends so, or there is a file of that name."""
    return (
        Path(text).suffix in {suffix for group in SUFFIXES.values() for suffix in group}
        or Path(text).is_file()
    )


def from_file(path: Path, trusted: tuple[str, ...]) -> Source:
    """A model file alone: its classes are called 0…k-1. Raises ModelFileError."""
    return _source(path, trusted, None)


def from_run(tracking: Tracking, text: str, trusted: tuple[str, ...]) -> Source:
    """The model and the data's description that a run left.

    text: its id, a prefix of it, its name, or `last`. Raises RunNotFoundError, StorageError, ModelFileError.
    """
    from nnlab.tracking import tags as names
    from nnlab.tracking.family import children_of
    from nnlab.tracking.runs import artifact, find_run

    run = find_run(tracking, text)
    if names.FOLDS in run.tags:
        folds = ", ".join(row.name for row in children_of(tracking, run.id))
        raise RunNotFoundError(
            f"RUN: {text!r} is a cross-validation of {run.tags[names.FOLDS]} networks; one of {folds}"
        )
    return _source(artifact(run, "model/model.keras"), trusted, read_spec(artifact(run, "config/spec.json")))


def read_spec(path: Path) -> DataSpec:
    """The description of a run's data. Raises StorageError where the file is not one."""
    try:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        plain: dict[str, Any] = {key: _frozen(value) for key, value in fields.items()}
        return DataSpec(**plain)
    except (ValueError, TypeError, AttributeError, OSError) as error:
        raise StorageError(f"{path}: cannot be read ({error}); the description of a run's data") from None


def _source(path: Path, trusted: tuple[str, ...], spec: DataSpec | None) -> Source:
    configuration = inspect_model(path, trusted).configuration
    wanted = model_input(configuration)
    if wanted is None:
        raise ModelFileError(f"{path}: takes no single input of a fixed shape; a network of pictures or rows")
    guessed = spec or guessed_spec(configuration, wanted, path.name)
    return Source(path, wanted, guessed, scale_of(direct_layers(configuration)))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
