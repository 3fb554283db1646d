"""nnlab check: compose and check only; prints the plan."""

import sys

import yaml

from nnlab.cli.compose import compose_plan
from nnlab.cli.saying import asks_for_help


def main(words: list[str]) -> int:
    """Print the resolved plan as YAML that can be read again. Raises ConfigError."""
    if asks_for_help(words, __doc__):
        return 0
    plan = compose_plan(words)
    yaml.safe_dump(
        plan.plain(), sys.stdout, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return 0
