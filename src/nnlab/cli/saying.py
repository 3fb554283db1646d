"""How an error, and whatever is no result, is said on the command line."""

import sys
import traceback

from nnlab.errors import ConfigError, NnlabError
from nnlab.tracking.address import redact


def say(error: Exception, debug: bool = False) -> None:
    """An error on stderr, one line a problem; one that nnlab did not foresee says how to see more.

    debug: the traceback first, without the passwords it may hold.
    """
    if debug:
        print(redact("".join(traceback.format_exception(error))), file=sys.stderr)
    if isinstance(error, ConfigError):
        messages = [str(problem) for problem in error.problems]
    elif isinstance(error, NnlabError):
        messages = [str(error)]
    else:
        first = (str(error).strip().splitlines() or [""])[0]
        messages = [f"{type(error).__name__}: {first}; not foreseen: debug=true shows the traceback"]
    for message in messages:
        print(f"error: {redact(message)}", file=sys.stderr)


def say_aside(line: str) -> None:
    """A line on stderr at once: how the work goes, beside its result."""
    print(line, file=sys.stderr, flush=True)


def asks_for_help(words: list[str], about: str | None) -> bool:
    """Whether -h or --help is among the words of a command that takes overrides; then `about` has been printed."""
    if not {"-h", "--help"} & set(words):
        return False
    print(about, "The overrides are those of training: `nnlab --help` lists them.", sep="\n")
    return True
