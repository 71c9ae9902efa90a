"""One visual system: colours, type, the frame of a figure, and :class:`Chart`, which carries its alt text and its numbers."""

from __future__ import annotations

import base64
import io
import textwrap
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib as mpl
import polars as pl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine

__all__ = [
    "GREY",
    "INK",
    "MUTED",
    "PALETTE",
    "STATUS_LOOK",
    "Chart",
    "canvas",
    "empty_chart",
    "flat_csv",
    "legend",
    "seaborn_columns",
    "spread",
    "style",
]

INK, MUTED, GREY, LIGHT = "#1b2a38", "#586774", "#b4bec7", "#e7ebee"
# Okabe-Ito: told apart by readers with any common colour blindness; markers differ too.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8a6d00", "#56B4E9"]
MARKERS = ["o", "s", "D", "^", "v", "P"]

# status -> (symbol, colour, text colour); the symbol alone is enough to read the status
STATUS_LOOK = {
    "achieved": ("✓", "#00664b", "white"),
    "on_track": ("▲", "#4fa88b", "black"),
    "needs_acceleration": ("►", "#f0c75e", "black"),
    "limited": ("◄", "#e58b3a", "black"),
    "deteriorating": ("▼", "#b3371a", "white"),
    "missed": ("✗", "#7d1d1d", "white"),
    "undetermined": ("?", "#d3dae0", "black"),
    "no_baseline": ("•", "#bcd3e6", "black"),
    "no_data": ("–", "#ffffff", "black"),
}

WIDTH, DPI, CSS_PX_PER_INCH = 9.0, 200, 108  # a figure is shown at 108 px an inch, and drawn sharper for dense screens
_STYLE = {
    "font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "axes.labelcolor": MUTED, "axes.edgecolor": GREY,
    "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 9.5, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.labelsize": 8.5, "xtick.color": MUTED, "ytick.color": INK, "xtick.labelsize": 8.5, "ytick.labelsize": 8.5,
    "axes.grid": False, "grid.color": LIGHT, "legend.frameon": False, "legend.fontsize": 8, "hatch.color": "#aeb8c0", "hatch.linewidth": 0.6, "svg.hashsalt": "cds", "text.hinting": "none", "svg.fonttype": "none",
}  # fmt: skip


@contextmanager
def style():
    """Apply the look inside a ``with`` block only."""
    with mpl.rc_context(_STYLE):
        yield


def empty_chart(name: str, title: str, message: str, footer: str, data: pl.DataFrame) -> Chart:
    """Return a figure that says in words that there is nothing to draw, instead of empty axes."""
    with style():
        figure, (ax,) = canvas(0.8, title, "", footer)
        ax.axis("off")
        ax.text(0, 0.5, message, transform=ax.transAxes, fontsize=10, color=MUTED, va="center")
    return Chart(name, figure, title, f"{title}. {message}", data)


def flat_csv(frame: pl.DataFrame, *, for_spreadsheet: bool = False) -> str:
    """Return the frame as CSV; lists become text joined by ';'.

    With `for_spreadsheet` a text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a return) gets an
    apostrophe in front, so it stays text.

    Examples
    --------
    >>> print(flat_csv(pl.DataFrame({"name": ["=1+1", "ok"], "value": [-1, 2]}), for_spreadsheet=True).strip())
    name,value
    '=1+1,-1
    ok,2
    """
    lists = [name for name, dtype in frame.schema.items() if dtype == pl.List]
    flat = frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(";"))
    if for_spreadsheet:
        flat = flat.with_columns(pl.col(pl.String).str.replace(r"^([=+\-@\t\r])", "'$1"))
    return flat.write_csv()


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure with what a reader who cannot see it needs: ``alt`` tells its message, ``data`` holds the numbers drawn."""

    name: str
    figure: Figure
    title: str
    alt: str
    data: pl.DataFrame

    def png(self, dpi: int = DPI) -> bytes:
        """Return the figure as PNG bytes; 200 dots an inch are sharp on dense screens and in print."""
        self._lay_out()
        buffer, before = io.BytesIO(), self.figure.dpi
        with style():
            self.figure.dpi = dpi
            FigureCanvasAgg(self.figure).print_png(buffer, metadata={"Software": None})
            self.figure.dpi = before
        return buffer.getvalue()

    def svg(self) -> bytes:
        """Return the figure as SVG bytes: sharp at any size and quicker to make than PNG."""
        figure, buffer, before = self.figure, io.StringIO(), self.figure.dpi
        with style():
            figure.dpi = FigureCanvasSVG.fixed_dpi
            # As print_svg does, but with one renderer to lay out and to draw: it remembers the size of each text.
            width, height = figure.get_size_inches() * figure.dpi
            drawn = RendererSVG(width, height, buffer, metadata={"Date": None, "Creator": None})
            renderer = MixedModeRenderer(figure, width, height, figure.dpi, drawn)
            self._lay_out(renderer)
            figure.draw(renderer)
            renderer.finalize()
            figure.dpi = before
        return buffer.getvalue().encode("utf-8")

    def _lay_out(self, renderer=None) -> None:
        """Place the axes once. ``savefig`` would draw the whole figure an extra time to do it, so the canvases are called directly."""
        engine = self.figure.get_layout_engine()
        if engine is None or isinstance(engine, PlaceHolderLayoutEngine):
            return
        with style():
            if len(self.figure.axes) == 1:
                _fit(self.figure.axes[0], engine.get()["rect"], renderer)
            else:
                engine.execute(self.figure)
        self.figure.set_layout_engine("none")

    def _repr_mimebundle_(self, include=None, exclude=None):
        picture = base64.b64encode(self.png()).decode("ascii")
        bundle = {"image/png": picture, "text/csv": flat_csv(self.data), "text/plain": self.alt}
        return bundle, {
            "image/png": {"alt": self.alt, "width": round(self.figure.get_figwidth() * CSS_PX_PER_INCH)},
            "text/csv": {"name": self.name},
        }


def _fit(ax: Axes, rect: tuple[float, float, float, float], renderer=None, pad: float = 0.05) -> None:
    """Give a lone axes all of `rect` that its labels and legend leave.

    Everything is measured once, where the constrained layout measures twice to share the room among several axes.
    """
    left, bottom, width, height = rect
    figure = ax.figure
    ax.set_position(rect)
    whole, inner = ax.get_tightbbox(renderer, for_layout_only=True), ax.get_window_extent()
    across, up = figure.bbox.width, figure.bbox.height
    pad_x, pad_y = pad / figure.get_figwidth(), pad / figure.get_figheight()
    margins = [max(0.0, m) for m in ((inner.x0 - whole.x0) / across, (whole.x1 - inner.x1) / across,
                                     (inner.y0 - whole.y0) / up, (whole.y1 - inner.y1) / up)]  # fmt: skip
    at_left, at_right, below, above = margins
    ax.set_position([left + at_left + pad_x, bottom + below + pad_y,
                     max(width - at_left - at_right - 2 * pad_x, 0.05), max(height - below - above - 2 * pad_y, 0.05)])  # fmt: skip


def canvas(
    height: float, title: str, subtitle: str, footer: str, *, columns: int = 1, width: float = WIDTH, **options
) -> tuple[Figure, list[Axes]]:
    """Return a figure with title, subtitle and footer set, and its axes in the space between.

    `height` is the height of the axes' part in inches; header and footer come on top of it, so that nothing ever overlaps.
    """
    title_lines, sub_lines, foot_lines = (
        textwrap.wrap(text, int(n * width / 9)) for text, n in ((title, 88), (subtitle, 124), (footer, 146))
    )
    head = 0.12 + 0.24 * len(title_lines) + 0.185 * len(sub_lines) + 0.1
    foot = 0.10 + 0.15 * len(foot_lines)
    total = height + head + foot
    figure = Figure(figsize=(width, total), layout="constrained")
    figure.get_layout_engine().set(rect=(0.005, foot / total, 0.99, 1 - (head + foot) / total), w_pad=0.05, h_pad=0.02)
    axes = figure.subplots(1, columns, squeeze=False, **options)[0]
    top = total - 0.1
    for lines, size, weight, colour, step in ((title_lines, 12.5, "bold", INK, 0.24), (sub_lines, 9.5, "normal", MUTED, 0.185)):
        for line in lines:
            figure.text(0.1 / width, top / total, line, fontsize=size, fontweight=weight, color=colour, va="top")
            top -= step
    for i, line in enumerate(foot_lines):
        figure.text(0.1 / width, (foot - 0.06 - 0.15 * i) / total, line, fontsize=7.5, color=MUTED, va="top")
    return figure, list(axes)


def legend(ax: Axes, handles: list | None = None, *, below: bool = False, **options) -> None:
    """Put a legend above (or below) the axes, where the layout keeps room for it."""
    place = {"loc": "upper left", "bbox_to_anchor": (0, 0)} if below else {"loc": "lower left", "bbox_to_anchor": (0, 1)}
    known = {} if handles is None else {"handles": handles}
    ax.legend(**known, **place, borderaxespad=0.3, handletextpad=0.5, columnspacing=1.4, **{"ncols": 4, **options})


def seaborn_columns(frame: pl.DataFrame, *columns: str) -> dict[str, list]:
    """Hand columns to seaborn: it does not read a Polars 2 frame, but a dict of lists works (no pyarrow needed)."""
    return {c: frame[c].to_list() for c in columns}


def spread(positions: list[float], gap: float) -> list[float]:
    """Move label positions apart so that none is closer than `gap` to the next, keeping their order and centre.

    Examples
    --------
    >>> spread([1.0, 1.0, 5.0], 1.0)
    [0.5, 1.5, 5.0]
    """
    order = sorted(range(len(positions)), key=positions.__getitem__)
    groups: list[list] = []  # each: [sum of wished centres, members]
    for i in order:
        groups.append([[positions[i]], [i]])
        while len(groups) > 1:
            (low, a), (high, b) = groups[-2], groups[-1]
            low_end = sum(low) / len(low) + gap * (len(a) - 1) / 2
            high_start = sum(high) / len(high) - gap * (len(b) - 1) / 2
            if high_start - low_end >= gap:
                break
            groups[-2:] = [[low + high, a + b]]
    result = [0.0] * len(positions)
    for wished, members in groups:
        start = sum(wished) / len(wished) - gap * (len(members) - 1) / 2
        for k, i in enumerate(members):
            result[i] = start + k * gap
    return result
