"""nnlab: config-driven experiments with Keras networks."""

__version__ = "0.1.0"
