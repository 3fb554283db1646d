"""What a network will need at the least, against what the machine has: refused before anything is built."""

import os
from pathlib import Path

from nnlab.errors import ConfigError, Problem
from nnlab.models.arithmetic import Row

_CGROUP = Path("/sys/fs/cgroup/memory.max")
_FLOAT = 4


def check_memory(rows: list[Row], batch_size: int, data: int) -> None:
    """Raises ConfigError where weights, gradients and one batch's activations cannot all be held beside the data.

    data: bytes of samples that stay in memory while the network is trained.
    """
    need, have = needed_bytes(rows, batch_size), machine_bytes()
    if need + data <= have:
        return
    widest = max(rows, key=lambda row: row.params + row.fixed + batch_size * row.values)
    given = (
        f"{need / 1e9:.0f} GB at least, most of it for layer {rows.index(widest) + 1}, {widest.layer.name}"
    )
    beside = f" beside {data / 1e9:.0f} GB of data" if need <= have else ""
    allowed = f"what {have / 1e9:.0f} GB of memory can hold; see `nnlab explain`"
    raise ConfigError([Problem("model", given + beside, allowed)])


def needed_bytes(rows: list[Row], batch_size: int) -> int:
    """float32 weights and their gradients, and a batch of every layer's outputs, as far as shapes are known."""
    weights = sum(2 * row.params + row.fixed for row in rows)
    return _FLOAT * (weights + batch_size * sum(row.values for row in rows))


def machine_bytes() -> int:
    """The machine's memory, or less where a container says so."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(physical, int(_CGROUP.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no container, or "max": no limit
        return physical
