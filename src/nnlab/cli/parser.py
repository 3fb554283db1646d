"""How the words of a command with options are read."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from nnlab.errors import RequestError
from nnlab.names import suggest


class Parser(argparse.ArgumentParser):
    """argparse, whose complaints are nnlab's. prog: `nnlab compare`."""

    def error(self, message: str) -> NoReturn:
        """Raises RequestError."""
        raise RequestError(f"{self.prog.removeprefix('nnlab ')}: {message}; see `{self.prog} --help`")

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """The words, options and others in any order. Raises RequestError."""
        options, unknown = self.parse_known_intermixed_args(words)
        if unknown:
            named = [action.option_strings[-1] for action in self._actions if action.option_strings]
            known = sorted(named, key=lambda name: name == "--help")
            meant = suggest(unknown[0].split("=")[0], known)
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise RequestError(f"{unknown[0]}: unknown option; one of {', '.join(known)}{hint}")
        return options


def is_override(word: str) -> bool:
    """Whether a word among runs and files says where the runs are: `tracking.uri=…`."""
    return word.lstrip("+").startswith("tracking") and "=" in word and not Path(word).exists()
