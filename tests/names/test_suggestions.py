import pytest

from nnlab.names import members, suggest


@pytest.mark.parametrize(
    ("kind", "word", "meant"),
    [
        ("optimizer", "adam", "Adam"),
        ("optimizer", "Adm", "Adam"),
        ("optimizer", "rms_prop", "RMSprop"),
        ("loss", "mse", "MeanSquaredError"),
        ("loss", "mean_squared_error", "MeanSquaredError"),
        ("loss", "MeanSquareError", "MeanSquaredError"),
        ("layer", "Conv2d", "Conv2D"),
        ("layer", "MaxPoling2D", "MaxPooling2D"),
        ("layer", "dense", "Dense"),
        ("callback", "early_stopping", "EarlyStopping"),
        ("activation", "Relu", "relu"),
        ("regularizer", "l1_l2", "L1L2"),
        ("initializer", "he_normal", "HeNormal"),
        ("optimizer", "xyzzy", None),
        ("optimizer", "", None),
    ],
)
def test_the_nearest_name_is_suggested(kind: str, word: str, meant: str | None):
    assert suggest(word, members(kind)) == meant


def test_no_options_suggest_nothing():
    assert suggest("Adam", []) is None
