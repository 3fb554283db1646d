"""What no test may leave to the next: Keras's precision, which is one for the whole process."""

import sys

import pytest


@pytest.fixture(autouse=True)
def float32() -> None:
    """Every test begins in float32, whatever the one before it trained in; Keras is not imported for it."""
    if "keras" in sys.modules:
        sys.modules["keras"].config.set_dtype_policy("float32")
