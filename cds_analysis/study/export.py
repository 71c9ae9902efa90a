"""The dataset as a release that others can cite: a Frictionless Data Package with CSV, Parquet and one
workbook a language with names instead of ids, the dictionary, how to cite it, and a checksum of every file.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import polars as pl

from cds_analysis.dataset.dictionary import data_package, data_readme
from cds_analysis.dataset.load import Dataset, eager
from cds_analysis.dataset.register import WHOLE
from cds_analysis.dataset.schemas import NATION, TABLES
from cds_analysis.dataset.version import data_version
from cds_analysis.errors import ParameterError
from cds_analysis.study.naming import named
from cds_analysis.study.workbook import write_workbook
from cds_analysis.views.labels import COLUMN_LABELS, PILLAR_LABELS, UNIT_LABELS
from cds_analysis.views.text import Text
from cds_analysis.views.wording import LANGUAGES

__all__ = ["export"]

_CITATION = """cff-version: 1.2.0
message: If you use this dataset, please cite it, and the source that the row you use names.
title: "{title}"
type: dataset
version: "{version}"
date-released: "{day}"
license: MIT
authors:
  - name: The cds-analysis authors
keywords: [Vietnam, digital transformation, provinces, indicators, targets, rankings]
"""


def export(data: Dataset, folder: str | Path) -> list[Path]:
    """Write the dataset as a release into a new folder; return the files, all of them or none.

    Parameters
    ----------
    data
        A dataset that its gate accepts.
    folder
        Must not exist, or be empty, so that a release never mixes with another.

    Raises
    ------
    ParameterError
        When the folder holds anything, or cannot be written.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ParameterError(
            f"{folder} is there already and not empty; give the name of a new folder for the release"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".cds-export-", dir=folder.parent) as scratch:
            made = Path(scratch) / "release"
            _write(data, made)
            if folder.exists():
                folder.rmdir()
            shutil.move(made, folder)
    except OSError as error:
        raise ParameterError(f"cannot write the release to {folder}: {error.strerror or error}") from None
    return sorted(f for f in folder.rglob("*") if f.is_file())


def _write(data: Dataset, folder: Path) -> None:
    for kind in ("csv", "parquet"):
        (folder / kind).mkdir(parents=True)
    for name in TABLES:
        rows = eager(getattr(data, name))
        rows.write_csv(folder / "csv" / f"{name}.csv")
        rows.write_parquet(folder / "parquet" / f"{name}.parquet")
    package, version = data_package(data), data_version(data)
    package |= {"version": version}
    for resource in package["resources"]:
        resource["path"] = f"csv/{resource['name'].replace('-', '_')}.csv"
    (folder / "datapackage.json").write_text(
        json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "README.md").write_text(data_readme(data), encoding="utf-8")
    cited = _CITATION.format(title=package["title"], version=version, day=data.judged_on)
    (folder / "CITATION.cff").write_text(cited, encoding="utf-8")
    for lang in LANGUAGES:
        write_workbook(folder / f"{package['name']}.{lang}.xlsx", _sheets(data, Text(lang, data), version))
    sums = [
        f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder).as_posix()}"
        for f in sorted(folder.rglob("*"))
        if f.is_file()
    ]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


def _sheets(data: Dataset, t: Text, version: str) -> dict[str, pl.DataFrame]:
    """Return the sheets of the workbook: what a reader filters, with names; registers as they are."""
    scores = eager(data.scores).sort("index_id", "dimension_id", "year", "rank", nulls_last=True)
    whole, other = pl.col("dimension_id") == WHOLE, "en" if t.lang == "vi" else "vi"
    about = pl.DataFrame(
        {
            t("About"): [t("Version of the data"), t("Last day that the figures speak of"), t("How to cite")],
            "": [
                version,
                t.date(data.judged_on),
                t("Name this dataset, its version, and the source of the row."),
            ],
        }
    )
    sheets = {
        t("About"): about,
        t(COLUMN_LABELS["reported"]): _placed(eager(data.observations), eager(data.area_observations), t),
        t("Targets"): _placed(eager(data.targets), eager(data.area_targets), t),
        t("Indices"): named(scores.filter(whole), t),
        t("Dimensions"): named(scores.filter(~whole), t),
        t("Indicators"): _indicators(data.indicators, t),
        t("Breaks"): named(data.breaks.drop(f"reason_{other}"), t),
        t("Sources"): data.sources.select("source_id", "title", "publisher", "published", "url"),
    }
    return {name: rows.rename(_headings(rows, t)) for name, rows in sheets.items()}


def _placed(own: pl.DataFrame, of_areas: pl.DataFrame, t: Text) -> pl.DataFrame:
    """Put the rows of provinces and the nation, and those of the units of 2025, into one table, whose they
    are first.
    """
    own = own.rename({"province_id": "scope"}, strict=False)
    names = {NATION: t("Viet Nam")}
    rows = pl.concat(
        [
            own.with_columns(
                pl.Series("scope", [names.get(s) or t.province(s) for s in own["scope"]], pl.String)
            ),
            of_areas.with_columns(
                pl.Series("scope", [names.get(s) or t.unit_2025(s) for s in of_areas["scope"]], pl.String)
            ),
        ],
        how="vertical_relaxed",
    )
    return named(rows.rename({"scope": "whose"}), t)


def _indicators(register: pl.DataFrame, t: Text) -> pl.DataFrame:
    about = register.select("indicator_id", "pillar", "unit", "direction", "definition_en", "related")
    names = {"pillar": PILLAR_LABELS, "unit": UNIT_LABELS}
    words = [pl.Series(c, [t(labels[v]) for v in about[c]], pl.String) for c, labels in names.items()]
    related = [r and "; ".join(t.indicator(i) for i in r.split(";")) for r in about["related"]]
    return named(about.with_columns(*words, pl.Series("related", related, pl.String)), t).insert_column(
        0, about["indicator_id"].alias("code")
    )


def _headings(rows: pl.DataFrame, t: Text) -> dict[str, str]:
    return {c: t(COLUMN_LABELS[c]) for c in rows.columns if c in COLUMN_LABELS}
