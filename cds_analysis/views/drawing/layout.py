"""Where the axes of a chart stand: side by side, each with the room that its labels and legend need."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine

__all__ = ["Row", "lay_out"]


def lay_out(figure: Figure, renderer) -> None:
    """Place the axes once, with the renderer that draws: it remembers the size of each text, and ``savefig``
    would draw twice.
    """
    engine = figure.get_layout_engine()
    if isinstance(engine, Row):
        engine.execute(figure, renderer)
        figure.set_layout_engine("none")


class Row(LayoutEngine):
    """Puts axes of equal width side by side in a part of the figure, each with the room that its labels and
    legend need.

    Everything is measured once; the constrained layout of matplotlib measures all twice.
    """

    _adjust_compatible, _colorbar_gridspec = False, False

    def __init__(self, rect: tuple[float, float, float, float], pad: float = 0.05) -> None:
        super().__init__()
        self.rect, self.pad = rect, pad  # fractions of the figure; inches

    def execute(self, fig: Figure, renderer=None) -> None:
        """Place the axes of `fig`."""
        left, bottom, width, height = self.rect
        pad_x, pad_y = self.pad / fig.get_figwidth(), self.pad / fig.get_figheight()
        for axis in (axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis) if not axis.label.get_text()):
            axis.set_label_coords(0, 0)  # or matplotlib measures all ticks to place a label that is not there
        for i, ax in enumerate(fig.axes):  # near their final size, so that as many ticks are measured
            ax.set_position((left + i * width / len(fig.axes), bottom, 0.85 * width / len(fig.axes), height))
        margins = [_margins(ax, renderer) for ax in fig.axes]
        wide = (width - sum(m[0] + m[1] + 2 * pad_x for m in margins)) / len(margins)
        below, above = max(m[2] for m in margins), max(m[3] for m in margins)
        for ax, (before, after, _, _) in zip(fig.axes, margins):
            ax.set_position(
                (
                    left + pad_x + before,
                    bottom + pad_y + below,
                    max(wide, 0.05),
                    max(height - below - above - 2 * pad_y, 0.05),
                )
            )
            left += before + wide + after + 2 * pad_x


def _margins(ax: Axes, renderer) -> list[float]:
    """Return how far an axes' labels and legend reach beyond it: left, right, below, above, as fractions of
    the figure.
    """
    inner, page = ax.get_window_extent(), ax.figure.bbox
    whole = ax.get_tightbbox(renderer, for_layout_only=True) or inner
    reach = (
        (inner.x0 - whole.x0) / page.width,
        (whole.x1 - inner.x1) / page.width,
        (inner.y0 - whole.y0) / page.height,
        (whole.y1 - inner.y1) / page.height,
    )
    return [max(0.0, r) for r in reach]
