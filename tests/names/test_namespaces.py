import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.names import ABSTRACT, NAMESPACES, members, signature, source_file


@pytest.mark.parametrize("kind", list(NAMESPACES))
def test_no_namespace_is_empty_or_holds_a_base_class(kind: str):
    assert len(members(kind)) >= 4
    assert not ABSTRACT[kind] & set(members(kind))


def test_a_member_says_where_it_is_defined():
    assert members("optimizer")["Adam"] == "keras.src.optimizers.adam:Adam"
    assert members("layer")["PixelPermutation"] == "nnlab.data.layers:PixelPermutation"


def test_arguments_that_a_subclass_sets_are_not_asked_for():
    conv = signature(members("layer")["Conv2D"])
    assert [argument.name for argument in conv.arguments.values() if argument.required] == [
        "filters",
        "kernel_size",
    ]
    assert "rank" not in conv.arguments
    assert {"name", "dtype", "kernel_regularizer"} <= set(conv.arguments)


def test_keywords_that_go_no_further_are_not_accepted():
    wrapper = signature(members("optimizer")["LossScaleOptimizer"])
    assert list(wrapper.arguments) == ["inner_optimizer", "initial_scale", "dynamic_growth_steps", "name"]


def test_own_layers_inherit_what_every_layer_takes():
    own = signature(members("layer")["PixelPermutation"])
    assert {"seed", "name", "dtype"} <= set(own.arguments)
    assert not own.takes_anything


@pytest.mark.parametrize("where", ["no_such_package:A", "keras.layers:NoSuchLayer", "keras.no_such_module:A"])
def test_what_is_not_there_raises_lookup_error(where: str):
    with pytest.raises(LookupError):
        signature(where)


def test_a_class_whose_keywords_end_nowhere_takes_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    constructor = "    def __init__(self, a, **rest):\n        super().__init__(**rest)\n"
    (tmp_path / "openlab.py").write_text(f"from elsewhere import Base\nclass Open(Base):\n{constructor}")
    monkeypatch.syspath_prepend(tmp_path)
    read = signature("openlab:Open")
    assert read.takes_anything
    assert list(read.arguments) == ["a"]


def test_source_files_are_found_without_importing():
    assert source_file("keras.layers").name == "__init__.py"
    assert source_file("keras.src.optimizers.adam").name == "adam.py"


def test_reading_names_imports_neither_keras_nor_tensorflow():
    program = (
        "import sys; from nnlab.names import NAMESPACES, members, signature\n"
        "kinds = [kind for kind in NAMESPACES if kind != 'activation']\n"
        "[signature(where) for kind in kinds for where in members(kind).values()]\n"
        "print([name for name in ('keras', 'tensorflow', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
