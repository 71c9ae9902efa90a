"""The landing page of an output folder, in both languages: which reports are there, in reading order, and
what the data say.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.version import data_version
from cds_analysis.pages.landing.record import Record
from cds_analysis.pages.landing.ways import Page
from cds_analysis.pages.site import DATASET, LANDING, render_landing
from cds_analysis.reports.catalogue import notebooks
from cds_analysis.reports.fingerprint import checksum_of_code, checksum_of_text
from cds_analysis.views.wording import collation_key

__all__ = ["landing_pages", "landing_stamp"]


def landing_stamp(data: Dataset, out: Path) -> str:
    """Return a checksum of what the landing page depends on besides the reports: the data, the package, and
    what of the dataset can be downloaded beside it.
    """
    return checksum_of_text(data_version(data), checksum_of_code(), *_downloads(out))


def _downloads(out: Path) -> list[str]:
    """Return the workbooks and documents of the release beside the page, none where `cds site` did not put it
    there.
    """
    found = (f for f in (out / DATASET).glob("*") if f.suffix in (".xlsx", ".md", ".json"))
    return sorted(f"{DATASET}/{f.name}" for f in found)


@lru_cache(maxsize=2)
def _record(data: Dataset) -> Record:
    return Record(data)


def landing_pages(reports: dict[str, dict], data: Dataset, out: Path) -> dict[str, bytes]:
    """Return the landing page in each language, by file name.

    Parameters
    ----------
    reports
        The entries of the manifest. One that is missing still has its page of an earlier run, perhaps.
    data
        What the page speaks of.
    out
        The folder; a report whose page is not there is not linked.
    """
    shown = [
        entry
        for entry in reports.values()
        if entry["status"] in ("made", "missing") and (out / entry["path"]).is_file()
    ]
    shown.sort(key=_place)
    failed = [
        {"key": key, "error": entry["error"], "cell": entry["cell"]}
        for key, entry in sorted(reports.items())
        if entry["status"] == "failed"
    ]
    pages = [Page(n.name, n.titles, n.is_profile) for n in notebooks().values()]
    return {
        name: render_landing(_record(data), shown, failed, pages, lang, _downloads(out)).encode("utf-8")
        for lang, name in LANDING.items()
    }


def _place(entry: dict) -> tuple:
    return (
        entry["number"],
        entry["lang"] == "en",
        entry["stem"] != entry["notebook"],
        collation_key(entry["name"]),
        entry["stem"],
    )
