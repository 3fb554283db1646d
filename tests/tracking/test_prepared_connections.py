"""What a process does of a connection for all that it forks."""

import pytest

from nnlab.tracking.client import prepare_connecting, set_mlflow
from nnlab.tracking.store import newest_schema


@pytest.fixture
def utils():
    set_mlflow()
    from mlflow.store.db import utils

    return utils


def test_mlflow_s_migrations_are_read_once(utils, monkeypatch):
    asked = []
    read = utils._get_latest_schema_revision
    monkeypatch.setattr(utils, "_get_latest_schema_revision", lambda: asked.append(0) or read())
    prepare_connecting()
    assert {utils._get_latest_schema_revision() for _ in range(3)} == {newest_schema()}
    assert len(asked) == 1


def test_another_mlflow_may_go_about_it_otherwise(utils, monkeypatch):
    monkeypatch.delattr(utils, "_get_latest_schema_revision")
    prepare_connecting()
    assert not hasattr(utils, "_get_latest_schema_revision")
