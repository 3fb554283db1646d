"""Pictures that a network gives back, as files beside those it was shown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import RequestError
from nnlab.predicting.model_input import ModelInput
from nnlab.replacing import aside, put_in_place

END = "-reconstructed.png"


@dataclass(frozen=True)
class Scale:
    """How a network's numbers became of raw ones: raw · factor + offset, numbers or one for each channel.

    known: False where a layer stands in front that learned from data, whose numbers no picture holds.
    """

    factor: Any = 1.0
    offset: Any = 0.0
    known: bool = True


_SHAPES = {"InputLayer", "Reshape", "Permute", "Resizing", "CenterCrop"}
_LEARNED = {"Normalization", "MeanImputation", "PixelPermutation"}


def scale_of(layers: Sequence[dict[str, Any]]) -> Scale:
    """The scale behind the layers that stand in front of a network, from their descriptions."""
    scale = Scale()
    for layer in layers:
        config = layer.get("config", {})
        if layer.get("class_name") == "Rescaling":
            factor, offset = np.asarray(config["scale"]), np.asarray(config.get("offset", 0.0))
            scale = Scale(factor * scale.factor, factor * scale.offset + offset)
        elif layer.get("class_name") in _LEARNED:
            return Scale(known=False)
        elif layer.get("class_name") not in _SHAPES:
            break
    return scale


def as_pixels(output: np.ndarray, wanted: ModelInput, scale: Scale, inverted: bool) -> tuple[np.ndarray, str]:
    """An output as uint8 (h, w) or (h, w, 3), and a word on its tones where they are not those of the input.

    inverted: the file was dark on light and was turned for the network, so that the picture is turned back.
    """
    values = np.asarray(output, np.float64)
    values = values[..., 0] if values.ndim == 3 and values.shape[-1] == 1 else values
    low, high, note = wanted.low, wanted.high, ""
    if scale.known:
        values = (values - scale.offset) / scale.factor
    else:
        low, high = float(values.min()), float(values.max())
        note = f"black is {low:.3g} and white {high:.3g} of the network's own scale"
    shares = np.clip((values - low) / ((high - low) or 1), 0, 1)
    return (255 * (1 - shares if inverted else shares)).round().astype(np.uint8), note


def name_files(files: Sequence[tuple[Path, int]], folder: Path | None) -> list[list[Path]]:
    """Where the pictures of each file go: into `folder`, or beside it where that is None.

    files: each with its number of samples. Raises RequestError where two would get one name.
    """
    named = [
        [_target(path, folder, f"-{at}" if count > 1 else "") for at in range(count)] for path, count in files
    ]
    many = Counter(target for targets in named for target in targets)
    for (path, _), targets in zip(files, named, strict=True):
        if double := next((target for target in targets if many[target] > 1), None):
            raise RequestError(
                f"{path}: its picture and another's would both be {double}; one of them at a time"
            )
    return named


def _target(path: Path, folder: Path | None, number: str) -> Path:
    return (folder or path.parent) / f"{path.stem}{number}{END}"


def write_picture(pixels: np.ndarray, target: Path) -> None:
    """Write a PNG, whole or not at all. Raises StorageError."""
    from PIL import Image

    with aside(target.parent) as place:
        Image.fromarray(pixels).save(place / target.name)
        put_in_place(place / target.name, target)
