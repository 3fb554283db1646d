"""Every number of a judged regression against scikit-learn."""

import json

import numpy as np
import pytest
from sklearn import metrics

from nnlab.evaluation import judge
from nnlab.spec import DataSpec, Samples

SPEC = DataSpec("boston", "regression", (13,), "float32", target="price", unit="1000 $")


def judge_numbers(y, p, spec=SPEC):
    return judge(spec, Samples(np.zeros((len(y), 13)), np.asarray(y)), np.asarray(p))


@pytest.mark.parametrize("shape", [(40,), (40, 3)])
def test_scores_equal_sklearn(shape):
    random = np.random.default_rng(0)
    y = random.normal(20, 5, shape)
    p = y + random.normal(1, 2, shape)
    expected = {
        "mae": metrics.mean_absolute_error(y, p),
        "rmse": metrics.root_mean_squared_error(y, p),
        "r2": metrics.r2_score(y, p),
        "median_absolute_error": metrics.median_absolute_error(y, p),
        "max_error": np.abs(p - y).max(),
        "bias": (p - y).mean(),
    }
    assert judge_numbers(y, p.reshape(40, -1)).scores == pytest.approx(expected)


def test_targets_that_do_not_vary_have_no_r2():
    scores = judge_numbers(np.full(5, 3.0), np.full((5, 1), 4.0)).scores
    assert scores["bias"] == 1
    assert "r2" not in scores


def test_table_names_target_and_unit():
    table = judge_numbers([1.0, 2.0], [[1.5], [2.5]]).tables["regression"]
    assert json.loads(json.dumps(table, allow_nan=False))[0]["target"] == "price"
    assert table[0]["unit"] == "1000 $"
    assert table[0]["mae"] == 0.5
    several = judge_numbers(np.ones((2, 2)), np.ones((2, 2))).tables["regression"]
    assert [row["target"] for row in several] == ["price 0", "price 1"]


def test_predictions_by_sample():
    columns = judge_numbers([1.0, 2.0], [[1.5], [1.0]]).predictions
    assert columns["error"].tolist() == [0.5, -1.0]
    assert columns["truth"].tolist() == [1.0, 2.0]
    assert set(judge_numbers(np.ones((2, 2)), np.zeros((2, 2))).predictions) >= {"truth_0", "error_1"}
