"""MNIST, two convolutions and dropout, as one writes it by hand. Argument: the folder of MNIST's .npy files."""

import sys
from pathlib import Path

import keras
import numpy as np

folder = Path(sys.argv[1])
x_train, y_train, x_test, y_test = (
    np.load(folder / f"{name}.npy") for name in ("x_train", "y_train", "x_test", "y_test")
)
x_train, y_train = x_train[:19200], y_train[:19200]
x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
x_test = x_test.reshape(-1, 28, 28, 1).astype("float32") / 255

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Dropout(0.25),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adadelta(learning_rate=1.0),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=1, batch_size=128, validation_data=(x_test, y_test), verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy {accuracy:.4f}, loss {loss:.4f}")
