"""A network rebuilt from its plan, given the trained weights, predicts what the trained one does, bit by bit."""

from typing import Any

import numpy as np
import pytest

SCALE = "dataset.preprocessing=[{Rescaling: {scale: 0.0123}}]"
BLOCK = "model.layers=[{Residual: {layers: [{Dense: {units: 8}},BatchNormalization]}},Flatten]"


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("model", [[], ["model=layers", BLOCK]], ids=["mlp", "residual"])
def test_it_predicts_the_same(precision: str, model: list[str], plan: Any, train: Any):
    prepared, _, data = train(plan(f"trainer.precision={precision}", SCALE, *model))
    whole, rebuilt = prepared.whole(), prepared.rebuild()
    rebuilt.set_weights(whole.get_weights())
    x = data.test.x
    np.testing.assert_array_equal(rebuilt(x, training=False), whole(x, training=False))
