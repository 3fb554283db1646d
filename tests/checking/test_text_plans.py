"""Mistakes that only a dataset of texts allows, and the line that answers each."""

import pytest

from nnlab.checking.crosschecks import input_shape
from nnlab.cli.compose import compose_plan
from nnlab.errors import ConfigError


def words(**arguments: object) -> str:
    given = ", ".join(f"{name}: {value}" for name, value in {"max_tokens": 100, **arguments}.items())
    return f"dataset.preprocessing=[{{WordVectorization: {{{given}}}}}]"


LENGTH = {"output_sequence_length": 30}
MISTAKES: list[tuple[list[str], str]] = [
    (
        ["model=mlp"],
        "model: Dense on the ids of words; Embedding first, or WordVectorization with output_mode count, "
        "multi_hot or tf_idf",
    ),
    (
        ["model=text_conv", "model.words=9999"],
        "model: an Embedding of 9999 words; at least 10000, WordVectorization's max_tokens",
    ),
    (
        ["model=text_conv", "trainer.jit_compile=true"],
        "trainer.jit_compile: true; auto or false: XLA cannot take texts of any length",
    ),
    (
        ["model=mlp", "dataset.preprocessing=[]"],
        "dataset.preprocessing: none; imdb is text: WordVectorization first",
    ),
    (
        ["model=mlp", "dataset.preprocessing=[Identity]"],
        "model: layer 1, Dense: needs rows of numbers, and gets one value a sample",
    ),
    (
        ["model=text_conv", words()],
        "dataset.preprocessing: layer 1, WordVectorization: output_mode int needs output_sequence_length, "
        "so many words of each text",
    ),
    (
        ["model=text_conv", words(keep="middle", **LENGTH)],
        "dataset.preprocessing[0].keep: 'middle'; one of start, end",
    ),
    (
        ["model=mlp", words(output_mode="counts")],
        "dataset.preprocessing[0].output_mode: 'counts'; one of int, one_hot, multi_hot, count, tf_idf",
    ),
    (
        ["model=mlp", words(output_mode="count", ngrams=0)],
        "dataset.preprocessing[0].ngrams: 0; a whole number of at least 1",
    ),
    (
        ["dataset=digits", "model=mlp", words(output_mode="count")],
        "dataset.preprocessing: layer 1, WordVectorization: takes raw texts, one a sample, and gets 8×8",
    ),
]


@pytest.mark.parametrize(("changes", "line"), MISTAKES, ids=[line.split(";")[0] for _, line in MISTAKES])
def test_a_mistake_about_texts_is_answered_with_one_line(changes: list[str], line: str):
    given = {change.split("=")[0] for change in changes}
    with pytest.raises(ConfigError) as refused:
        compose_plan([*([] if "dataset" in given else ["dataset=imdb"]), *changes])
    assert [str(problem) for problem in refused.value.problems] == [line]


@pytest.mark.parametrize(("mode", "shape"), [("int", (30,)), ("tf_idf", (100,))])
def test_the_shape_of_texts_is_known_without_reading_them(mode: str, shape: tuple[int, ...]):
    network = ("model=text_conv", "model.words=100") if mode == "int" else ("model=mlp",)
    plan = compose_plan(["dataset=imdb", *network, words(output_mode=mode, **LENGTH)])
    assert input_shape(plan, plan.dataset.spec()) == shape
