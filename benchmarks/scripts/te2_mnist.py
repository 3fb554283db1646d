"""MNIST, one hidden layer of 256, as one writes it by hand. Argument: the folder of MNIST's four .npy files."""

import sys
from pathlib import Path

import keras
import numpy as np

folder = Path(sys.argv[1])
x_train, y_train, x_test, y_test = (
    np.load(folder / f"{name}.npy") for name in ("x_train", "y_train", "x_test", "y_test")
)
x_train = x_train.reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((784,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=128, validation_split=0.2, verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy {accuracy:.4f}, loss {loss:.4f}")
