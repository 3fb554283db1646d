"""A run whose machine is gone: its record is given its end in the store, and no other's is."""

from nnlab.tracking.abandoned import WITHOUT_A_WORD
from nnlab.tracking.family import finish_lost, release
from nnlab.tracking.listing import list_runs
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.tags import CARRIER, FAILURE, PARENT, PROCESS

ELSEWHERE = {PROCESS: "another-machine/1/0"}


def begin(tracking, folder, name, tags):
    """A run that has begun and says no more; its id."""
    recorder = Recorder(tracking, folder / name)
    recorder.start("digits", name, tags)
    return recorder.run_id


def test_a_lost_run_ends_with_its_folds_and_alone(tracking, tmp_path):
    lost = begin(tracking, tmp_path, "lost", {**ELSEWHERE, CARRIER: "ray/1"})
    begin(tracking, tmp_path, "fold", {**ELSEWHERE, PARENT: lost})
    begin(tracking, tmp_path, "other", {**ELSEWHERE, CARRIER: "ray/2"})
    finish_lost(tracking, "ray/1", "KILLED", "its node is gone")
    found = {row.name: (row.status, row.tags.get(FAILURE)) for row in list_runs(tracking)}
    assert found == {
        "lost": ("KILLED", "its node is gone"),
        "fold": ("KILLED", "its node is gone"),
        "other": ("RUNNING", None),
    }


def test_what_is_replaced_is_closed_wherever_it_ran(tracking, tmp_path):
    begin(tracking, tmp_path, "former", {**ELSEWHERE, PARENT: "a-sweep"})
    release(list_runs(tracking)[0])
    (row,) = list_runs(tracking)
    assert (row.status, row.tags.get(PARENT)) == ("KILLED", None)
    assert row.tags[FAILURE] == WITHOUT_A_WORD
