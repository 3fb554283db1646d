"""A callback that ends its process in one of the ways in which processes end; a layer that never begins."""

import os
import signal
import sys
import time

import keras

from nnlab.data.source import load_source


class Misbehave(keras.callbacks.Callback):
    """manner: how, at the end of the first epoch."""

    def __init__(self, manner: str = "well"):
        super().__init__()
        self.manner = manner

    def on_epoch_end(self, epoch, logs=None):
        match self.manner:
            case "raise":
                raise ValueError("no good")
            case "exit":
                sys.exit(3)
            case "die":
                os._exit(0)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "memory":
                self.hoard = bytearray(1_500_000_000)
                self.hoard[::4096] = b"x" * len(self.hoard[::4096])
                time.sleep(60)
            case "hang":
                time.sleep(600)
            case "deaf":
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
                time.sleep(600)


class Unbuildable(keras.layers.Layer):
    """A layer that no arithmetic sees through, and Keras cannot build."""

    def build(self, shape):
        raise ValueError("cannot be built here")


def draw(manner, folder):
    """What stands in for the drawing of a comparison's figures: `well`, `raise`, `kill` or `hang`."""
    if manner == "well":
        folder.mkdir()
        (folder / "it.png").write_bytes(b"drawn")
        return [folder / "it.png"]
    return Misbehave(manner).on_epoch_end(0)


def say_held(plan):
    """Whether a worker finds its data in memory, without a file of them."""
    os.environ["NNLAB_DATA"] = "/nowhere"
    held = plan.dataset.held
    return held is not None and load_source(plan.dataset) is held and len(held.hash) == 16
