"""A network that cannot be held is refused by arithmetic, before it is built."""

import pytest

from nnlab.errors import ConfigError
from nnlab.models import memory
from nnlab.models.arithmetic import trace
from nnlab.objects import keras_object

ROWS = trace([keras_object("layer", "Dense", units=100), keras_object("layer", "Dense", units=10)], (50,))


def test_needed_bytes_are_weights_gradients_and_the_outputs_of_a_batch():
    weights = (50 * 100 + 100) + (100 * 10 + 10)
    assert memory.needed_bytes(ROWS, batch_size=8) == 4 * (2 * weights + 8 * 110)


def test_the_widest_layer_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 8 * 10**9)
    rows = trace([keras_object("layer", "Dense", units=10**9)], (64,))
    with pytest.raises(ConfigError) as refused:
        memory.check_memory(rows, batch_size=1, data=0)
    assert str(refused.value) == (
        "model: 524 GB at least, most of it for layer 1, Dense; what 8 GB of memory can hold; see `nnlab explain`"
    )


def test_a_network_that_fits_is_let_through(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: memory.needed_bytes(ROWS, 8))
    memory.check_memory(ROWS, batch_size=8, data=0)
    with pytest.raises(ConfigError):
        memory.check_memory(ROWS, batch_size=9, data=0)


def test_what_the_data_hold_counts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 8 * 10**9)
    memory.check_memory(ROWS, batch_size=8, data=7 * 10**9)
    with pytest.raises(ConfigError, match=r"0 GB at least, .* beside 9 GB of data; what 8 GB of memory"):
        memory.check_memory(ROWS, batch_size=8, data=9 * 10**9)


def test_a_container_s_limit_counts(monkeypatch: pytest.MonkeyPatch, tmp_path):
    (tmp_path / "memory.max").write_text("1048576\n")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path / "memory.max")
    assert memory.machine_bytes() == 1048576
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.machine_bytes() > 1048576
