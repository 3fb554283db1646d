"""A comparison as a file: csv and json for programs, markdown and LaTeX for people."""

import csv
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from nnlab.analysis.cells import Column, columns_of, notes_of, title_of
from nnlab.analysis.comparison import Comparison
from nnlab.analysis.flat_plans import write_value
from nnlab.analysis.sentences import say
from nnlab.analysis.spread import Spread
from nnlab.analysis.standing import Standing
from nnlab.analysis.verdict import Verdict

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "–": "--", "±": r"$\pm$", "<": "$<$",
    ">": "$>$", "…": r"\dots{}", "×": r"$\times$",
}  # fmt: skip
_SPREADS = ("best", "last", "test")


def to_json(comparison: Comparison) -> str:
    """Everything, shares as shares; what is not known is null."""
    whole = {
        "metric": comparison.metric.name,
        "higher_is_better": comparison.metric.grows,
        "ranked_by": comparison.ranked_by,
        "warnings": list(comparison.warnings),
        "notes": notes_of(comparison),
        "left_out": dict(comparison.left_out),
        "configurations": [_plain(one) for one in comparison.standings],
        "verdicts": [_plain_verdict(one) for one in comparison.verdicts],
    }
    return json.dumps(_without_nan(whole), indent=1, ensure_ascii=False) + "\n"


def to_csv(comparison: Comparison) -> str:
    """A row for each configuration; its verdict is the one on the first against it."""
    about = {one.second.label: one for one in comparison.verdicts}
    rows = [_row(comparison, one, about.get(one.label)) for one in comparison.standings]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_without_nan(rows))
    return text.getvalue()


def to_markdown(comparison: Comparison) -> str:
    """A table, and below it what must be said of it."""
    columns = columns_of(comparison)
    lines = [_markdown_row([column.name for column in columns])]
    lines.append("|" + "|".join("---:" if column.is_number else "---" for column in columns) + "|")
    lines += [_markdown_row(row) for row in _rows(columns)]
    warned = [f"**Warning: {warning}.**" for warning in comparison.warnings]
    listed = [f"- {_markdown(line)}" for line in (*comparison.sentences, *notes_of(comparison))]
    parts = [f"{_markdown(title_of(comparison))}:", "\n".join(lines), *warned, "\n".join(listed)]
    return "\n\n".join(part for part in parts if part) + "\n"


def to_latex(comparison: Comparison) -> str:
    """A table with booktabs' rules, and in its caption what must be said of it."""
    columns = columns_of(comparison)
    head = _latex_row([column.name for column in columns])
    told = [
        title_of(comparison),
        *(f"Warning: {warning}" for warning in comparison.warnings),
        *comparison.sentences,
        *notes_of(comparison),
    ]
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table}",
            r"\centering",
            r"\begin{tabular}{" + "".join("r" if column.is_number else "l" for column in columns) + "}",
            r"\toprule",
            head,
            r"\midrule",
            *(_latex_row(row) for row in _rows(columns)),
            r"\bottomrule",
            r"\end{tabular}",
            r"\caption{" + " ".join(f"{_latex(line)}." for line in told) + "}",
            r"\end{table}",
            "",
        ]
    )


WRITERS: dict[str, Callable[[Comparison], str]] = {
    "csv": to_csv,
    "json": to_json,
    "markdown": to_markdown,
    "latex": to_latex,
}
SUFFIXES = {".csv": "csv", ".json": "json", ".md": "markdown", ".tex": "latex"}


def _plain(standing: Standing) -> dict[str, Any]:
    own = standing.configuration
    return {
        "rank": standing.rank,
        "label": own.label,
        "values": own.values,
        "n": own.n,
        "units": [{"seed": seed, "fold": fold or None} for seed, fold in own.units],
        "runs": [run.id for run in own.runs],
        **{_name(part): _plain_spread(getattr(standing, part)) for part in _SPREADS},
        "params": standing.params,
        "flops": standing.flops,
        "seconds": standing.seconds,
        "memory_mb": standing.megabytes,
        "flags": list(standing.flags),
    }


def _name(part: str) -> str:
    return "test" if part == "test" else f"validation_{part}"


def _plain_spread(spread: Spread | None) -> dict[str, Any] | None:
    """std, low and high are null for a single run: it has none."""
    if spread is None:
        return None
    return (
        asdict(spread)
        if spread.n > 1
        else {"mean": spread.mean, "std": None, "n": 1, "low": None, "high": None}
    )


def _plain_verdict(verdict: Verdict) -> dict[str, Any]:
    found, (low, high) = verdict.found, verdict.interval
    return {
        "first": verdict.first.label,
        "second": verdict.second.label,
        "sentence": say(verdict),
        "shown": verdict.is_shown,
        "test": found.test if found else None,
        "n": found.n if found else None,
        "lead": verdict.lead,
        "low": low,
        "high": high,
        "p": verdict.p,
        "p_alone": found.p if found else None,
        "comparisons": verdict.comparisons,
        "effect": found.effect if found else None,
        "effect_name": found.effect_name if found else None,
        "detectable": found.detectable if found else None,
        "unpaired": verdict.unpaired,
    }


def _row(comparison: Comparison, standing: Standing, verdict: Verdict | None) -> dict[str, Any]:
    own = standing.configuration
    values = {key: "" if value is None else write_value(value) for key, value in own.values.items()}
    row: dict[str, Any] = {"rank": standing.rank, **values, "n": own.n}
    for part in _SPREADS:
        spread = _plain_spread(getattr(standing, part)) or {}
        row |= {f"{_name(part)}_{number}": spread.get(number) for number in ("mean", "std", "low", "high")}
    return {
        **row,
        "params": standing.params,
        "flops": standing.flops,
        "seconds": standing.seconds,
        "memory_mb": standing.megabytes,
        "metric": comparison.metric.name,
        "ranked_by": comparison.ranked_by,
        "lead": verdict.lead if verdict else None,
        "p": verdict.p if verdict else None,
        "verdict": say(verdict) if verdict else "",
        "warnings": "; ".join(comparison.warnings),
        "notes": "; ".join(notes_of(comparison)),
        "runs": " ".join(run.id for run in own.runs),
    }


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _rows(columns: list[Column]) -> list[list[str]]:
    return [list(row) for row in zip(*(column.cells for column in columns), strict=True)]


def _markdown_row(cells: list[str]) -> str:
    return f"| {' | '.join(map(_markdown, cells))} |"


def _markdown(text: str) -> str:
    """Text as it stands: nothing in a name is markup."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", text) if len(text) > 1 else text


def _latex_row(cells: list[str]) -> str:
    return f"{' & '.join(map(_latex, cells))} \\\\"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text)
