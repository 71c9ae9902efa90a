"""Make the face of text and charts (``cds_analysis/views/face``): a subset of Inter with all Vietnamese
letters.

    python tests/face.py FOLDER        # the folder ``web`` of the npm package inter-ui 4.1.1; needs brotli

Digits are of equal width in it, for columns of numbers, and without that being asked for.
"""

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FACE = Path(__file__).parent.parent / "cds_analysis" / "views" / "face"
SIGNS = "–—‘’“”„…•·†‡‹›€™−×÷≤≥≈≠±→←↑↓↗▲▼►◄●○■□◆◇✓✗★½₫′″⁰¹²³⁴⁵⁶⁷⁸⁹\u00a0\u202f\u2009"
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA)]
MARKS = [0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323]


def make(web: Path) -> None:
    FACE.mkdir(exist_ok=True)
    for weight in ("Regular", "Bold"):
        font = TTFont(web / f"Inter-{weight}.woff2")
        names = dict(font.getBestCmap())
        for digit in range(0x30, 0x3A):
            for table in font["cmap"].tables:
                if digit in table.cmap:
                    table.cmap[digit] = f"{names[digit]}.tf"
        options = Options(
            layout_features=["kern", "mark", "mkmk", "ccmp", "locl"], hinting=False, notdef_outline=True
        )
        options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[*LETTERS, *MARKS, *map(ord, SIGNS)])
        subsetter.subset(font)
        font["head"].modified = font["head"].created
        font.recalcTimestamp = False
        for flavor, ending in ((None, "ttf"), ("woff2", "woff2")):
            font.flavor = flavor
            font.save(FACE / f"Inter-{weight}.{ending}")
    shutil.copy(web.parent / "LICENSE.txt", FACE / "OFL.txt")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
