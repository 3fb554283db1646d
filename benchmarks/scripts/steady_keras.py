"""MNIST by plain `model.fit`, epoch after epoch. Arguments: the folder of the .npy files, network, epochs, images.

Prints the seconds of each epoch.
"""

import json
import sys
import time
from pathlib import Path

import keras
import numpy as np

folder, network, epochs, images = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
x, y = np.load(folder / "x_train.npy")[:images], np.load(folder / "y_train.npy")[:images]
x = x.astype("float32") / 255
layers = keras.layers
keras.utils.set_random_seed(0)

if network == "mlp/first":
    parts = [layers.Dense(64, activation="relu"), layers.Dense(64, activation="relu")]
    optimizer, batch, split = "adam", 32, 0.0
elif network == "te2/mnist":
    parts, optimizer, batch, split = [layers.Dense(256, activation="relu")], "rmsprop", 128, 0.2
else:
    parts = [
        layers.Reshape((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
    ]
    optimizer, batch, split = keras.optimizers.Adadelta(learning_rate=1.0), 128, 0.0
if network != "cnn":
    x = x.reshape(-1, 784)
model = keras.Sequential([keras.Input(x.shape[1:]), *parts, layers.Dense(10, activation="softmax")])
model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])


class Stopwatch(keras.callbacks.Callback):
    """Notes when each epoch begins and ends."""

    def on_epoch_begin(self, epoch, logs=None):
        """An epoch begins."""
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """An epoch, validation included, is over."""
        seconds.append(time.perf_counter() - self.began)


seconds: list[float] = []
model.fit(x, y, epochs=epochs, batch_size=batch, validation_split=split, verbose=0, callbacks=[Stopwatch()])
print(json.dumps({"seconds": seconds}))
