"""What `nnlab --help` says: on Hydra's own way to it every configuration is copied several times."""

from collections.abc import Sequence
from string import Template

import yaml

from nnlab.cli.compose import Bases, compose_config, compose_plan
from nnlab.cli.folders import groups, own_conf


def help_text(overrides: Sequence[str]) -> str:
    """The commands, the choices of every group, and each key with its value. Raises ConfigError."""
    bases: Bases = {}
    if overrides:
        compose_plan(overrides, bases)
    said = yaml.safe_load((own_conf() / "hydra" / "help" / "nnlab.yaml").read_text(encoding="utf-8"))
    template = said["template"]
    for part in ("header", "footer"):
        template = template.replace(f"${{hydra.help.{part}}}", said[part])
    config = yaml.safe_dump(compose_config(overrides, bases), sort_keys=False, allow_unicode=True)
    return Template(template).substitute(APP_CONFIG_GROUPS=_choices(), CONFIG=config)


def _choices() -> str:
    """A line for each group: `optimizer: adam, sgd …`; those in folders of a group are groups of their own."""
    found: dict[str, list[str]] = {}
    for group, options in groups().items():
        for option in options:
            folder, _, name = f"{group}/{option}".rpartition("/")
            found.setdefault(folder, []).append(name)
    return "".join(f"{group}: {', '.join(sorted(found[group]))}\n" for group in sorted(found))
