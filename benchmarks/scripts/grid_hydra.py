"""The grid of small MLPs with Hydra's basic launcher: -m, every job in this one process."""

import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig
from small_mlp import train

ConfigStore.instance().store(
    "config",
    {
        "folder": "",
        "neurons": 32,
        "optimizer": "adam",
        "seed": 0,
        "epochs": 3,
        "hydra": {"sweep": {"dir": "hydra"}, "output_subdir": None},
    },
)


@hydra.main(version_base="1.3", config_path=None, config_name="config")
def main(config: DictConfig) -> float:
    """One job."""
    return train(config.folder, config.neurons, config.optimizer, config.seed, config.epochs)


if __name__ == "__main__":
    main()
