"""What no test may leave to the next: Keras's precision, which is one for the whole process."""

import gc
import sys

import pytest


def pytest_collection_finish() -> None:
    """What was imported to find the tests stays: the collector need not look at it again at every test."""
    gc.freeze()


@pytest.fixture(autouse=True)
def float32() -> None:
    """Every test begins in float32, whatever the one before it trained in; Keras is not imported for it."""
    if "keras" in sys.modules:
        sys.modules["keras"].config.set_dtype_policy("float32")
