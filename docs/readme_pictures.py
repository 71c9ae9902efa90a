"""Draw the three pictures of the README in both languages: `python docs/readme_pictures.py`.

They are kept in `docs/pictures/`, since a README is read where nothing is built.
"""

from __future__ import annotations

from pathlib import Path

import cds_analysis as cds

FOLDER = Path(__file__).resolve().parent / "pictures"


def main() -> None:
    """Draw them anew."""
    FOLDER.mkdir(exist_ok=True)
    for lang in ("en", "vi"):
        s = cds.open(lang=lang)
        s.compare("papi").pick("Lạng Sơn").save(FOLDER / f"compare.{lang}.svg")
        judged = s.gaps().due(2023).where(status=["achieved", "undetermined"])
        judged.pick("Bà Rịa - Vũng Tàu").save(FOLDER / f"promises.{lang}.svg")
        s.standing("papi").pick("Lạng Sơn").save(FOLDER / f"ranks.{lang}.svg")


if __name__ == "__main__":
    main()
