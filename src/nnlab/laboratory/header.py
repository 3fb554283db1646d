"""The header of an experiment's file: its question, what was published, what has been reached.

    # @package _global_
    # yaml-language-server: $schema=../../conf/schemas/plan.json
    # The question, on one line or a few.
    #   python -m nnlab +experiments=mlp/first
    # Published: test accuracy 95.62 %, test loss 0.1379; 55 050 parameters.
    # By hand: test accuracy 95.9 %.
    # Figure: with and without dropout (validation loss, normalised)
    # Picture: mistakes (of which the network was surest)
    # Reached: test accuracy 96.21 % ± 0.15 (3 seeds); 9 s a run, 2 threads.

`By hand`, `Figure`, `Picture` and `Reached` may be missing; there may be several figures and pictures. The last
line is written by `nnlab lab` alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from nnlab.errors import ConfigError, Problem, show
from nnlab.laboratory.claims import CLAIM_FORMAT, Claim, read_claims
from nnlab.laboratory.figure_lines import FIGURE_FORMAT, FigureLine, Picture, read_figure, read_picture
from nnlab.laboratory.reached import Reached, read_reached
from nnlab.names import suggest

T = TypeVar("T")
FIRST = ("# @package _global_", "# yaml-language-server: $schema=../../conf/schemas/plan.json")
LABELS = ("Published", "By hand", "Figure", "Picture", "Reached")
_LABELLED = re.compile(r"# ([A-Z][a-z]+(?: [a-z]+)?):(?: (.*))?")
_COMMAND = re.compile(r"#   python -m nnlab (?:-m )?\+experiments=(\S+)")


@dataclass(frozen=True)
class Header:
    """What the header says. published: empty for no number. parameters: None where none were published."""

    question: str
    published: tuple[Claim, ...]
    parameters: int | None
    by_hand: tuple[Claim, ...]
    figures: tuple[FigureLine, ...]
    pictures: tuple[Picture, ...]
    reached: Reached | None


def read_header(text: str, name: str) -> Header:
    """Read the header of experiments/NAME.yaml. Raises ConfigError with every line that is not as it must be."""
    return _Reader(text, name).read()


def write_reached(text: str, reached: Reached) -> str:
    """The file's text with this as its `# Reached:` line, which is put at the header's end where there is none."""
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    kept = [line for line in lines[:end] if not line.startswith("# Reached:")]
    return "\n".join([*kept, f"# Reached: {reached}", *lines[end:]])


class _Reader:
    """One header: goes through its lines and collects what is wrong with them."""

    def __init__(self, text: str, name: str):
        self.name = name
        self.lines = [line for line, _ in zip(text.split("\n"), _while_comment(text), strict=False)]
        self.problems: list[Problem] = []

    def read(self) -> Header:
        for number, wanted in enumerate(FIRST, 1):
            if self.lines[number - 1 : number] != [wanted]:
                self._complain(number, wanted)
        question, after = self._question()
        labelled = list(self._labelled(after))
        header = self._build(" ".join(question), labelled)
        if self.problems:
            raise ConfigError(self.problems)
        return header

    def _complain(self, number: int, wanted: str, meant: str | None = None) -> None:
        given = show(self.lines[number - 1]) if number <= len(self.lines) else "the header ends"
        place = f"experiments/{self.name}.yaml, line {number}"
        self.problems.append(Problem(place, given, f"write: {wanted}", meant))

    def _question(self) -> tuple[list[str], int]:
        """The question's lines, and the place of the first line after the command."""
        question: list[str] = []
        for at, line in enumerate(self.lines[2:], 2):
            if found := _COMMAND.fullmatch(line):
                if found[1] != self.name:
                    self._complain(at + 1, f"#   python -m nnlab +experiments={self.name}")
                if not question:
                    self._complain(at + 1, "# the question that the experiment answers, before its command")
                return question, at + 1
            if _LABELLED.fullmatch(line):
                break
            question.append(line.removeprefix("#").strip())
        place = 2 + len(question)
        self._complain(place + 1, f"#   python -m nnlab +experiments={self.name}")
        return question, place

    def _labelled(self, after: int) -> Iterator[tuple[int, str, str]]:
        """Line number, label and text of every line after the command, in the order that is prescribed."""
        last = 0
        for number, line in enumerate(self.lines[after:], after + 1):
            found = _LABELLED.fullmatch(line)
            if not found or found[1] not in LABELS:
                wanted = f"# LABEL: …, LABEL one of {', '.join(LABELS)}"
                self._complain(number, wanted, suggest(found[1], LABELS) if found else None)
            elif LABELS.index(found[1]) < last:
                self._complain(number, f"the lines in this order: {', '.join(LABELS)}")
            else:
                last = LABELS.index(found[1])
                yield number, found[1], (found[2] or "").strip()

    def _build(self, question: str, labelled: list[tuple[int, str, str]]) -> Header:
        given: dict[str, list[tuple[int, str]]] = {label: [] for label in LABELS}
        for number, label, text in labelled:
            given[label].append((number, text))
        for label in ("Published", "By hand", "Reached"):
            for number, _ in given[label][1:]:
                self._complain(number, f"`# {label}:` once")
        if not given["Published"]:
            self._complain(len(self.lines) + 1, f"# Published: {CLAIM_FORMAT}")
        published = self._parse(given["Published"][:1], read_claims, f"# Published: {CLAIM_FORMAT}")
        by_hand = self._parse(given["By hand"][:1], read_claims, f"# By hand: {CLAIM_FORMAT}")
        return Header(
            question=question,
            published=published[0][0] if published else (),
            parameters=published[0][1] if published else None,
            by_hand=by_hand[0][0] if by_hand else (),
            figures=tuple(self._parse(given["Figure"], read_figure, f"# Figure: {FIGURE_FORMAT}")),
            pictures=tuple(self._parse(given["Picture"], read_picture, "# Picture: NAME (what it shows)")),
            reached=next(
                iter(self._parse(given["Reached"][:1], read_reached, "nothing: `nnlab lab` does")), None
            ),
        )

    def _parse(self, lines: list[tuple[int, str]], read: Callable[[str], T | None], wanted: str) -> list[T]:
        found = [(number, read(text)) for number, text in lines]
        for number, one in found:
            if one is None:
                self._complain(number, wanted)
        return [one for _, one in found if one is not None]


def _while_comment(text: str) -> Iterator[None]:
    for line in text.split("\n"):
        if not line.startswith("#"):
            return
        yield None
