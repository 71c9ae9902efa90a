"""Colours, symbols and the face: what pages, live charts and still ones share. No library that draws is
imported here.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "COLOURS",
    "FACE",
    "FAMILY",
    "FONTS",
    "GREY",
    "INK",
    "LIGHT",
    "MARKERS",
    "MUTED",
    "ON_DARK",
    "ON_LIGHT",
    "PALETTE",
    "STATUS_LOOK",
    "VEGALITE",
]

INK, MUTED, GREY, LIGHT = "#1b2a38", "#586774", "#b4bec7", "#e7ebee"
# Okabe-Ito: told apart by readers with any common colour blindness; markers differ too.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8a6d00", "#56B4E9"]
# On a page charts take the page's colours: the light ones here, others where the page is dark. Ink on a
# coloured field is the same everywhere, so it is another colour.
COLOURS = {
    INK: "--ink",
    MUTED: "--soft",
    GREY: "--tick",
    LIGHT: "--half",
    "#ffffff": "--page",
    "#fafbfc": "--page",
    "#cfd6dc": "--tick",
    "#aeb8c0": "--tick",
    **{colour.lower(): f"--c{i}" for i, colour in enumerate(PALETTE, 1)},
}
ON_DARK, ON_LIGHT = "#fffffe", "#1b2a39"
MARKERS = ["o", "s", "D", "^", "v", "P"]

# status -> (symbol, colour, text colour); the symbol alone is enough to read the status
STATUS_LOOK = {
    "achieved": ("✓", "#00664b", ON_DARK),
    "on_track": ("▲", "#4fa88b", ON_LIGHT),
    "needs_acceleration": ("►", "#f0c75e", ON_LIGHT),
    "limited": ("◄", "#e58b3a", ON_LIGHT),
    "deteriorating": ("▼", "#b3371a", ON_DARK),
    "missed": ("✗", "#7d1d1d", ON_DARK),
    "undetermined": ("?", "#d3dae0", ON_LIGHT),
    "no_baseline": ("•", "#bcd3e6", ON_LIGHT),
    "no_data": ("–", "#ffffff", INK),
}

# One face for text and charts, shipped with the package (tests/face.py makes it); DejaVu Sans, which
# matplotlib brings, has the letters that it lacks.
FACE = Path(__file__).parent / "face"
FAMILY = "Inter"
FONTS = "Inter, 'DejaVu Sans', sans-serif"
VEGALITE = "application/vnd.vegalite.v5+json"  # of live charts: the newest that JupyterLab draws by itself
