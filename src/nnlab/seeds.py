"""The random generators inside Keras objects, set to pure functions of numbers."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def reseed(layer: "keras.layers.Layer", seed: int, *moment: int) -> None:
    """Set every random generator inside a layer or network to a pure function of (seed, position, moment)."""
    states = [variable for variable in layer.variables if "seed_generator_state" in variable.path]
    for position, state in enumerate(states):
        state.assign(np.random.SeedSequence((seed, position, *moment)).generate_state(2, np.uint32))
