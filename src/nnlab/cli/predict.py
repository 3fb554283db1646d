"""`nnlab predict`: raw files in, classes and probabilities, numbers or pictures out."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nnlab.cli.parser import Parser, is_override
from nnlab.errors import NnlabError, RequestError
from nnlab.predicting.answers import Answer, answer, finite_output
from nnlab.predicting.restored import Scale, as_pixels, name_files, write_picture
from nnlab.predicting.samples import Opened, Sample, open_file, to_samples
from nnlab.predicting.sources import Source, from_file, from_run, is_model_file

if TYPE_CHECKING:
    import numpy as np

A = TypeVar("A")
B = TypeVar("B")
_BATCH = 256
Said = tuple[Sample, Any, Answer]
"""A sample, the network's output for it, and that in words."""


def main(words: list[str]) -> int:
    """Predict every file, one line each; 2 when one of them could not be read, the others being answered.

    Raises NnlabError for a wrong request, for a run that is not there and for a model that cannot be used.
    """
    options = _options(words)
    failures: list[NnlabError] = []
    opened = _each(open_file, map(Path, options.files), failures)
    answers = _predict(options, opened, failures) if opened else []
    _print(answers, options.json)
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    return 2 if failures else 0


def _predict(options: argparse.Namespace, opened: list[Opened], failures: list[NnlabError]) -> list[Answer]:
    source = _source(options)
    found = _each(
        lambda file: (file.path, to_samples(file, source.wanted, source.spec, options.invert)),
        opened,
        failures,
    )
    samples = [sample for _, group in found for sample in group]
    _check_options(source, options)
    if not samples:
        return []
    targets: list[Path | None] = [None] * len(samples)
    if source.restores:
        named = name_files([(path, len(group)) for path, group in found], options.out)
        targets = [target for group in named for target in group]
    outputs = _outputs(source, samples, tuple(options.trust))
    done = _each(lambda one: _say(source, *one), zip(samples, outputs, targets, strict=True), failures)
    if options.show:
        _show(source, done, options.show)
    return [said for _, _, said in done]


def _say(source: Source, sample: Sample, output: "np.ndarray", target: Path | None) -> Said:
    if target is None:
        return sample, output, answer(output, source.spec, sample.name, sample.note)
    pixels, tones = as_pixels(
        finite_output(output, sample.name), source.wanted, source.scale, sample.inverted
    )
    write_picture(pixels, target)
    note = "; ".join(filter(None, (sample.note, tones)))
    return sample, output, Answer(sample.name, note, written=target)


def _each(do: Callable[[A], B], items: Iterable[A], failures: list[NnlabError]) -> list[B]:
    """What `do` makes of each item; those it refuses are noted and do not stop the others."""
    done: list[B] = []
    for item in items:
        try:
            done.append(do(item))
        except NnlabError as error:
            failures.append(error)
    return done


def _source(options: argparse.Namespace) -> Source:
    trusted = tuple(options.trust)
    if is_model_file(options.run):
        return from_file(Path(options.run), trusted)
    from nnlab.cli.compose import tracking_from

    return from_run(tracking_from(options.overrides), options.run, trusted)


def _outputs(source: Source, samples: list[Sample], trusted: tuple[str, ...]) -> "list[np.ndarray]":
    import numpy as np

    from nnlab.saving.safety import load_model
    from nnlab.training.runtime import import_tensorflow

    import_tensorflow()
    model = load_model(source.path, trusted)
    batches = [samples[start : start + _BATCH] for start in range(0, len(samples), _BATCH)]
    stacked = (np.stack([sample.values for sample in batch]) for batch in batches)
    return [row for batch in stacked for row in np.asarray(model(batch, training=False))]


def _check_options(source: Source, options: argparse.Namespace) -> None:
    if options.out and not source.restores:
        raise RequestError(f"--out: {source.spec.name} is not given back as pictures; leave it out")
    if not options.show:
        return
    if not source.wanted.is_picture:
        raise RequestError(f"--show: the network takes {source.wanted.shape}, no pictures; leave it out")
    if not (source.spec.classes or source.restores):
        raise RequestError(f"--show: {source.spec.name} has no classes to draw; leave it out")


def _show(source: Source, done: list[Said], path: Path) -> None:
    if not source.restores:
        from nnlab.evaluation.figures.prediction import draw_predictions

        draw_predictions([(sample.name, sample.values, said.ranked) for sample, _, said in done], path)
        return
    from nnlab.evaluation.figures.prediction import draw_restorations

    pairs: list[tuple[str, np.ndarray, np.ndarray]] = []
    for sample, output, _ in done:
        before, _ = as_pixels(sample.values, source.wanted, Scale(), inverted=False)
        after, _ = as_pixels(output, source.wanted, source.scale, inverted=False)
        pairs.append((sample.name, before, after))
    draw_restorations(pairs, path)


def _print(answers: list[Answer], as_json: bool) -> None:
    if as_json:
        print(json.dumps([said.plain() for said in answers], indent=2, ensure_ascii=False))
        return
    for said in answers:
        print(said.line())


def _parser() -> Parser:
    parser = Parser(prog="nnlab predict", description=__doc__)
    parser.add_argument(
        "run", metavar="RUN", help="a run's id, the start of it, its name, `last`; or a .keras or .h5 file"
    )
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="pictures, .npy arrays, .csv rows, .txt texts, - to type a text; tracking.uri=… to look elsewhere",
    )
    parser.add_argument(
        "--show", metavar="FILE.png", type=Path, help="draw what the network saw, and what it said"
    )
    parser.add_argument(
        "--out", metavar="FOLDER", type=Path, help="where pictures that are given back go; else beside FILE"
    )
    parser.add_argument(
        "--invert", choices=("auto", "yes", "no"), default="auto", help="dark drawings on light paper"
    )
    parser.add_argument(
        "--trust", metavar="PACKAGE", action="append", default=[], help="a package whose classes may run"
    )
    parser.add_argument("--json", action="store_true", help="the answers as JSON")
    return parser


def _options(words: list[str]) -> argparse.Namespace:
    """The checked words; `files` without the overrides among them. Raises RequestError."""
    options = _parser().read(words)
    options.overrides = [word for word in options.files if is_override(word)]
    options.files = [word for word in options.files if not is_override(word)]
    if not options.files:
        raise RequestError(
            "FILE: none given; pictures, .npy arrays, .csv rows or .txt texts to predict, or - to type one"
        )
    if options.show and not options.show.absolute().parent.is_dir():
        raise RequestError(f"--show: {options.show}: no such folder; a file in a folder that exists")
    return options
