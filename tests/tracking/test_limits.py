import math

import pytest

from nnlab.tracking.limits import clean_key, clean_name, clean_text, flat, split_finite


@pytest.mark.parametrize(
    ("key", "clean"),
    [
        ("train/loss", "train/loss"),
        ("f(x)=1", "f_x__1"),
        ("../../etc/passwd", "etc/passwd"),
        ("/absolute//x/./y", "absolute/x/y"),
        ("größe", "größe"),
        ("", "_"),
        ("..", "_"),
        ("<b>", "_b_"),
    ],
)
def test_keys_are_made_to_fit_mlflows_alphabet(key, clean):
    assert clean_key(key) == clean


def test_mlflow_itself_takes_every_cleaned_key():
    from mlflow.utils.validation import _validate_metric_name

    for key in ["a=b", "(x)", "../x", "x/", "a\nb", "k" * 999, "/", "ü✓", "a//b"]:
        _validate_metric_name(clean_key(key))


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("  a run  ", "a run"),
        ("two\nlines\x1b[31m", "two lines [31m"),
        ("", "unnamed"),
        ("\x00", "unnamed"),
        ("../../x", "../../x"),
        ("<script>", "<script>"),
        ("half \ud800", "half"),
        ("of http://me:pw@host", "of http://***@host"),
    ],
)
def test_names_are_printable_and_hold_no_password(name, clean):
    assert clean_name(name) == clean


def test_long_names_and_texts_are_cut_with_a_mark():
    assert clean_name("x" * 10_000) == "x" * 249 + "…"
    assert clean_text("x" * 10_000) == "x" * 7999 + "…"
    assert len(clean_key("x" * 10_000)) == 250


def test_params_are_flat_and_written_as_yaml_would():
    values = {"a": {"b": 1, "c": [1, {"d": None}]}, "e": True, "f": None, "g": {}, "h": "http://me:pw@host"}
    assert dict(flat(values)) == {
        "a.b": "1",
        "a.c": '[1, {"d": null}]',
        "e": "true",
        "f": "null",
        "g": "{}",
        "h": "http://***@host",
    }


def test_what_is_no_number_is_told_apart():
    finite, others = split_finite({"a": 1, "b": "inf", "c": "nan", "d": -0.5})
    assert finite == {"a": 1.0, "d": -0.5}
    assert others["b"] == math.inf
    assert math.isnan(others["c"])
