"""The renderer of charts: matplotlib's for SVG, with texts measured letter by letter."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import combining, east_asian_width

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

__all__ = ["SvgRenderer"]

# Width, top and bottom of letters that are not in the font: an ideograph fills a square of the font's size.
_WIDE, _USUAL, _NONE = (1.0, 0.88, -0.12), (0.64, 0.76, -0.24), (0.0, 0.76, -0.24)


class SvgRenderer(RendererSVG):
    """Measures a text as the sum of its letters: shaping each text anew took a third of the time of a chart.

    Kerning is left out; whoever opens the SVG sets the text with a font of their own anyway.
    """

    def get_text_width_height_descent(self, s, prop, ismath):
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        face, points = _face(prop), prop.get_size_in_points()
        letters = [_letter(face, character) for character in s]
        top, bottom = max(t for _, t, _ in letters), min(b for _, _, b in letters)
        return points * sum(w for w, _, _ in letters), points * (top - bottom), -points * bottom

    def _get_font_height_metrics(
        self, prop
    ):  # asked for each text; without it matplotlib reads the font's tables each time
        points = prop.get_size_in_points()
        return tuple(points * metric for metric in _line(_face(prop)))


def _face(prop: FontProperties) -> tuple:
    return tuple(prop.get_family()), prop.get_weight(), prop.get_style()


def _font(face: tuple) -> FT2Font:
    family, weight, slant = face
    return get_font(findfont(FontProperties(list(family), weight=weight, style=slant)))


@lru_cache(maxsize=10_000)
def _letter(face: tuple, character: str) -> tuple[float, float, float]:
    """Return a letter's width, top and bottom against the baseline, for a font size of 1.

    A letter that the font does not have (of another script) is drawn by whichever font the reader's system
    has for it; it gets the room that its kind usually takes.
    """
    font = _font(face)
    if not font.get_char_index(ord(character)):
        return _WIDE if east_asian_width(character) in "WF" else _NONE if combining(character) else _USUAL
    font.set_size(100, 72)
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return (
        glyph.linearHoriAdvance / 6_553_600,
        glyph.bbox[3] / 6400,
        glyph.bbox[1] / 6400,
    )  # 16.16 and 26.6 fixed point


@lru_cache(maxsize=100)
def _line(face: tuple) -> tuple[float, float, float]:
    """Return how far a font's letters may reach above and below the baseline, and the gap between lines, for
    a font size of 1.
    """
    font = _font(face)
    table, em = font.get_sfnt_table("OS/2"), font.units_per_EM
    if table is None:  # a font without it says how high its lines are elsewhere
        above, below = font.ascender, -font.descender
        return above / em, below / em, max(font.height - above - below, 0) / em
    return table["sTypoAscender"] / em, -table["sTypoDescender"] / em, table["sTypoLineGap"] / em
