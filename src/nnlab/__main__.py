"""Hands the words to the command, and says errors the way the contract wants them."""

import atexit
import importlib
import io
import os
import pkgutil
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from nnlab import cli
from nnlab.cli.saying import say
from nnlab.errors import RequestError, show
from nnlab.names import suggest
from nnlab.signals import Interrupted


def main(words: list[str] | None = None) -> int:
    """Run one command line; the exit code: 0 done, 1 the work failed, 2 the request was wrong."""
    words = sys.argv[1:] if words is None else words
    _say_anything()
    try:
        name, rest = _command(words)
        return importlib.import_module(f"nnlab.cli.{name}").main(rest)
    except Interrupted as interrupted:
        print(f"nnlab: {interrupted}", file=sys.stderr)
        return interrupted.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        say(error, _wants_traceback(words))
        return getattr(error, "exit_code", 1)


def console() -> NoReturn:
    """Run the process's command line, and end it without taking every object apart: TensorFlow's take seconds."""
    code: list[int] = []
    # The first to be registered runs last, after whatever else has something to put in order.
    atexit.register(_end, code)
    code.append(main())
    sys.exit(code[0])


def _end(code: list[int]) -> None:
    """End at once, with `code`; the usual way where there is none, or where nobody reads what is printed."""
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
        if code:
            os._exit(code[0])


def _say_anything() -> None:
    """Where the terminal knows no `×` (LANG=C) a run must not fail on saying its result: it is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _command(words: list[str]) -> tuple[str, list[str]]:
    """The command's module; without a command, or with overrides first, it is `train`.

    Raises RequestError for a first word that is nearly a command.
    """
    known = commands()
    if words and words[0] in known:
        return words[0], words[1:]
    if words and re.fullmatch(r"\w+", words[0]) and (meant := suggest(words[0], known)):
        allowed = f"one of {', '.join(sorted(known))}, or KEY=VALUE"
        raise RequestError(f"{show(words[0])}: no command; {allowed}; did you mean {meant!r}?")
    return "train", words


def commands() -> list[str]:
    """The modules of nnlab.cli that are commands: those that have a `main`."""
    folder = Path(cli.__file__).parent
    names = [module.name for module in pkgutil.iter_modules([str(folder)])]
    return [name for name in names if "\ndef main(" in (folder / f"{name}.py").read_text(encoding="utf-8")]


def _wants_traceback(words: list[str]) -> bool:
    return any(word.lstrip("+").lower() == "debug=true" for word in words)


if __name__ == "__main__":
    console()
