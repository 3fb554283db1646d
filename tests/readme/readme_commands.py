"""The commands of README.md, and the lines it says they print."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARYING = re.compile(
    r"(?P<any>…)|(?P<hex>(?<![A-Za-z0-9])[0-9a-f]{6,32}(?![A-Za-z0-9]))"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)|(?P<space>\s+)"
)
_PATTERNS = {
    "any": ".*",
    "hex": "[0-9a-f]+",
    "number": r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?",
    "space": r"\s+",
}


@dataclass(frozen=True)
class Command:
    """One typed line, and what the README shows below it."""

    line: str
    shown: tuple[str, ...]

    @property
    def code(self) -> int:
        """The exit code: 2 where the README shows errors."""
        return 2 if any(line.startswith("error:") for line in self.shown) else 0

    def missing_from(self, output: str) -> str | None:
        """The first shown line that the output does not have, in order; numbers and hashes may differ."""
        said = iter(output.splitlines())
        for line in self.shown:
            if line != "…" and not any(re.fullmatch(as_pattern(line), other.strip()) for other in said):
                return line
        return None


def as_pattern(line: str) -> str:
    """A regular expression for a line of output: … is anything, and any number stands for a number."""
    found, last = [], 0
    for match in _VARYING.finditer(line := line.strip()):
        found += [re.escape(line[last : match.start()]), _PATTERNS[match.lastgroup or "any"]]
        last = match.end()
    return "".join([*found, re.escape(line[last:])])


def commands() -> list[Command]:
    """Every command of the README's console blocks, in order."""
    found: list[tuple[str, list[str]]] = []
    for line in "".join(_BLOCK.findall(README)).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return [Command(line, tuple(shown)) for line, shown in found]
