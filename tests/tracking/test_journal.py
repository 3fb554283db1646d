import math
import resource
import subprocess
import sys
import threading

import pytest

from nnlab.errors import StorageError
from nnlab.tracking.journal import Journal, number_text, read_events


def test_events_are_numbered_and_come_back_as_they_were(tmp_path):
    journal = Journal(tmp_path / "run" / "journal.jsonl")
    first = journal.append("params", {"ü": [1, "two"], "none": None})
    second = journal.append("metrics", {"values": {"train/loss": number_text(math.inf)}, "step": 3})
    assert read_events(journal.file) == [first, second]
    assert [first.number, second.number] == [1, 2]
    assert float(second.body["values"]["train/loss"]) == math.inf


def test_each_event_is_on_disk_before_append_returns(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    for count in range(1, 4):
        journal.append("tags", {"count": str(count)})
        assert len(read_events(journal.file)) == count


def test_a_half_written_line_is_cut_off_and_numbering_goes_on(tmp_path):
    file = tmp_path / "journal.jsonl"
    journal = Journal(file)
    journal.append("tags", {"a": "1"})
    journal.append("tags", {"a": "2"})
    journal.close()
    file.write_bytes(file.read_bytes()[:-9])
    again = Journal(file)
    again.append("tags", {"a": "3"})
    assert [(event.number, event.body["a"]) for event in read_events(file)] == [(1, "1"), (2, "3")]


def test_threads_do_not_share_a_number(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    threads = [
        threading.Thread(target=lambda: [journal.append("tags", {}) for _ in range(50)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.number for event in read_events(journal.file)] == list(range(1, 201))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json\n", "no journal of a run"),
        ('{"number": 1}\n', "no journal of a run"),
        ('{"number": 1, "kind": "dance", "time": 0, "body": {}}\n', "a journal of a newer nnlab"),
    ],
)
def test_a_foreign_file_is_refused(tmp_path, text, message):
    (file := tmp_path / "journal.jsonl").write_text(text)
    with pytest.raises(StorageError, match=f"^{file}: {message}$"):
        read_events(file)


def test_a_folder_that_is_a_file_is_an_error_with_its_path(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(StorageError, match=f"^{tmp_path}/run/journal.jsonl: "):
        Journal(tmp_path / "run" / "journal.jsonl")


def test_a_full_disk_is_an_error_with_path_and_room_and_loses_nothing(tmp_path):
    """A limit on file size stands in for the full disk; it needs a process of its own."""
    file = tmp_path / "journal.jsonl"
    code = (
        "import resource, signal\nfrom pathlib import Path\nfrom nnlab.tracking.journal import Journal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (3000, {resource.RLIM_INFINITY}))\n"
        f"journal = Journal(Path({str(file)!r}))\n"
        "try:\n    [journal.append('tags', {'a': 'x' * 200}) for _ in range(50)]\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"StorageError {file}: File too large; ")
    assert done.stdout.rstrip().endswith("MB free")
    assert len(read_events(file)) >= 10
