"""A test score by its name: whether more of it is better, and how it is told."""

import math
from dataclasses import dataclass

_GROWING = (
    "accuracy",
    "precision",
    "recall",
    "f1",
    "fbeta",
    "auc",
    "r2",
    "psnr",
    "ssim",
    "iou",
    "similarity",
)
_FALLING = (
    "loss", "mae", "mse", "rmse", "mape", "msle", "error", "entropy", "crossentropy", "hinge", "divergence",
    "poisson", "deviance",
)  # fmt: skip
_SHARES = ("accuracy", "precision", "recall", "f1", "iou")


@dataclass(frozen=True)
class Metric:
    """What networks are compared by, without its split: `accuracy`, `rmse`."""

    name: str

    @property
    def grows(self) -> bool | None:
        """Whether more of it is better; None where the name does not say, such as `bias`."""
        words = self.name.lower().split("_")
        if set(words) & set(_GROWING):
            return True
        return False if set(words) & set(_FALLING) else None

    @property
    def is_share(self) -> bool:
        """Whether it lies between 0 and 1 and its differences are told in points of per cent."""
        return bool(set(self.name.lower().split("_")) & set(_SHARES))

    @property
    def scale(self) -> float:
        """By what a value is multiplied to be told."""
        return 100.0 if self.is_share else 1.0

    @property
    def unit(self) -> str:
        """What a told difference is counted in: `points`, or `in rmse`."""
        return "points" if self.is_share else f"in {self.name.replace('_', ' ')}"


def digits(width: float) -> int:
    """Decimals that tell a number known to ±`width`: the width's first digit, and its second after a 1."""
    if not math.isfinite(width) or width <= 0:
        return 2
    first = math.floor(math.log10(width))
    leading = width / 10.0**first
    return max(0, -first + (1 if leading < 2 else 0))
