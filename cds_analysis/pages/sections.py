"""The sections of a page: those whose heading's cell has ``folded`` in its metadata open at a click, those
without anything to say are left out.
"""

from __future__ import annotations

import re

import nbformat

__all__ = ["fold"]

_HEADING = re.compile(r"^##\s+(.+)\n?", flags=re.MULTILINE)


def fold(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Mark where folded sections begin and end, for the template; a folded section without an output goes.

    The heading moves from the prose to the mark (``metadata.cds_open``: title, anchor, and whether it
    is the first).
    """
    sections: list[list[nbformat.NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and _HEADING.search(cell.source):
            sections.append([])
        sections[-1].append(cell)
    shown = [_folded(section) if _is_folded(section) else section for section in sections]
    cells = [cell for section in shown for cell in section]
    opening = [cell for cell in cells if "cds_open" in cell.metadata]
    for i, cell in enumerate(opening):
        cell.metadata["cds_open"]["first"] = i == 0
    return cells


def _is_folded(section: list[nbformat.NotebookNode]) -> bool:
    return bool(section) and section[0].metadata.get("folded", False)


def _folded(section: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    if not any(c.get("outputs") for c in section):
        return []
    heading = _HEADING.search(section[0].source)
    title = heading.group(1).strip() if heading else ""
    section[0].source = _HEADING.sub("", section[0].source, count=1).strip()
    kept = section if section[0].source else section[1:]
    kept[0].metadata["cds_open"] = {"title": title, "anchor": section[0].metadata.get("anchor", "")}
    kept[-1].metadata["cds_close"] = True
    return kept
