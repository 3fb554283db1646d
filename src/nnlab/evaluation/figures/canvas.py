"""What all figures share: style, colours, honest text, and the file."""

import textwrap
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import StorageError
from nnlab.evaluation.figures.png import encode_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator
    from PIL.Image import Image

DPI = 110
# Okabe and Ito (2008): told apart by colour-blind readers and in print.
BLUE, ORANGE, GREEN, PURPLE, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
INK, GREY, SILVER, PALE = "#222222", "#707070", "#bdbdbd", "#d9d9d9"
CYCLE = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, INK)
_PER_INCH = 13.5
"""So many letters of 9 points stand on an inch."""
_STYLE = {
    "font.size": 9.0,
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
    "text.usetex": False,
    # A class may be called "$x_1$": user text is drawn as it is.
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.0,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.formatter.use_mathtext": False,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}
_FAMILIES = (
    "DejaVu Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "Noto Sans Arabic",
    "Noto Emoji",
)


@contextmanager
def drawing() -> Iterator[None]:
    """nnlab's style for every figure made, drawn and saved inside; the caller's own comes back after."""
    import matplotlib
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    families = [family for family in _FAMILIES if family in installed]
    style: Any = {**_STYLE, "font.family": families or ["sans-serif"]}
    with matplotlib.rc_context(style), warnings.catch_warnings():
        # A letter that no font has is drawn as a box: nothing that the user can mend.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def new_figure(width: float, height: float, title: str = "", *, arranged: bool = True) -> "Figure":
    """A figure of so many inches with its title at the top left, drawn without any window system.

    arranged: matplotlib makes room for labels; otherwise the axes stay where they are put.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from nnlab.evaluation.figures.arrangement import BelowHeader

    figure = Figure(figsize=(width, height), dpi=DPI, layout=BelowHeader() if arranged else None)
    FigureCanvasAgg(figure)
    if title:
        figure.suptitle(title, x=0.08 / width, y=1 - 0.08 / height, ha="left", fontsize=11, fontweight="bold")
    return figure


def explain(figure: "Figure", text: str) -> None:
    """How to read the figure: grey lines below its title, and room for them above all axes."""
    from nnlab.evaluation.figures.arrangement import BelowHeader

    width, height = figure.get_size_inches()
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, int(_PER_INCH * width))]
    said = "\n".join(lines)
    figure.text(0.08 / width, 1 - 0.36 / height, said, color=GREY, va="top", linespacing=1.3)
    if isinstance(engine := figure.get_layout_engine(), BelowHeader):
        engine.header = (0.1 + 0.175 * len(lines)) / height


def save_figure(figure: "Figure", path: Path) -> Path:
    """Write the figure as PNG, its folder too if needed. Raises StorageError."""
    return save_picture(paint(figure), path)


def paint(figure: "Figure") -> "Image":
    """The figure's pixels: what savefig makes, less its second drawing of everything, which is half the time."""
    from PIL import Image

    if engine := figure.get_layout_engine():
        engine.execute(figure)
        figure.set_layout_engine("none")
    figure.canvas.draw()
    pixels = figure.canvas.buffer_rgba()  # pyright: ignore[reportAttributeAccessIssue]
    size = figure.canvas.get_width_height()
    return Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1).convert("RGB")


def blank(width: int, height: int) -> "Image":
    """A white picture of so many pixels."""
    from PIL import Image

    return Image.new("RGB", (width, height), "white")


def enlarge(pixels: np.ndarray, height: float, width: float) -> "Image":
    """A picture (h, w, 3) uint8 in another size, at least one pixel: each that of the nearest place."""
    from PIL import Image

    size = max(1, round(width)), max(1, round(height))
    return Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST)


def save_picture(picture: "Image", path: Path) -> Path:
    """Write a picture as PNG, its folder too if needed. Raises StorageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_png(np.asarray(picture), DPI))
    except OSError as error:
        raise StorageError(f"{path}: the figure cannot be written: {error.strerror or error}") from error
    return path


def shorten(text: str, length: int) -> str:
    """The text on one line of at most `length` characters, without control characters and broken unicode.

    >>> shorten("ankle boot", 6)
    'ankle…'
    """
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    line = "".join(
        letter for letter in line if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def count_of(number: int, noun: str) -> str:
    """`count_of(1, "mistake")` is "1 mistake", of 1200 it is "1 200 mistakes"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}".replace(",", " ")


def plain_decades(axis: "Axis", low: float, high: float) -> None:
    """Plain numbers on a logarithmic axis, at 1, 2 and 5 of each decade where there are few decades.

    low, high: the axis's ends. Matplotlib's own labels are in its mathematics, which the style leaves as is.
    """
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_locator(locate_decades(low, high))
    axis.set_major_formatter(FuncFormatter(lambda value, _: write_number(value)))
    axis.set_minor_formatter(NullFormatter())


def locate_decades(low: float, high: float, **more: Any) -> "LogLocator":
    """Decades from low to high, and 2 and 5 of each where they are few. more: what else a LogLocator takes."""
    from matplotlib.ticker import LogLocator

    return LogLocator(subs=(1, 2, 5) if high < 300 * low else (1,), **more)


def write_number(value: float) -> str:
    """A number as an axis shows it: `0.001`, `12 800`."""
    return f"{value:,.0f}".replace(",", " ") if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def put_legend(axes: "Axes", handles: list[Any], labels: list[str], **place: Any) -> None:
    """A legend of exactly these labels, also those beginning with "_", which matplotlib would leave out."""
    legend = axes.legend(handles, [" "] * len(labels), **place)
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_text(label)
