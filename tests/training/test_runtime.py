"""TensorFlow is set up once for the process."""

import gc

import pytest

from nnlab.training.runtime import NEW_OBJECTS, waiting_collector


def test_what_is_imported_is_never_collected():
    before = gc.get_freeze_count()
    with waiting_collector():
        assert not gc.isenabled()
        imported = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(imported)
    assert gc.get_threshold()[0] == NEW_OBJECTS


def test_a_failed_import_leaves_the_collector_at_work():
    with pytest.raises(ImportError), waiting_collector():
        raise ImportError("no TensorFlow")
    assert gc.isenabled()
