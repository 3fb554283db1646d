import importlib.metadata
import subprocess

import pytest

from nnlab.tracking.environment import environment_tags, git_state, machine, name_version, requirements


@pytest.fixture
def repository(tmp_path):
    def git(*words):
        who = ["-c", "user.name=x", "-c", "user.email=x@y"]
        return subprocess.run(
            ["git", "-C", tmp_path, *who, *words], check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q")
    (tmp_path / "a.txt").write_text("one\n")
    git("add", "a.txt")
    git("commit", "-qm", "first")
    return tmp_path, git("rev-parse", "HEAD").strip()


def test_outside_a_repository_there_is_no_state(tmp_path):
    assert git_state(tmp_path) is None
    assert git_state(tmp_path / "missing") is None


def test_a_clean_tree(repository):
    folder, commit = repository
    found = git_state(folder)
    assert (found.commit, found.dirty, found.diff) == (commit, False, "")


def test_a_dirty_tree_shows_its_patch_without_passwords(repository):
    folder, commit = repository
    (folder / "a.txt").write_text("two http://me:hunter2@host\n")
    found = git_state(folder)
    assert found.commit == commit
    assert found.dirty
    assert "-one" in found.diff
    assert "+two http://***@host" in found.diff
    tags = environment_tags(found)
    assert (tags["nnlab.git_commit"], tags["nnlab.git_dirty"]) == (commit, "true")


def test_an_untracked_file_makes_a_tree_dirty(repository):
    folder, _ = repository
    (folder / "new.py").write_text("x = 1\n")
    assert git_state(folder).dirty


def test_names_and_versions_are_those_that_python_reads():
    for distribution in importlib.metadata.distributions():
        assert name_version(distribution) == f"{distribution.name}=={distribution.version}"


def test_a_package_without_a_name_is_none(tmp_path):
    (tmp_path / "broken.dist-info").mkdir()
    (tmp_path / "broken.dist-info" / "METADATA").write_text("Version: 1\n")
    assert name_version(importlib.metadata.PathDistribution(tmp_path / "broken.dist-info")) is None


def test_requirements_are_lines_that_pip_reads():
    lines = requirements().splitlines()
    assert any(line.startswith("mlflow==3.") for line in lines)
    assert lines == sorted(set(lines), key=str.lower)
    assert all(line.count("==") == 1 and " " not in line for line in lines)


def test_the_machine_is_described():
    found = machine()
    assert int(found["threads"]) >= 1
    assert all(found[key] for key in ("python", "platform", "cpu"))
    assert environment_tags(None) == {f"nnlab.{key}": value for key, value in found.items()}
