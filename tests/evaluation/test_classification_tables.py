"""What is written down about each class, each confusion and each sample."""

import numpy as np
import pytest
from sklearn import metrics

from nnlab.evaluation import judge
from nnlab.evaluation.confusion import list_confusions
from nnlab.spec import DataSpec, Samples

SPEC = DataSpec("pets", "classification", (2,), "float32", ("cat", "dog", "newt"))
Y = np.array([0, 0, 0, 1, 1, 1, 2, 2])
SAID = np.array([0, 1, 1, 1, 0, 1, 2, 1])
CONFIDENCE = np.array([0.9, 0.6, 0.8, 0.9, 0.7, 0.5, 0.99, 0.95])


@pytest.fixture
def judgement():
    p = np.repeat((1 - CONFIDENCE[:, None]) / 2, 3, axis=1)
    p[np.arange(8), SAID] = CONFIDENCE
    return judge(SPEC, Samples(np.zeros((8, 2)), Y), p)


def test_classes_by_name(judgement):
    expected = metrics.classification_report(Y, SAID, target_names=SPEC.classes, output_dict=True)
    for row in judgement.tables["classification"]:
        theirs = expected[row["class"]]
        ours = [row["precision"], row["recall"], row["f1"], row["support"]]
        assert ours == pytest.approx([theirs[key] for key in ("precision", "recall", "f1-score", "support")])
    assert [row["class"] for row in judgement.tables["classification"]] == ["cat", "dog", "newt"]


def test_confusion_is_truth_by_prediction(judgement):
    table = judgement.tables["confusion"]
    assert table["counts"] == [[1, 2, 0], [1, 2, 0], [0, 1, 1]]
    assert table["shares_of_row"] == pytest.approx(
        metrics.confusion_matrix(Y, SAID, normalize="true"), abs=1e-6
    )
    assert table["most_confused"][0] == {
        "truth": "cat",
        "predicted": "dog",
        "count": 2,
        "share_of_truth": pytest.approx(2 / 3),
    }


def test_only_what_happened_is_listed_as_confused():
    assert list_confusions(np.diag([5, 3])) == []
    assert list_confusions(np.array([[1, 2, 3], [4, 9, 0], [0, 5, 9]]), limit=3) == [
        (2, 1, 5),
        (1, 0, 4),
        (0, 2, 3),
    ]


def test_mistakes_come_surest_first(judgement):
    table = judgement.tables["mistakes"]
    assert [row["index"] for row in table] == [7, 2, 4, 1]
    assert table[0] == {
        "index": 7,
        "truth": "newt",
        "predicted": "dog",
        "confidence": pytest.approx(0.95),
        "probability_of_truth": pytest.approx(0.025),
    }


def test_equally_sure_mistakes_keep_the_order_of_the_test_set():
    p = np.tile([0.0, 1.0], (4, 1))
    found = judge(SPEC, Samples(np.zeros((4, 2)), np.array([0, 1, 0, 0])), p)
    assert [row["index"] for row in found.tables["mistakes"]] == [0, 2, 3]


def test_predictions_have_a_row_a_sample(judgement):
    columns = judgement.predictions
    assert {len(column) for column in columns.values()} == {8}
    assert columns["predicted_name"].tolist() == [SPEC.classes[label] for label in SAID]
    assert columns["correct"].tolist() == (SAID == Y).tolist()
    assert columns["probability_2"][6] == pytest.approx(0.99)


def test_many_classes_get_no_column_each():
    y = np.arange(101)
    found = judge(DataSpec("many", "classification", (1,), "float32"), Samples(y[:, None], y), np.eye(101))
    assert "probability_0" not in found.predictions
    assert found.scores["accuracy"] == 1


def test_spare_outputs_are_named_by_number():
    p = np.full((3, 5), 0.1)
    p[:, 4] = 0.6
    found = judge(SPEC, Samples(np.zeros((3, 2)), np.array([0, 1, 2])), p)
    assert [row["class"] for row in found.tables["classification"]] == [
        "cat",
        "dog",
        "newt",
        "output 3",
        "output 4",
    ]
    assert found.predictions["predicted_name"].tolist() == ["output 4"] * 3
