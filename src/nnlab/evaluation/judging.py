"""From predictions on the test set to a Judgement, whatever the task."""

import numpy as np

from nnlab.errors import DataError, DivergenceError
from nnlab.evaluation.classification import judge_classification
from nnlab.evaluation.judgement import Judgement
from nnlab.evaluation.reconstruction import judge_reconstruction
from nnlab.evaluation.regression import judge_regression
from nnlab.spec import DataSpec, Samples

_JUDGES = {
    "classification": judge_classification,
    "binary": judge_classification,
    "regression": judge_regression,
    "reconstruction": judge_reconstruction,
}


def judge(spec: DataSpec, test: Samples, predictions: np.ndarray) -> Judgement:
    """Score the predictions for the test set.

    predictions: (n, k) for classification, (n, 1) for binary (the probability of class 1), (n, outputs) for
    regression, (n, *shape) for reconstruction, whose test.y are the values to give back. Raises DataError
    where shapes or labels do not fit and DivergenceError where a prediction is not a finite number.
    """
    predictions = np.asarray(predictions)
    _refuse_misfits(test, predictions)
    return _JUDGES[spec.task](spec, test, predictions)


def _refuse_misfits(test: Samples, predictions: np.ndarray) -> None:
    if not len(test):
        raise DataError("test set: no samples; at least one is needed to judge a network")
    if predictions.ndim == 0 or len(predictions) != len(test):
        raise DataError(
            f"predictions: shape {predictions.shape}; one row for each of {len(test)} test samples is needed"
        )
    bad = np.flatnonzero(~np.isfinite(predictions).reshape(len(test), -1).all(axis=1))
    if len(bad):
        raise DivergenceError(
            f"predictions: {len(bad)} of {len(test)} test samples get NaN or infinity, first {bad[0]}; "
            "the network has diverged: a smaller learning rate may help"
        )
