"""List the reports to make: which notebook, for whom, in which language, with which parameters, all checked
before anything runs.

This module imports no library of Jupyter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from cds_analysis import __version__
from cds_analysis.dataset.checks import Finding, concerning, gate
from cds_analysis.dataset.load import Dataset, eager
from cds_analysis.dataset.register import WHOLE, profiled
from cds_analysis.dataset.subset import Subsets
from cds_analysis.errors import ParameterError
from cds_analysis.measures.units import UNITS
from cds_analysis.pages.glossary import index_names
from cds_analysis.reports.catalogue import Notebook
from cds_analysis.reports.fingerprint import checksum_of_code, checksum_of_text, versions
from cds_analysis.reports.parameters import OPTIONS
from cds_analysis.running.tasks import Task
from cds_analysis.views.labels import GATE_LABELS
from cds_analysis.views.text import Text
from cds_analysis.views.wording import LANGUAGES

__all__ = ["plan"]

MOST_WARNINGS = 5  # in a report


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
        Province ids; for a profile all by default, for the others what the notebook picks out.
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
    DataError
        When the gate finds an error in the data. Its warnings about the rows that a report shows are printed
        with it.
    """
    warnings = gate(data)
    given, known = dict(settings or {}), {name for n in wanted for name in n.parameters}
    made_with, code, tasks = versions(), checksum_of_code(), []
    parts, texts = Subsets(data), {lang: Text(lang, data) for lang in langs or LANGUAGES}
    named = {lang: tuple(index_names(t)) for lang, t in texts.items()}
    for notebook in wanted:
        own = {k: v for k, v in given.items() if k in notebook.parameters or k not in known}
        source = notebook.path.read_text(encoding="utf-8")
        text_sum = checksum_of_text(source)
        _refuse_what_has_an_option(notebook, own)
        everyone = data.provinces["province_id"].to_list()
        cases = list(_cases(notebook, provinces or everyone, provinces, each=each))
        for case, chosen, mine in _with_indices(notebook, cases, own, data):
            stem = _stem(case, mine)
            for lang, t in texts.items():
                values = _values(notebook, mine, chosen, lang, data, data_dir)
                heading = notebook.titles[lang]
                merged = {**{p.name: p.default for p in notebook.parameters.values()}, **values}
                subjects = chosen if notebook.is_profile else merged.get(notebook.named("provinces"), [])
                other = next((x for x in texts if x != lang), None)
                reads = _reads(notebook, merged)
                figures = parts.checksum(reads, subjects)
                told = _told(concerning(warnings, reads, subjects), t)
                name = _name(t, chosen, mine, notebook)
                facts = {
                    t("Notebook"): notebook.path.name,
                    t("Parameters"): ", ".join(
                        f"{k}={v}" for k, v in values.items() if k != notebook.named("folder")
                    ),
                    t("Version"): (
                        f"cds-analysis {__version__}, Python {made_with['python']}, Polars"
                        f" {made_with['polars']}"
                    ),
                    t("Checksum of the data"): figures,
                    **({t("Warnings of the data check"): told} if told else {}),
                }
                tasks.append(
                    Task(
                        key=f"{notebook.name}/{stem}.{lang}",
                        notebook=notebook.name,
                        notebook_path=str(notebook.path),
                        stem=stem,
                        lang=lang,
                        title=(
                            t("Profile: {name}", name=t.full_province(subjects[0]))
                            if notebook.is_profile
                            else heading
                        ),
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
                                json.dumps(values, sort_keys=True),
                                str(is_standalone),
                                str(other),
                                told,
                                str(named[lang]),
                            ),
                            "data": figures,
                            "package": code,
                            "versions": checksum_of_text(json.dumps(made_with)),
                        },
                        indices=named[lang],
                        other=f"{stem}.{other}.html" if other and not is_standalone else None,
                        is_standalone=is_standalone,
                    )
                )
    return tasks


def _told(warnings: list[Finding], t: Text) -> str:
    """Put the first warnings into words."""
    first = [
        t(
            "{title} ({file}, row {row}: {value})",
            title=t(GATE_LABELS[f.rule]),
            file=f.file,
            row=f.row,
            value=f.value,
        )
        for f in warnings[:MOST_WARNINGS]
    ]
    if left := len(warnings) - len(first):
        first.append(t("and {n} more; `cds check` lists them", n=left))
    return "; ".join(first)


def _reads(notebook: Notebook, values: dict) -> dict[str, str]:
    if values.get(notebook.named("units"), UNITS[0]) == UNITS[0]:
        return notebook.reads
    return {
        table: way for table, way in notebook.reads.items() if way != "own"
    }  # a unit's figures come from the provinces it was formed from


def _cases(
    notebook: Notebook, everyone: list[str], named: list[str] | None, *, each: bool
) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each report of a notebook and the provinces it is asked to be about."""
    if notebook.is_profile or (named and each and notebook.named("provinces")):
        for province in everyone:
            yield province, [province]
    elif not named or not notebook.named("provinces"):
        yield notebook.name, []
    else:
        yield "_".join(named) if len(named) <= 4 else f"selection-{checksum_of_text(*named)[:8]}", named


def _with_indices(
    notebook: Notebook, cases: list[tuple[str, list[str]]], settings: dict, data: Dataset
) -> Iterator[tuple[str, list[str], dict]]:
    """Yield each case with its settings; a notebook that says so is made for each index with a full table,
    too.
    """
    for case, chosen in cases:
        yield case, chosen, settings
        index = notebook.named("index")
        if notebook.is_each_index and index and not settings:
            shown = [i for i in profiled(data.indices) if i in _full(data)]
            for other in (i for i in shown if i != notebook.parameters[index].default):
                yield case, chosen, {index: other}


def _full(data: Dataset) -> set[str]:
    """Return the indices of which at least two years are full tables."""
    whole = data.scores.filter(pl.col("dimension_id") == WHOLE).drop_nulls("score")
    tables = eager(whole.group_by("index_id", "year").len().filter(pl.col("len") >= data.full_from))
    return {index for index, years in tables.group_by("index_id").len().iter_rows() if years > 1}


def _values(notebook: Notebook, settings: dict, chosen: list[str], lang: str, data, data_dir) -> dict:
    given = {**settings, notebook.named("language"): lang}
    if data_dir is not None:
        given[notebook.named("folder")] = str(Path(data_dir).resolve())
    if notebook.is_profile:
        given[notebook.named("province")] = chosen[0]
    elif chosen:
        given[notebook.named("provinces")] = chosen
    given.pop(None, None)  # what the notebook does not ask for
    return notebook.checked(given, data)


def _refuse_what_has_an_option(notebook: Notebook, settings: dict) -> None:
    for name in settings:
        kind = notebook.parameters[name].kind if name in notebook.parameters else ""
        if kind in OPTIONS:
            raise ParameterError(f"{name} is not set with --set; use {OPTIONS[kind]} instead")


def _stem(case: str, settings: dict) -> str:
    parts = [case, *(k if _is_true(v) else f"{k}-{v}" for k, v in sorted(settings.items()))]
    stem = ".".join(re.sub(r"[^A-Za-z0-9_-]+", "-", part).strip("-") for part in parts)
    return stem if len(stem) <= 120 else f"{stem[:100]}-{checksum_of_text(stem)[:8]}"


def _is_true(value: object) -> bool:
    return value is True or str(value).lower() == "true"


def _name(t: Text, provinces: list[str], settings: dict, notebook: Notebook) -> str:
    shown = ", ".join(t.provinces(provinces)) if len(provinces) <= 4 else f"{len(provinces)}"
    index = notebook.named("index")
    said = [
        t.index_short(v) if k == index else t("one A4 page") if k == "brief" else f"{k} = {v}"
        for k, v in sorted(settings.items())
    ]
    return "; ".join(filter(None, [shown, *said]))
