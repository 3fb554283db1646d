"""What MNIST and Fashion-MNIST share: four idx files with the same names, shapes and decoding."""

from collections.abc import Mapping

from nnlab.data.cache import ArrayFact
from nnlab.data.decoding import decode_idx
from nnlab.data.fetching import Arrays

FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
ZIPPED = {key: f"{name}.gz" for key, name in FILES.items()}


def below(folder: str, names: Mapping[str, str]) -> dict[str, str]:
    """The same files in a folder of an archive."""
    return {key: f"{folder}/{name}" for key, name in names.items()}


def decode_all(members: Mapping[str, bytes]) -> Arrays:
    """Each idx file as an array. Raises DataError."""
    return {key: decode_idx(content, key) for key, content in members.items()}


def facts(x_train: str, y_train: str, x_test: str, y_test: str) -> dict[str, ArrayFact]:
    """The four arrays' facts from the hashes of their bytes."""
    return {
        "x_train": ArrayFact("uint8", (60000, 28, 28), x_train),
        "y_train": ArrayFact("uint8", (60000,), y_train),
        "x_test": ArrayFact("uint8", (10000, 28, 28), x_test),
        "y_test": ArrayFact("uint8", (10000,), y_test),
    }
