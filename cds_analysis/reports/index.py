"""The rows of the index page: which reports there are, in reading order, and by which words they are found."""

from __future__ import annotations

from pathlib import Path

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import fold
from cds_analysis.pages.site import render_index
from cds_analysis.views.text import collation_key

__all__ = ["index_page"]


def index_page(reports: dict[str, dict], data: Dataset, out: Path) -> bytes:
    """Return the index page of an output folder.

    Parameters
    ----------
    reports
        The entries of its manifest. One that is missing still has its page of an earlier run, perhaps.
    data
        Gives the names by which a province is found.
    out
        The folder; a report whose page is not there is not listed.
    """
    table = data.provinces.select("province_id", "name_vi", "name_en", "aliases")
    words = {province: names for province, *names in table.iter_rows()}
    shown = []
    for entry in reports.values():
        if entry["status"] in ("made", "missing") and (out / entry["path"]).is_file():
            names = [word for p in entry["provinces"] for word in words.get(p, ()) if word]
            shown.append(
                {**entry, "search": fold(" ".join([entry["notebook_title"], entry["name"], *names]))}
            )
    failed = [
        {"key": key, "error": entry["error"], "cell": entry["cell"]}
        for key, entry in sorted(reports.items())
        if entry["status"] == "failed"
    ]
    return render_index(sorted(shown, key=_place), failed).encode("utf-8")


def _place(entry: dict) -> tuple:
    return (
        entry["number"],
        entry["lang"] == "en",
        entry["stem"] != entry["notebook"],
        collation_key(entry["name"]),
        entry["stem"],
    )
