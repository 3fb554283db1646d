"""What CIFAR-10 and CIFAR-100 share: 32×32 colour pictures in pickled batches."""

from collections.abc import Callable, Mapping

import numpy as np

from nnlab.data.decoding import decode_cifar
from nnlab.data.fetching import Arrays

ADDRESS = "https://www.cs.toronto.edu/~kriz/"


def decoder(labels: bytes) -> Callable[[Mapping[str, bytes]], Arrays]:
    """A decoder of batches: the one called "test", and all others, in order, for training."""

    def decode(members: Mapping[str, bytes]) -> Arrays:
        batches = {key: decode_cifar(content, key, labels) for key, content in members.items()}
        x_test, y_test = batches.pop("test")
        images, found = zip(*batches.values(), strict=True)
        return {
            "x_train": np.concatenate(images),
            "y_train": np.concatenate(found),
            "x_test": np.ascontiguousarray(x_test),
            "y_test": y_test,
        }

    return decode
