"""TF_CONFIG is read, and what is none is refused before anything is computed."""

import json

import pytest

from nnlab.cli.compose import compose_plan
from nnlab.errors import ConfigError
from nnlab.training.cluster import Place, place_of

TWO = {"worker": ["one:2222", "two:2222"]}
LED = {"chief": ["head:2222"], **TWO}
ON_CLUSTER = ["trainer.strategy=multi_worker"]


@pytest.mark.parametrize(
    ("cluster", "task", "place"),
    [
        (TWO, ("worker", 0), Place(0, 2)),
        (TWO, ("worker", "1"), Place(1, 2)),
        (LED, ("chief", 0), Place(0, 3)),
        (LED, ("worker", 0), Place(1, 3)),
    ],
)
def test_the_first_process_keeps_the_record(monkeypatch, cluster, task, place):
    kind, index = task
    config = {"cluster": cluster, "task": {"type": kind, "index": index}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    found = place_of(compose_plan(ON_CLUSTER).trainer)
    assert found == place
    assert found.keeps_record == (place.number == 0)
    assert place_of(compose_plan([]).trainer) == Place(0, 1)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (None, "there is no TF_CONFIG"),
        ("", "there is no TF_CONFIG"),
        ("{", "TF_CONFIG is '{'"),
        ("[]", "TF_CONFIG is '[]'"),
        ('{"cluster": {"worker": ["one:1"]}, "task": {"type": "worker", "index": 0}}', "TF_CONFIG is"),
        ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 2}}', "TF_CONFIG is"),
        ('{"cluster": {"ps": ["a:1", "b:1"]}, "task": {"type": "ps", "index": 0}}', "TF_CONFIG is"),
    ],
)
def test_what_is_no_place_in_a_cluster_is_refused_with_an_example(monkeypatch, text, given):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if text is not None:
        monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ConfigError) as caught:
        place_of(compose_plan(ON_CLUSTER).trainer)
    said = str(caught.value)
    assert said.startswith(f"trainer.strategy: 'multi_worker', and {given}")
    assert 'TF_CONFIG=\'{"cluster": {"worker": ["one:2222", "two:2222"]}, "task": ' in said


def test_folds_are_refused():
    with pytest.raises(ConfigError, match="cv: folds, one after another, on a cluster; null beside"):
        compose_plan([*ON_CLUSTER, "cv=kfold"])
