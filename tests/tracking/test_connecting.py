"""The first connection, made beside something else."""

import subprocess
import sys
import threading

from nnlab.plan import Tracking
from nnlab.tracking.client import connecting
from nnlab.tracking.store import newest_schema, schema_of

AFRESH = """
import sys
from nnlab.plan import Tracking
from nnlab.tracking.client import connecting
before = "mlflow" in sys.modules
with connecting(Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)):
    pass
print(before, "mlflow" in sys.modules, "mlflow.store.tracking.sqlalchemy_store" in sys.modules)
"""


def test_a_store_is_there_at_the_end_of_the_block(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with connecting(Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)):
        assert any(thread.name == "nnlab-connecting" for thread in threading.enumerate())
    assert not any(thread.name == "nnlab-connecting" for thread in threading.enumerate())
    assert schema_of(tmp_path / "mlflow.db") == newest_schema()


def test_what_is_wrong_with_a_store_is_said_by_who_uses_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlflow.db").write_text("no database", encoding="utf-8")
    with connecting(Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)):
        pass
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "mlflow.db").read_text(encoding="utf-8") == "no database"


def test_mlflow_is_imported_beside_the_block(tmp_path):
    found = subprocess.run([sys.executable, "-c", AFRESH], cwd=tmp_path, capture_output=True, text=True)
    assert (found.stdout.strip(), found.stderr) == ("False True True", "")
