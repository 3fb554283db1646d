"""MNIST with one hidden layer, as one writes it by hand.

Arguments: the folder of MNIST's four .npy files, neurons, optimizer, seed, epochs. The grid's Hydra and joblib
scripts call `train`, so that every side does the same work.
"""

import sys
from pathlib import Path


def train(folder: str, neurons: int, optimizer: str, seed: int, epochs: int) -> float:
    """Train and test one network; its test accuracy."""
    import keras
    import numpy as np

    names = ("x_train", "y_train", "x_test", "y_test")
    x_train, y_train, x_test, y_test = (np.load(Path(folder) / f"{name}.npy") for name in names)
    x_train = (x_train.astype("float32") / 255).reshape(-1, 784)
    x_test = (x_test.astype("float32") / 255).reshape(-1, 784)

    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(neurons, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=epochs, batch_size=128, validation_split=0.1, verbose=0)
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"test accuracy {accuracy:.4f}, loss {loss:.4f}", flush=True)
    return accuracy


if __name__ == "__main__":
    train(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
