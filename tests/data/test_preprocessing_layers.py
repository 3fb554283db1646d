from pathlib import Path

import numpy as np
import pytest

from nnlab.data import preprocessing
from nnlab.errors import DataError
from nnlab.names import members, signature
from nnlab.objects import KerasObject, keras_object

keras = pytest.importorskip("keras")
from nnlab.data.layers import MeanImputation, PixelPermutation  # noqa: E402

TABLE = np.array([[0, 1], [2, 0], [4, 3], [0, 0]], np.float32)


def layer(name: str, **arguments: object) -> KerasObject:
    return keras_object("layer", name, **arguments)


def test_nnlabs_layers_answer_to_the_grammar_of_keras():
    assert set(signature(members("layer")["MeanImputation"]).arguments) >= {"missing", "columns"}
    assert not signature(members("layer")["PixelPermutation"]).arguments["seed"].required


def test_gaps_become_the_mean_of_what_is_known():
    made = MeanImputation()
    made.adapt(TABLE)
    assert np.asarray(made(TABLE)).tolist() == [[3, 1], [2, 2], [4, 3], [3, 2]]


def test_only_the_columns_named_are_filled():
    made = MeanImputation(columns=[1])
    made.adapt(TABLE)
    assert np.asarray(made(TABLE)).tolist() == [[0, 1], [2, 2], [4, 3], [0, 2]]


def test_another_value_may_mean_missing_and_unknown_columns_stay():
    made = MeanImputation(missing=-1)
    made.adapt(np.array([[-1, 5], [-1, -1]], np.float32))
    assert np.asarray(made(np.array([[-1, -1]], np.float32))).tolist() == [[-1, 5]]


def test_batches_teach_the_same_means():
    whole, batches = MeanImputation(), MeanImputation()
    whole.adapt(TABLE)
    batches.adapt([TABLE[:1], TABLE[1:]])
    np.testing.assert_array_equal(np.asarray(whole.means), np.asarray(batches.means))


def test_columns_that_are_not_there():
    with pytest.raises(
        DataError, match=r"dataset\.preprocessing\[0\]: MeanImputation cannot take .* column 7; 0 to 1"
    ):
        preprocessing.adapt([layer("MeanImputation", columns=[7])], TABLE)


@pytest.mark.parametrize("shape", [(6, 4), (6, 4, 3), (24,)])
def test_a_permutation_moves_whole_pixels(shape: tuple[int, ...]):
    x = np.arange(2 * np.prod(shape), dtype=np.float32).reshape(2, *shape)
    moved = np.asarray(PixelPermutation(seed=1)(x))
    assert moved.shape == x.shape
    assert not np.array_equal(moved, x)
    pixels = [rows.reshape(24, -1) for rows in (x[0], moved[0])]
    assert sorted(map(tuple, pixels[0])) == sorted(map(tuple, pixels[1]))
    # The same for every picture: the second one is the first plus a constant.
    np.testing.assert_array_equal(moved[1] - moved[0], x[1] - x[0])


def test_the_seed_is_the_permutation():
    x = np.arange(24, dtype=np.float32)[None]
    one, again, other = (np.asarray(PixelPermutation(seed=seed)(x)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_layers_come_back_from_a_file_as_they_were(tmp_path: Path):
    descriptions = [
        layer("MeanImputation", columns=[0]),
        layer("Normalization"),
        layer("PixelPermutation", seed=3),
    ]
    layers = preprocessing.adapt(descriptions, TABLE)
    model = keras.Sequential([keras.Input((2,)), *layers])
    # A permutation that no seed gives shows that it is read from the file and not drawn again.
    layers[2].order.assign([1, 0])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model.predict(TABLE, verbose=0), loaded.predict(TABLE, verbose=0))
    np.testing.assert_array_equal(model.predict(TABLE, verbose=0), preprocessing.apply(layers, TABLE))


def test_each_layer_learns_from_what_leaves_the_one_before():
    layers = preprocessing.adapt([layer("MeanImputation"), layer("Normalization")], TABLE)
    out = preprocessing.apply(layers, TABLE)
    np.testing.assert_allclose(out.mean(axis=0), [0, 0], atol=1e-6)
    np.testing.assert_allclose(out.std(axis=0), [1, 1], atol=1e-6)
    # Column 0 is 3, 2, 4, 3 after imputation: mean 3, variance 1/2.
    np.testing.assert_allclose(out[1, 0], -1 / np.sqrt(0.5), rtol=1e-5)


def test_large_data_are_learned_in_batches_with_the_same_result(monkeypatch: pytest.MonkeyPatch):
    x = np.random.default_rng(0).normal(5, 3, (2500, 3)).astype(np.float32)
    descriptions = [layer("Rescaling", scale=2.0), layer("Normalization")]
    whole = preprocessing.apply(preprocessing.adapt(descriptions, x), x)
    monkeypatch.setattr(preprocessing, "WHOLE_BYTES", 0)
    batched = preprocessing.apply(preprocessing.adapt(descriptions, x), x)
    np.testing.assert_allclose(batched, whole, atol=1e-4)


def test_numbers_given_in_the_configuration_are_kept():
    layers = preprocessing.adapt([layer("Normalization", mean=0.0, variance=4.0)], TABLE)
    np.testing.assert_allclose(preprocessing.apply(layers, TABLE), TABLE / 2)


def test_applying_batch_by_batch_changes_nothing():
    x = np.arange(70, dtype=np.uint8).reshape(10, 7)
    layers = preprocessing.adapt([layer("Rescaling", scale=0.5)], x)
    out = preprocessing.apply(layers, x, batch_size=3)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, x / 2)
    assert preprocessing.apply([], x) is x


def test_preprocessing_computes_in_float32_whatever_the_network_does():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        layers = preprocessing.adapt([layer("Rescaling", scale=1 / 255)], np.full((2, 2), 200, np.uint8))
        assert preprocessing.apply(layers, np.full((2, 2), 200, np.uint8)).dtype == np.float32
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")


def test_channels_first_pictures_leave_channels_last():
    x = np.zeros((2, 3, 4, 5), np.uint8)
    layers = preprocessing.adapt([layer("Permute", dims=[2, 3, 1])], x)
    assert preprocessing.apply(layers, x).shape == (2, 4, 5, 3)
