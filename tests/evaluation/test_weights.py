"""How many weights are nearly zero."""

import numpy as np
import pytest

from nnlab.evaluation.weights import tabulate_weights, zero_share

KERNELS = {
    "dense/kernel": np.array([[0.0, 9e-4], [-9e-4, 0.5]], np.float32),
    "dense_1/kernel": np.array([[-2.0, 1.1e-3]], np.float32),
}


def test_each_kernel_and_all_of_them():
    first, second, together = tabulate_weights(KERNELS)
    assert first["kernel"] == "dense/kernel"
    assert (first["weights"], first["near_zero"], first["largest"]) == (4, 0.75, 0.5)
    assert (second["near_zero"], second["largest"]) == (0.0, 2.0)
    assert (together["kernel"], together["weights"], together["near_zero"]) == ("all", 6, 0.5)
    assert together["mean_size"] == pytest.approx((0.5 + 2 + 2 * 9e-4 + 1.1e-3) / 6, abs=1e-6)


def test_the_share_is_of_all_weights_not_the_mean_of_the_kernels():
    assert zero_share(KERNELS) == 0.5


def test_a_network_without_kernels_has_none():
    assert zero_share({}) == 0
    assert tabulate_weights({})[0]["weights"] == 0
