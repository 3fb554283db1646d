"""Structural similarity of pictures: whether edges and textures are the same, not only the brightness."""

import math

import numpy as np

WINDOW = 11
_BATCH = 500


def measure_similarity(targets: np.ndarray, outputs: np.ndarray, white: float) -> float:
    """The mean SSIM (Wang, Bovik, Sheikh, Simoncelli 2004) of pictures (n, h, w[, channels]), −1 to 1.

    As tf.image.ssim measures it, through a Gaussian window of 11×11; NaN for pictures that are smaller.
    """
    if min(targets.shape[1:3]) < WINDOW:
        return math.nan
    import tensorflow as tf

    first, second = (values[..., None] if values.ndim == 3 else values for values in (targets, outputs))
    found = [
        np.asarray(tf.image.ssim(first[start : start + _BATCH], second[start : start + _BATCH], white))
        for start in range(0, len(first), _BATCH)
    ]
    return float(np.concatenate(found).mean(dtype=np.float64))
