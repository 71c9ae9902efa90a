"""List the reports to make: which notebook, for whom, in which language, with which parameters, all checked
before anything runs.

This module imports no library of Jupyter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from cds_analysis import __version__
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province
from cds_analysis.dataset.subset import Subsets
from cds_analysis.reports.catalogue import Notebook, checked_parameters
from cds_analysis.reports.manifest import checksum_of_files, checksum_of_text, versions
from cds_analysis.running.tasks import Task
from cds_analysis.views.text import LANGUAGES, Text

__all__ = ["plan"]


def plan(
    wanted: list[Notebook],
    data: Dataset,
    *,
    provinces: list[str] | None = None,
    langs: list[str] | None = None,
    settings: dict | None = None,
    data_dir: Path | None = None,
    is_standalone: bool = False,
    each: bool = False,
) -> list[Task]:
    """List the reports to make, with every parameter checked.

    Parameters
    ----------
    wanted
        From :func:`~cds_analysis.reports.catalogue.find_notebook`. A profile is made once for each province.
    provinces
        Province ids; for a profile those with figures on record by default, for the others what the notebook picks
        out.
    langs
        Both languages by default.
    settings
        Further parameters; each must be known to at least one of the notebooks, and is given to those that
        know it. They are part of the file's name, so that a report with other settings never replaces the
        one without.
    each
        Make a report of its own for each of the provinces, of every notebook that picks provinces out.
    is_standalone
        Leave out the links to the index page and to the other language, for a page that is sent on by itself.

    Raises
    ------
    ParameterError, UnknownNameError
        Before anything runs.
    """
    given, known = dict(settings or {}), {name for n in wanted for name in n.parameters}
    made_with, tasks = versions(), []
    code = checksum_of_files(Path(__file__).parent.parent, "*.py", "*.j2", "*.css", "*.po", "conf.json")
    parts, texts = Subsets(data), {lang: Text(lang, data) for lang in langs or LANGUAGES}
    for notebook in wanted:
        mine = {k: v for k, v in given.items() if k in notebook.parameters or k not in known}
        source = notebook.path.read_text(encoding="utf-8")
        text_sum = checksum_of_text(source)
        for case, extra in _cases(notebook, provinces or _default_of(notebook, data), each=each):
            stem = _stem(case, mine)
            for lang, t in texts.items():
                values = checked_parameters(notebook, {**mine, **extra, "lang": lang}, data)
                if data_dir is not None:
                    values["data_dir"] = str(Path(data_dir).resolve())
                heading = notebook.titles[lang]
                chosen = [values["province"]] if notebook.is_profile else values.get("provinces", [])
                merged = {**{p.name: p.default for p in notebook.parameters.values()}, **values}
                subjects = (
                    [find_province(merged["province"], data.provinces)]
                    if notebook.is_profile
                    else merged.get("provinces", [])
                )
                other = next((x for x in texts if x != lang), None)
                reads = _reads(notebook, merged)
                figures = parts.checksum(reads, subjects)
                name = _name(t, chosen, mine)
                facts = {
                    t("Notebook"): notebook.path.name,
                    t("Parameters"): ", ".join(f"{k}={v}" for k, v in values.items() if k != "data_dir"),
                    t(
                        "Version"
                    ): f"cds-analysis {__version__}, Python {made_with['python']}, Polars {made_with['polars']}",
                    t("Checksum of the data"): figures,
                }
                tasks.append(
                    Task(
                        key=f"{notebook.name}/{stem}.{lang}",
                        notebook=notebook.name,
                        notebook_path=str(notebook.path),
                        stem=stem,
                        lang=lang,
                        title=t("Profile: {name}", name=t.full_province(subjects[0]))
                        if notebook.is_profile
                        else heading,
                        notebook_title=heading,
                        name=name,
                        number=notebook.path.stem,
                        provinces=chosen,
                        parameters=values,
                        facts=facts,
                        reads=reads,
                        subjects=subjects,
                        fingerprint={
                            "notebook": text_sum,
                            "parameters": checksum_of_text(
                                json.dumps(values, sort_keys=True), str(is_standalone), str(other)
                            ),
                            "data": figures,
                            "package": code,
                            "versions": checksum_of_text(json.dumps(made_with)),
                        },
                        other=f"{stem}.{other}.html" if other and not is_standalone else None,
                        is_standalone=is_standalone,
                    )
                )
    return tasks


def _reads(notebook: Notebook, values: dict) -> dict[str, str]:
    if values.get("units", "63") == "63":
        return notebook.reads
    return {
        table: way for table, way in notebook.reads.items() if way != "own"
    }  # a unit's figures come from the provinces it was formed from


def _default_of(notebook: Notebook, data: Dataset) -> list[str] | None:
    """The provinces that profiles are made of unless others are asked for: those that reported figures."""
    if not notebook.is_profile:
        return None
    reported = data.observations["province_id"].unique().sort().to_list()
    return reported or [find_province(notebook.parameters["province"].default, data.provinces)]


def _cases(notebook: Notebook, provinces: list[str] | None, *, each: bool) -> Iterator[tuple[str, dict]]:
    if notebook.is_profile:
        for province in provinces or []:
            yield province, {"province": province}
    elif not provinces or "provinces" not in notebook.parameters:
        yield notebook.name, {}
    elif each:
        for province in provinces:
            yield province, {"provinces": [province]}
    else:
        yield (
            "_".join(provinces) if len(provinces) <= 4 else f"selection-{checksum_of_text(*provinces)[:8]}",
            {"provinces": provinces},
        )


def _stem(case: str, settings: dict) -> str:
    parts = [case, *(f"{k}-{v}" for k, v in sorted(settings.items()))]
    stem = ".".join(re.sub(r"[^A-Za-z0-9_-]+", "-", part).strip("-") for part in parts)
    return stem if len(stem) <= 120 else f"{stem[:100]}-{checksum_of_text(stem)[:8]}"


def _name(t: Text, provinces: list[str], settings: dict) -> str:
    shown = ", ".join(t.provinces(provinces)) if len(provinces) <= 4 else f"{len(provinces)}"
    return "; ".join(filter(None, [shown, *(f"{k} = {v}" for k, v in sorted(settings.items()))]))
