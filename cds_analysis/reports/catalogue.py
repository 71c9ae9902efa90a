"""The notebooks that make reports: their names, their parameters with types, and the check of values before
anything runs.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province, find_provinces
from cds_analysis.dataset.series import check_index, parse_day
from cds_analysis.errors import ParameterError, UnknownNameError, closest
from cds_analysis.measures.bridge import UNITS
from cds_analysis.pages.cells import title_of
from cds_analysis.paths import notebooks_folder
from cds_analysis.views.text import LANGUAGES

__all__ = ["Notebook", "checked_parameters", "find_notebook", "notebooks"]


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell."""

    name: str
    type: type
    default: object
    help: str


@dataclass(frozen=True)
class Notebook:
    """A notebook that can be run as a report."""

    name: str
    path: Path
    parameters: dict[str, Parameter]
    reads: dict[str, str]  # see dataset/subset.py
    titles: dict[str, str]

    @property
    def is_profile(self) -> bool:
        """Whether it is made once for each province."""
        return "province" in self.parameters


_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list}


def _parameters(notebook: dict) -> dict[str, Parameter]:
    cells = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", [])]
    found = {}
    for line in ("".join(cells[0]["source"]) if cells else "").splitlines():
        node = ast.parse(line).body
        if node and isinstance(node[0], ast.AnnAssign):
            name, kind = node[0].target.id, _TYPES[node[0].annotation.id]
            comment = line.partition("#")[2].strip()
            found[name] = Parameter(name, kind, ast.literal_eval(node[0].value), comment)
    return found


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
            found[name] = Notebook(name, path, _parameters(notebook), about.get("reads", {}), titles)
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


def _typed(parameter: Parameter, value: object) -> object:
    if isinstance(value, parameter.type) and not (parameter.type is int and isinstance(value, bool)):
        return value
    text = str(value)
    try:
        if parameter.type is str:
            return text
        if parameter.type is list:
            return [part.strip() for part in text.split(",") if part.strip()]
        if parameter.type is bool:
            return {"true": True, "false": False}[text.lower()]
        return parameter.type(text)
    except (ValueError, KeyError):
        names = {int: "a whole number", float: "a number", bool: "true or false"}
        raise ParameterError(
            f"parameter {parameter.name} must be {names[parameter.type]}, not {text!r}"
        ) from None


def checked_parameters(notebook: Notebook, given: dict[str, object], data: Dataset) -> dict[str, object]:
    """Return the parameters a notebook will get, typed and with provinces as ids.

    Raises
    ------
    ParameterError, UnknownNameError
        For an unknown parameter, a value of the wrong type, an unknown province, index, dimension or
        language, a bad date.
    """
    values = {}
    for name, value in given.items():
        if name not in notebook.parameters:
            near = closest(name, list(notebook.parameters))
            hint = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(notebook.parameters)
            raise ParameterError(f"notebook {notebook.name} has no parameter {name!r}{hint} It has: {known}.")
        values[name] = _typed(notebook.parameters[name], value)
    merged = {**{p.name: p.default for p in notebook.parameters.values()}, **values}
    if merged.get("lang", "vi") not in LANGUAGES:
        raise ParameterError(f"lang must be 'vi' or 'en', not {merged['lang']!r}")
    if "province" in values:
        values["province"] = find_province(values["province"], data.provinces)
    if "provinces" in values:
        values["provinces"] = find_provinces(values["provinces"], data.provinces)
    if "as_of" in values:
        parse_day(values["as_of"])
    if merged.get("units", "63") not in UNITS:
        raise ParameterError(
            f"units must be '63' (provinces until June 2025) or '34' (units since July 2025), not {merged['units']!r}"
        )
    if "index" in merged:
        check_index(data, merged["index"], merged.get("dimension", "overall"))
    for name in ("year", "year_from", "year_to"):
        if name in values and not 2000 <= values[name] <= 2100:
            raise ParameterError(f"parameter {name} must be a year such as 2023, not {values[name]!r}")
    if "year_from" in merged and merged["year_from"] >= merged["year_to"]:
        raise ParameterError(
            f"year_from must be before year_to, not {merged['year_from']} and {merged['year_to']}"
        )
    return values
