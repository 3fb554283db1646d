"""Small tables that travel inside nnlab."""

from importlib.resources import files

import numpy as np

from nnlab.data.fingerprints import bytes_hash
from nnlab.errors import DataError


def read_shipped(name: str, sha256: str) -> np.ndarray:
    """The float64 rows of a shipped table, without header. Raises DataError unless their hash is `sha256`."""
    file = files("nnlab.data") / "files" / name
    try:
        with file.open(encoding="ascii") as lines:
            rows = np.loadtxt(lines, delimiter=",", skiprows=1, ndmin=2)
    except (OSError, ValueError) as error:
        raise DataError(f"{file}: cannot be read ({error}); install nnlab again") from None
    if bytes_hash(rows) != sha256:
        raise DataError(f"{file}: the numbers are not the published ones; install nnlab again")
    return rows
