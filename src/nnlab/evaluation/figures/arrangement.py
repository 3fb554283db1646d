"""Where the axes of a figure stand: as tight as their labels allow, below its header."""

from matplotlib.figure import Figure
from matplotlib.layout_engine import TightLayoutEngine


class BelowHeader(TightLayoutEngine):
    """matplotlib's tight layout, with room at the top for `header`, a share of the figure's height.

    With a `rect`, which is matplotlib's own way to leave room, every label is measured twice.
    """

    def __init__(self) -> None:
        super().__init__(rect=None)  # pyright: ignore[reportArgumentType]
        self.header = 0.0

    def execute(self, fig: Figure) -> None:  # matplotlib's name
        """Arrange the axes."""
        super().execute(fig)
        lower_axes(fig, self.header)


def lower_axes(figure: Figure, header: float) -> None:
    """Take `header` from the heights of all axes; the gaps between them keep theirs."""
    place = figure.subplotpars
    specs = [axes.get_subplotspec() for axes in figure.axes]
    rows = max((spec.get_gridspec().nrows for spec in specs if spec), default=1)
    height = (place.top - place.bottom) / (rows + place.hspace * (rows - 1))
    gap, left = place.hspace * height, height - header / rows
    if left > 0:
        figure.subplots_adjust(top=place.top - header, hspace=gap / left)
