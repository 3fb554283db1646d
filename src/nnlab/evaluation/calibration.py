"""Whether a network's confidence means what it says."""

from dataclasses import dataclass

import numpy as np

from nnlab.evaluation.confusion import divide

BINS = 15


@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy in equal-width bins of the confidence, each array shape (BINS,).

    edges: (BINS + 1,). count: samples in the bin. confidence, accuracy: their means there, 0 in an empty bin.
    """

    edges: np.ndarray
    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap |accuracy − confidence|, weighted by count, 0..1."""
        return float(np.average(np.abs(self.accuracy - self.confidence), weights=self.count))


def measure_reliability(confidence: np.ndarray, correct: np.ndarray) -> Reliability:
    """Bin the confidence of the predicted class, shape (n,), against its being correct (Guo et al. 2017).

    The bins are (0, 1/15], (1/15, 2/15] … as in the paper.
    """
    edges = np.linspace(0, 1, BINS + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, BINS - 1)
    count = np.bincount(place, minlength=BINS)
    return Reliability(
        edges=edges,
        count=count,
        confidence=divide(np.bincount(place, weights=confidence, minlength=BINS), count),
        accuracy=divide(np.bincount(place, weights=correct, minlength=BINS), count),
    )
