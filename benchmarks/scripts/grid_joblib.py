"""The grid of small MLPs as Hydra's joblib launcher runs it: joblib's worker processes, one a core.

Arguments: the folder, then neurons, optimizers and seeds as commas list them, then epochs.
"""

import itertools
import sys

from joblib import Parallel, delayed
from small_mlp import train

folder, neurons, optimizers, seeds, epochs = sys.argv[1:]
grid = itertools.product(neurons.split(","), optimizers.split(","), seeds.split(","))
Parallel(n_jobs=-1)(
    delayed(train)(folder, int(units), optimizer, int(seed), int(epochs)) for units, optimizer, seed in grid
)
