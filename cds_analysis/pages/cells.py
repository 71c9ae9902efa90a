"""Which cells of a notebook are for which readers. No library of Jupyter is imported: a plan of a batch
reads this too.
"""

from __future__ import annotations

import re

from cds_analysis.views.wording import LANGUAGES

__all__ = ["is_for", "title_of"]


def title_of(notebook: dict, lang: str) -> str:
    """Return the first heading of a notebook (as its JSON has it) in a language."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and is_for(cell, lang):
            found = re.search(r"^#\s+(.+)$", "".join(cell["source"]), flags=re.MULTILINE)
            if found:
                return found.group(1).strip()
    return "cds-analysis"


def is_for(cell: dict, lang: str) -> bool:
    """Whether a cell is for readers of a language: tagged with it, or with none."""
    tags = cell["metadata"].get("tags", [])
    return lang in tags or not any(other in tags for other in LANGUAGES)
