"""Where the store is: `tracking.uri` resolved, made absolute, and safe to print."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from nnlab.errors import RequestError
from nnlab.plan import Tracking

KEY = "tracking.uri"
REDACTED = "***"
_VARIABLE = re.compile(r"\$\{oc\.env:([A-Za-z_]\w*)(?:,([^}]*))?\}")
_LOGIN = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)[^/\s@'\"]+@")
_QUERY = re.compile(r"(?P<key>[?&](?:password|passwd|token)=)[^&\s'\"]+", re.IGNORECASE)


def redact(text: str) -> str:
    """The text with every `user:password@` of an address as `***@`, and every `?password=` as `?password=***`."""
    return _QUERY.sub(rf"\g<key>{REDACTED}", _LOGIN.sub(rf"\g<scheme>{REDACTED}@", text))


def store_uri(tracking: Tracking) -> str:
    """The address to connect to: variables read, sqlite files absolute. Raises RequestError.

    Never record or print it: it may hold a password. What is recorded is `tracking.uri` as it was written.
    """
    usual = f"give {KEY}=http://SERVER, or use tracking=local"
    uri = read_variables(tracking.uri, KEY, usual)
    if uri.startswith(("http://", "https://")):
        return uri.rstrip("/")
    if uri.startswith("sqlite:///") and len(uri) > len("sqlite:///") and not set(uri) & set("?#"):
        return f"sqlite:///{(Path.cwd() / uri.removeprefix('sqlite:///')).resolve()}"
    raise RequestError(
        f"{KEY}: {redact(tracking.uri)!r}; sqlite:///FILE (no ? or # in it), or http(s)://SERVER"
    )


def read_variables(text: str, key: str, allowed: str = "set it") -> str:
    """An address with the environment variables `${oc.env:NAME,DEFAULT}` in it read; record the text as it was.

    Raises RequestError over `key` for a variable that is not set and has no default; `allowed` says what to do.
    """

    def read(match: re.Match[str]) -> str:
        name, default = match.groups()
        value = os.environ.get(name) or default
        if not value:
            raise RequestError(f"{key}: environment variable {name} is not set; {allowed}")
        return value

    return _VARIABLE.sub(read, text)


def database(tracking: Tracking) -> Path | None:
    """The sqlite file of a local store; None for a server. Raises RequestError."""
    uri = store_uri(tracking)
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:") else None


def is_of_this_machine(tracking: Tracking) -> bool:
    """Whether no other machine can reach the store: a file, or a server on the loopback. Raises RequestError."""
    host = urlsplit(store_uri(tracking)).hostname
    return not host or host == "localhost" or host == "::1" or host.startswith("127.")


def artifact_location(tracking: Tracking) -> str | None:
    """Where artifacts go: a folder as an absolute file URI, another URI as is, None for the server's."""
    if tracking.artifacts is None or "://" in tracking.artifacts:
        return tracking.artifacts
    return (Path.cwd() / tracking.artifacts).resolve().as_uri()
