"""One visual system: colours, type, the frame of a figure, and :class:`Chart`, which carries its alt text
and its numbers.
"""

from __future__ import annotations

import io
import textwrap
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import matplotlib as mpl
import polars as pl
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from PIL import Image

from cds_analysis.errors import ParameterError
from cds_analysis.views.drawing.layout import Row, lay_out
from cds_analysis.views.drawing.svg import SvgRenderer
from cds_analysis.views.look import (
    FACE,
    FAMILY,
    FONTS,
    GREY,
    INK,
    LIGHT,
    MARKERS,
    MUTED,
    ON_DARK,
    ON_LIGHT,
    PALETTE,
    STATUS_LOOK,
)
from cds_analysis.views.spreadsheet import flat_csv

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

__all__ = [
    "GREY",
    "INK",
    "LIGHT",
    "MARKERS",
    "MUTED",
    "ON_DARK",
    "ON_LIGHT",
    "PALETTE",
    "STATUS_LOOK",
    "Chart",
    "canvas",
    "empty_chart",
    "legend",
    "spread",
    "style",
]

_FONT = "'Inter', 'DejaVu Sans'"
for _weight in ("Regular", "Bold"):
    fontManager.addfont(FACE / f"Inter-{_weight}.ttf")
WIDTH, DPI, CSS_PX_PER_INCH = (
    9.0,
    200,
    108,
)  # a figure is shown at 108 px an inch, and drawn sharper for dense screens
_STYLE: dict[RcKeyType, Any] = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,
    "axes.labelsize": 8.5,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "axes.grid": False,
    "grid.color": LIGHT,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "hatch.color": "#aeb8c0",
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "cds",
    "text.hinting": "none",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
}
_SVG_DPI = 72  # an SVG counts in points
_drawing = threading.RLock()  # matplotlib has one set of settings for all threads


@contextmanager
def style():
    """Apply the look inside a ``with`` block only; charts of several threads are drawn one after the
    other.
    """
    with _drawing:
        before: dict[RcKeyType, Any] = {name: mpl.rcParams[name] for name in _STYLE}
        mpl.rcParams.update(_STYLE)
        try:
            yield
        finally:
            mpl.rcParams.update(before)


def empty_chart(name: str, title: str, message: str, footer: str, data: pl.DataFrame) -> Chart:
    """Return a figure that says in words that there is nothing to draw, instead of empty axes."""
    with style():
        figure, (ax,) = canvas(0.8, title, "", footer)
        ax.axis("off")
        ax.text(0, 0.5, message, transform=ax.transAxes, fontsize=10, color=MUTED, va="center")
    return Chart(name, figure, title, f"{title}. {message}", data)


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure with what a reader who cannot see it needs: ``alt`` tells its message, ``data`` holds the
    numbers drawn.
    """

    name: str
    figure: Figure
    title: str
    alt: str
    data: pl.DataFrame

    def png(self, dpi: int = DPI) -> bytes:
        """Return the figure as PNG bytes; 200 dots an inch are sharp on dense screens and in print."""
        with style(), _at(self.figure, dpi):
            canvas = FigureCanvasAgg(self.figure)
            lay_out(self.figure, canvas.get_renderer())
            canvas.draw()
            picture = Image.frombuffer(
                "RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba()), "raw", "RGBA", 0, 1
            ).convert("RGB")
        buffer = io.BytesIO()
        # A chart has few colours: a palette of 256 is a quarter of the size, and quicker to compress.
        picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            buffer, "png", dpi=(dpi, dpi)
        )
        return buffer.getvalue()

    def svg(self) -> bytes:
        """Return the figure as SVG bytes: sharp at any size and quicker to make than PNG."""
        buffer = io.StringIO()
        with style(), _at(self.figure, _SVG_DPI):
            width, height = self.figure.bbox.width, self.figure.bbox.height
            drawn = SvgRenderer(width, height, buffer, metadata={"Date": None, "Creator": None})
            renderer = MixedModeRenderer(self.figure, width, height, self.figure.dpi, drawn)
            lay_out(self.figure, renderer)
            self.figure.draw(cast(RendererBase, renderer))  # as matplotlib itself hands it on
            renderer.finalize()
        return buffer.getvalue().replace(_FONT, FONTS).encode("utf-8")

    def save(self, path: str | Path) -> Path:
        """Write the figure to a file that ends in .svg or .png; return its path.

        Raises
        ------
        ParameterError
            For another ending, or when the file cannot be written.
        """
        path = Path(path)
        made = {".svg": self.svg, ".png": self.png}.get(path.suffix.lower())
        if made is None:
            raise ParameterError(f"a picture ends in .svg or .png, not {path.name!r}")
        try:
            path.write_bytes(made())
        except OSError as error:
            raise ParameterError(f"cannot write {path}: {error.strerror or error}") from None
        return path

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {
            "image/svg+xml": self.svg().decode("utf-8"),
            "text/csv": flat_csv(self.data, for_spreadsheet=True),
            "text/plain": self.alt,
        }
        return bundle, {
            "image/svg+xml": {"alt": self.alt, "width": round(self.figure.get_figwidth() * CSS_PX_PER_INCH)},
            "text/csv": {"name": self.name},
        }


@contextmanager
def _at(figure: Figure, dpi: float):
    before, figure.dpi = figure.dpi, dpi
    try:
        yield
    finally:
        figure.dpi = before


def canvas(
    height: float,
    title: str,
    subtitle: str,
    footer: str,
    *,
    columns: int = 1,
    width: float = WIDTH,
    **options,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with title, subtitle and footer set, and its axes in the space between.

    `height` is the height of the axes' part in inches; header and footer come on top of it, so that nothing
    ever overlaps.
    """
    title_lines, sub_lines, foot_lines = (
        textwrap.wrap(text, int(n * width / 9)) for text, n in ((title, 88), (subtitle, 124), (footer, 146))
    )
    head = 0.12 + 0.24 * len(title_lines) + 0.185 * len(sub_lines) + 0.1
    foot = 0.10 + 0.15 * len(foot_lines)
    total = height + head + foot
    figure = Figure(
        figsize=(width, total), layout=Row((0.005, foot / total, 0.99, 1 - (head + foot) / total))
    )
    axes = figure.subplots(1, columns, squeeze=False, **options)[0]
    top = total - 0.1
    for lines, size, weight, colour, step in (
        (title_lines, 12.5, "bold", INK, 0.24),
        (sub_lines, 9.5, "normal", MUTED, 0.185),
    ):
        for line in lines:
            figure.text(
                0.1 / width, top / total, line, fontsize=size, fontweight=weight, color=colour, va="top"
            )
            top -= step
    for i, line in enumerate(foot_lines):
        figure.text(0.1 / width, (foot - 0.06 - 0.15 * i) / total, line, fontsize=7.5, color=MUTED, va="top")
    return figure, list(axes)


def legend(ax: Axes, handles: list | None = None, *, below: bool = False, **options) -> None:
    """Put a legend above (or below) the axes, where the layout keeps room for it."""
    place = (
        {"loc": "upper left", "bbox_to_anchor": (0, 0)}
        if below
        else {"loc": "lower left", "bbox_to_anchor": (0, 1)}
    )
    known = {} if handles is None else {"handles": handles}
    ax.legend(
        **known, **place, borderaxespad=0.3, handletextpad=0.5, columnspacing=1.4, **{"ncols": 4, **options}
    )


def spread(positions: list[float], gap: float) -> list[float]:
    """Move label positions apart so that none is closer than `gap` to the next, keeping their order and
    centre.

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
