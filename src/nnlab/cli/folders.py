"""Where configuration is found: nnlab's own conf/, and a user's ./conf."""

from pathlib import Path

import nnlab


def own_conf() -> Path:
    """nnlab's conf/: inside the installed package, or at the top of a checkout."""
    package = Path(nnlab.__file__).parent
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"


def user_conf() -> Path | None:
    """The user's ./conf, when there is one that is not nnlab's own."""
    here = Path.cwd() / "conf"
    return here if here.is_dir() and here.resolve() != own_conf().resolve() else None


def conf_folders() -> list[Path]:
    """Every folder that is searched, first the one that wins."""
    return [own_conf(), *filter(None, [user_conf()])]


def groups() -> dict[str, list[str]]:
    """Every config group with its options: {"optimizer": ["adam", …], "experiments": ["cnn/dropout", …]}."""
    found: dict[str, set[str]] = {}
    for folder in conf_folders():
        for file in folder.glob("*/**/*.yaml"):
            group, *rest = file.relative_to(folder).with_suffix("").parts
            if group not in ("hydra", "schemas"):
                found.setdefault(group, set()).add("/".join(rest))
    return {group: sorted(options) for group, options in sorted(found.items())}
