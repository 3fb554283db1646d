"""What Keras offers beside networks is imported when somebody asks for it, and then all there."""

import json
import subprocess
import sys

import pytest

from nnlab.training.lazy_modules import _LAZY, lazy_modules

SCRIPT = """
import json, sys
from nnlab.training.runtime import import_tensorflow
import_tensorflow()
import keras
told = {"finders": [type(finder).__module__ for finder in sys.meta_path]}
told["before"] = [name for name in ("sklearn", "scipy.stats", "matplotlib") if name in sys.modules]
told["wrapper"] = [base.__name__ for base in keras.wrappers.SKLearnClassifier.__mro__]
told["sheet"] = callable(keras.visualization.plot_image_gallery)
told["after"] = [name for name in ("sklearn", "scipy.stats", "matplotlib") if name in sys.modules]
print(json.dumps(told))
"""


@pytest.mark.slow
def test_they_are_executed_at_their_first_use():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["before"] == []
    assert {"SKLearnClassifier", "ClassifierMixin", "BaseEstimator"} <= set(told["wrapper"])
    assert told["sheet"]
    assert told["after"] == ["sklearn", "scipy.stats", "matplotlib"]
    assert "nnlab.training.lazy_modules" not in told["finders"]


def test_only_what_is_named_is_lazy_and_only_inside(tmp_path, monkeypatch):
    (tmp_path / "plain_here.py").write_text("executed = True")
    monkeypatch.syspath_prepend(tmp_path)
    before = list(sys.meta_path)
    with lazy_modules():
        import plain_here  # pyright: ignore[reportMissingImports]

        assert vars(plain_here)["executed"]
        assert len(sys.meta_path) == len(before) + 1
    assert sys.meta_path == before


@pytest.mark.parametrize("name", sorted(_LAZY))
def test_every_name_is_one_of_keras_own(name):
    """A name that Keras gives up would make nothing lazy, and nobody would notice."""
    from importlib.util import find_spec

    assert find_spec(name)
