"""nnlab explain: the layers of a network, their shapes, parameters, operations and memory, without data."""

from typing import TYPE_CHECKING

from nnlab.checking.crosschecks import input_shape, network_rows
from nnlab.cli.compose import compose_plan
from nnlab.cli.saying import asks_for_help
from nnlab.models.arithmetic import Row
from nnlab.models.shapes import format_sample, format_shape
from nnlab.plan import Plan
from nnlab.spec import DataSpec

if TYPE_CHECKING:
    from rich.table import Table


def main(words: list[str]) -> int:
    """Print the table and the sums. Raises ConfigError."""
    from rich.console import Console

    if asks_for_help(words, __doc__):
        return 0
    plan = compose_plan(words)
    spec = plan.dataset.spec()
    rows = network_rows(plan, spec)
    console = Console(highlight=False)
    console.print(_table(plan, spec, rows))
    for line in _sums(plan, rows):
        console.print(line, soft_wrap=True)
    return 0


def _table(plan: Plan, spec: DataSpec, rows: list[Row]) -> "Table":
    from rich.table import Table

    table = Table(title=f"{plan.model.name} on {spec.name}", title_justify="left")
    for name, justify in (
        ("layer", "left"),
        ("output", "left"),
        ("parameters", "right"),
        ("arithmetic", "left"),
        ("FLOPs", "right"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    table.add_row(f"raw {spec.name}", format_sample(spec), "", "", "")
    for layer in plan.dataset.preprocessing:
        table.add_row(f"[dim]{layer.name}[/dim]", "", "", "", "")
    if plan.dataset.preprocessing and (shape := input_shape(plan, spec)) is not None:
        table.add_row("[dim]preprocessed[/dim]", format_shape(shape), "", "", "")
    for layer in plan.dataset.corruption or ():
        table.add_row(f"[dim]{layer.name} (spoils)[/dim]", "", "", "", "")
    for row in rows:
        _add(table, row, "")
    return table


def _add(table: "Table", row: Row, indent: str) -> None:
    """A row, and below it those of the layers inside, indented under the name of their chain."""
    from rich.markup import escape

    shape = format_shape(row.shape) if row.shape is not None else "?"
    table.add_row(indent + row.layer.name, shape, _number(row.params), row.arithmetic, _number(row.flops))
    for name, inner in row.branches.items():
        table.add_row(f"[dim]{indent} {escape(name)}{'' if inner else ' as it is'}[/dim]")
        for below in inner:
            _add(table, below, indent + "   ")


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ") if value else ""


def _sums(plan: Plan, rows: list[Row]) -> list[str]:
    if any(row.shape is None for row in rows):
        return ["from the first ? on, shapes depend on the data or on a layer whose arithmetic is not known"]
    params, fixed, flops = (sum(getattr(row, name) for row in rows) for name in ("params", "fixed", "flops"))
    values = sum(row.values for row in rows) * plan.trainer.batch_size
    trained = f", {_number(fixed)} of them not trained" if fixed else ""
    return [
        f"parameters   {_number(params)}{trained}: {_megabytes(4 * params)}",
        f"operations   {_number(flops)} FLOPs a sample forwards, about three times as many in training",
        f"activations  {_megabytes(4 * values)} for a batch of {plan.trainer.batch_size}",
    ]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
