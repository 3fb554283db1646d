"""The logistic map x → 4x(1 − x), and what it makes of x after many steps (May 1976)."""

import numpy as np

from nnlab.plan import Count, Dataset
from nnlab.spec import DataSpec, RawData, Samples

_POOL, _GRID = 1000, 201


class LogisticMap(Dataset):
    """x uniform in [0, 1], float32 (1,), and y, the map's value after `steps` steps. The test set is a grid.

    steps: 1 is a parabola that can be learned; after about ten, chaos leaves nothing to learn.
    """

    steps: Count

    def spec(self) -> DataSpec:
        """One number in, one out."""
        target = "x(1)" if self.steps == 1 else f"x({self.steps})"
        spec = DataSpec("logistic_map", "regression", (1,), "float32", features=("x(0)",), target=target)
        return spec.of_inputs() if self.task else spec

    def load(self) -> RawData:
        """A fixed pool of points, from which splits and `samples` are drawn by seed, and an even grid."""
        pool = np.random.default_rng(0).uniform(size=_POOL)
        return RawData(train=self._map(pool), test=self._map(np.linspace(0, 1, _GRID)))

    def _map(self, x: np.ndarray) -> Samples:
        y = x
        for _ in range(self.steps):
            y = 4 * y * (1 - y)
        return Samples(x[:, None].astype(np.float32), y.astype(np.float32))
