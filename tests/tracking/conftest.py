import shutil

import pytest

from nnlab.plan import Tracking


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """A migrated store that nobody writes to: MLflow's migrations take seconds, a copy none."""
    from nnlab.tracking.client import set_mlflow
    from nnlab.tracking.store import ensure_store

    file = tmp_path_factory.mktemp("template") / "mlflow.db"
    set_mlflow()
    ensure_store(file, None)
    return file


@pytest.fixture
def tracking(tmp_path, monkeypatch, empty_store):
    """A local store of the test's own, in the working folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    return Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)


@pytest.fixture
def warnings():
    """What a recorder says."""
    return []
