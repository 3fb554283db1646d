"""MNIST, two hidden layers of 64, as one writes it by hand. Argument: the folder of MNIST's four .npy files."""

import sys
from pathlib import Path

import keras
import numpy as np

folder = Path(sys.argv[1])
x_train, y_train, x_test, y_test = (
    np.load(folder / f"{name}.npy") for name in ("x_train", "y_train", "x_test", "y_test")
)
x_train = (x_train.astype("float32") / 255 - 0.5).reshape(-1, 784)
x_test = (x_test.astype("float32") / 255 - 0.5).reshape(-1, 784)

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((784,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=5, batch_size=32, verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy {accuracy:.4f}, loss {loss:.4f}")
