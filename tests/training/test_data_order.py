"""Row 1's rule inside one process: order and dropout are pure functions of (seed, epoch)."""

from typing import Any

import numpy as np
import pytest

from nnlab.seeds import reseed
from nnlab.spec import Samples
from nnlab.training.feed import Feed, InputFeed, split_preprocessing


@pytest.fixture(scope="module")
def feed() -> Feed:
    x = np.arange(50 * 4, dtype=np.uint8).reshape(50, 4)
    return Feed(Samples(x, np.arange(50)), [], lambda y: y)


def test_an_order_is_a_permutation(feed: Feed):
    assert sorted(np.asarray(feed.order(0, 0, True))) == list(range(50))


def test_an_order_is_the_same_twice_and_another_by_epoch_and_seed(feed: Feed):
    def order(seed: int, epoch: int) -> tuple[int, ...]:
        return tuple(np.asarray(feed.order(seed, epoch, True)))

    assert order(3, 5) == order(3, 5)
    orders = {order(seed, epoch) for seed in range(3) for epoch in range(4)}
    assert len(orders) == 12


def test_without_shuffling_the_order_is_the_data_s(feed: Feed):
    assert list(np.asarray(feed.order(7, 3, False))) == list(range(50))


def test_a_batch_holds_the_samples_asked_for(feed: Feed):
    x, y = feed.batch(feed.tensors(), np.array([4, 1]))
    assert np.asarray(y).tolist() == [4, 1]
    assert np.asarray(x).tolist() == [[16, 17, 18, 19], [4, 5, 6, 7]]


def test_dropout_differs_by_epoch_and_seed_and_comes_back():
    import keras

    network = keras.Sequential([keras.Input((200,)), keras.layers.Dropout(0.5), keras.layers.Dropout(0.1)])

    def mask(seed: int, epoch: int) -> tuple[float, ...]:
        reseed(network, seed, epoch)
        return tuple(np.asarray(network(np.ones((1, 200)), training=True))[0])

    assert mask(0, 1) == mask(0, 1)
    assert len({mask(seed, epoch) for seed in (0, 1) for epoch in (0, 1, 2)}) == 6


def test_two_layers_of_one_network_drop_different_units():
    import keras

    layers = [keras.layers.Dropout(0.5), keras.layers.Dropout(0.5)]
    network = keras.Sequential([keras.Input((200,)), *layers])
    reseed(network, 0, 0)
    first, second = (np.asarray(layer(np.ones((1, 200)), training=True)) for layer in layers)
    assert not np.array_equal(first, second)


def test_pixels_stay_bytes_and_are_scaled_in_the_batch():
    import keras

    samples = Samples(np.arange(36, dtype=np.uint8).reshape(4, 3, 3), np.arange(4))
    feed = Feed(samples, [keras.layers.Rescaling(0.5)], lambda y: y)
    assert feed.x.dtype.name == "uint8"
    x, _ = feed.batch(feed.tensors(), np.array([1]))
    np.testing.assert_array_equal(np.asarray(x)[0], samples.x[1] * 0.5)


def test_what_does_not_grow_is_done_once():
    import keras

    scale = keras.layers.Rescaling(0.5)
    table = np.ones((4, 3), np.float32)
    feed = Feed(Samples(table, np.arange(4)), [scale], lambda y: y)
    assert feed.in_batch == []
    np.testing.assert_array_equal(np.asarray(feed.x), table * 0.5)

    crop = keras.layers.CenterCrop(2, 2)
    once, in_batch = split_preprocessing([crop, scale], np.zeros((4, 8, 8, 1), np.uint8))
    assert (once, in_batch) == ([crop, scale], [])


def test_a_large_layer_before_a_small_one_is_done_once_too():
    import keras

    layers: list[Any] = [keras.layers.Rescaling(0.5), keras.layers.CenterCrop(2, 2)]
    once, in_batch = split_preprocessing(layers, np.zeros((4, 8, 8, 1), np.uint8))
    assert (len(once), in_batch) == (2, [])


def test_inputs_are_their_own_targets_as_they_leave_the_preprocessing():
    import keras

    x = np.arange(36, dtype=np.uint8).reshape(4, 3, 3)
    feed = InputFeed(Samples(x, x), [keras.layers.Rescaling(0.5)], lambda y: y + 1, None)
    assert (len(feed.tensors()), feed.x.dtype.name) == (1, "uint8")
    shown, wanted = (np.asarray(part) for part in feed.batch(feed.tensors(), np.array([2, 0])))
    np.testing.assert_array_equal(shown, x[[2, 0]] * 0.5)
    np.testing.assert_array_equal(wanted, shown + 1)


def test_spoilt_inputs_come_with_the_clean_ones_of_the_same_samples():
    import keras

    x = np.arange(12, dtype=np.uint8).reshape(4, 3)
    spoilt = 100 + x.astype(np.float32)
    feed = InputFeed(Samples(x, x), [keras.layers.Rescaling(0.5)], lambda y: y, spoilt)
    shown, wanted = (np.asarray(part) for part in feed.batch(feed.tensors(), np.array([3, 1])))
    np.testing.assert_array_equal(shown, spoilt[[3, 1]])
    np.testing.assert_array_equal(wanted, x[[3, 1]] * 0.5)
