"""Pictures in files: decoded with care, since they are untrusted, and brought to one size and colour."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from nnlab.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

Color = Literal["grayscale", "rgb"]
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


def read_image(path: Path, size: tuple[int, int], color: Color) -> np.ndarray:
    """A picture as uint8 (height, width) or (height, width, 3), resized to `size` = (height, width).

    Turned as its EXIF data say; transparent parts are white. Raises DataError naming the file.
    """
    from PIL import Image

    image = open_image(path)
    image = image.convert("L" if color == "grayscale" else "RGB")
    if image.size != (size[1], size[0]):
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(image)


def open_image(path: Path) -> "Image.Image":
    """A decoded picture, 8 bits a channel, opaque and upright. Raises DataError for anything else."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                image.load()
                return _opaque(_eight_bits(ImageOps.exif_transpose(image)))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise DataError(
            f"{path}: unpacks to more than {Image.MAX_IMAGE_PIXELS} pixels; a smaller picture"
        ) from None
    # Damaged pictures fail in many ways: OSError, SyntaxError, struct.error, EOFError …
    except Exception as error:
        reason = "no picture" if type(error).__name__ == "UnidentifiedImageError" else str(error)
        raise DataError(f"{path}: cannot be read ({reason}); one of {', '.join(FORMATS)}") from None


def _eight_bits(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image, np.float64) / 257).clip(0, 255).round().astype(np.uint8))


def _opaque(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    if not image.has_transparency_data:
        return image
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
