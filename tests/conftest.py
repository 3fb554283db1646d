"""What no test may leave to the next: Keras's precision and absl's stream, of which a process has one."""

import gc
import sys

import absl.logging
import pytest


@pytest.fixture(scope="session", autouse=True)
def absl_stream() -> None:
    """absl closes the stream that it found at its import as soon as logging is configured: not pytest's own."""
    absl.logging.get_absl_handler().python_handler.stream = sys.__stderr__


def pytest_collection_finish() -> None:
    """What was imported to find the tests stays: the collector need not look at it again at every test."""
    gc.freeze()


@pytest.fixture(autouse=True)
def float32() -> None:
    """Every test begins in float32, whatever the one before it trained in; Keras is not imported for it."""
    if "keras" in sys.modules:
        sys.modules["keras"].config.set_dtype_policy("float32")
