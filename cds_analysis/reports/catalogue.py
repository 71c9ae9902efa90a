"""The notebooks that make reports: their names, titles, parameters, and what they read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import UnknownNameError, closest
from cds_analysis.pages.cells import title_of
from cds_analysis.paths import notebooks_folder
from cds_analysis.reports.parameters import Parameter, checked_parameters, read_parameters
from cds_analysis.views.wording import LANGUAGES

__all__ = ["Notebook", "find_notebook", "notebooks"]


@dataclass(frozen=True)
class Notebook:
    """A notebook that can be run as a report."""

    name: str
    path: Path
    parameters: dict[str, Parameter]
    reads: dict[str, str]  # see dataset/subset.py
    titles: dict[str, str]
    is_each_index: bool = False  # made for each index with a full table by default

    @property
    def is_profile(self) -> bool:
        """Whether it is made once for each province."""
        return self.named("province") is not None

    def named(self, kind: str) -> str | None:
        """Return the name of its parameter of a kind, None where it has none."""
        return next((p.name for p in self.parameters.values() if p.kind == kind), None)

    def checked(self, given: dict[str, object], data: Dataset) -> dict[str, object]:
        """Return the values it will get; see :func:`~cds_analysis.reports.parameters.checked_parameters`."""
        return checked_parameters(self.name, self.parameters, given, data)


def notebooks(folder: Path | None = None) -> dict[str, Notebook]:
    """Return the notebooks that make reports, by name (``province_profile`` for
    ``04_province_profile.ipynb``), in order.
    """
    found = {}
    for path in sorted((folder or notebooks_folder()).glob("[0-9]*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))  # nbformat would take a second to import
        about = notebook["metadata"].get("cds", {})
        if about.get("report", True):
            name = path.stem.split("_", 1)[1]
            titles = {lang: title_of(notebook, lang) for lang in LANGUAGES}
            found[name] = Notebook(
                name,
                path,
                read_parameters(notebook),
                about.get("reads", {}),
                titles,
                about.get("each") == "index",
            )
    return found


def find_notebook(name: str, folder: Path | None = None) -> Notebook:
    """Return the notebook of that name, with or without its number and ending; otherwise raise with the
    closest names.
    """
    known = notebooks(folder)
    for key, notebook in known.items():
        if name in (key, notebook.path.stem, notebook.path.name):
            return notebook
    raise UnknownNameError("notebook", name, closest(name, list(known)), f"Known are: {', '.join(known)}.")
