"""python -m benchmarks.peak: what this machine can do, in GFLOP/s: large matrix products and convolutions.

Prints the best of several of each, in float32 and bfloat16, with TensorFlow's kernels and all cores.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from nnlab.training.runtime import import_tensorflow

SIZE = 2048
BATCH, SIDE, FROM, TO, KERNEL = 128, 26, 32, 64, 3
TRIES = 10


def main() -> dict[str, float]:
    """GFLOP/s by what was done: `matmul float32`, `convolution bfloat16` …"""
    import_tensorflow()
    import tensorflow as tf

    found: dict[str, float] = {}
    for dtype in ("float32", "bfloat16"):
        square = tf.cast(tf.random.normal((SIZE, SIZE)), dtype)
        images = tf.cast(tf.random.normal((BATCH, SIDE, SIDE, FROM)), dtype)
        kernel = tf.cast(tf.random.normal((KERNEL, KERNEL, FROM, TO)), dtype)
        out = SIDE - KERNEL + 1
        flops = 2 * BATCH * out * out * TO * KERNEL * KERNEL * FROM
        found[f"matmul {dtype}"] = _best(lambda a=square: tf.matmul(a, a), 2 * SIZE**3)
        found[f"convolution {dtype}"] = _best(
            lambda a=images, k=kernel: tf.nn.conv2d(a, k, 1, "VALID"), flops
        )
    return found


def _best(work: Callable[[], Any], flops: int) -> float:
    import tensorflow as tf

    compiled, times = tf.function(work, autograph=False), []
    for _ in range(TRIES + 1):
        began = time.perf_counter()
        compiled()
        times.append(time.perf_counter() - began)
    return flops / min(times[1:]) / 1e9


if __name__ == "__main__":
    print(json.dumps(main()))
