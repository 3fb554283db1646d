import re

import pytest

from nnlab.errors import RequestError
from nnlab.plan import Tracking
from nnlab.tracking.address import artifact_location, database, redact, store_uri


def tracking(uri, artifacts=None):
    return Tracking(uri=uri, artifacts=artifacts, timeout=5.0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:pw@host:5000/x", "http://***@host:5000/x"),
        (
            "see postgresql+psycopg2://a:b@db and https://t@h",
            "see postgresql+psycopg2://***@db and https://***@h",
        ),
        ("mysql://host/db?user=me&password=pw&ssl=1", "mysql://host/db?user=me&password=***&ssl=1"),
        ("http://host/a@b", "http://host/a@b"),
        ("mail me@host", "mail me@host"),
    ],
)
def test_passwords_in_addresses_are_not_shown(text, shown):
    assert redact(text) == shown


def test_a_relative_sqlite_file_lies_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert store_uri(tracking("sqlite:///mlflow.db")) == f"sqlite:///{tmp_path}/mlflow.db"
    assert database(tracking("sqlite:///a/b.db")) == tmp_path / "a" / "b.db"
    assert database(tracking("sqlite:////x/b.db")).as_posix() == "/x/b.db"


def test_a_variable_is_read_when_connecting(monkeypatch):
    monkeypatch.setenv("PLACE", "https://me:pw@host/")
    assert store_uri(tracking("${oc.env:PLACE}")) == "https://me:pw@host"
    assert store_uri(tracking("${oc.env:NOWHERE_AT_ALL,http://default:1}")) == "http://default:1"
    assert database(tracking("${oc.env:PLACE}")) is None


def test_a_missing_variable_is_named(monkeypatch):
    monkeypatch.delenv("PLACE", raising=False)
    with pytest.raises(
        RequestError, match=r"^tracking\.uri: environment variable PLACE is not set; give tracking.uri="
    ):
        store_uri(tracking("${oc.env:PLACE}"))


@pytest.mark.parametrize(
    "uri",
    [
        "mlruns",
        "file:///x",
        "sqlite:///",
        "sqlite://",
        "sqlite:///a?b=1",
        "${other:x}",
        "ftp://a:secret@b",
        "",
    ],
)
def test_other_addresses_are_refused_without_their_passwords(uri):
    allowed = re.escape("sqlite:///FILE (no ? or # in it), or http(s)://SERVER")
    with pytest.raises(RequestError, match=f"^tracking.uri: .*; {allowed}$") as caught:
        store_uri(tracking(uri))
    assert "secret" not in str(caught.value)


def test_artifacts_lie_in_an_absolute_folder_or_where_they_are_said_to(tmp_path, monkeypatch):
    (tmp_path / "a b").mkdir()
    monkeypatch.chdir(tmp_path / "a b")
    assert artifact_location(tracking("http://x", "mla")) == f"file://{tmp_path}/a%20b/mla"
    assert artifact_location(tracking("http://x", "s3://bucket/x")) == "s3://bucket/x"
    assert artifact_location(tracking("http://x")) is None
