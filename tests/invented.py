"""An index that no code knows: three dimensions and four years, rows in two CSV files of a copy of
the data.
"""

import csv
import shutil

import cds_analysis as cds
from cds_analysis.dataset.register import WHOLE
from cds_analysis.paths import data_folder

PARTS = ("speed", "trust", "reach")
YEARS = range(2021, 2025)
TITLE = "Checks made in this project on the published scores"  # of the source that the invented rows name


def append(path, rows):
    with path.open(encoding="utf-8", newline="") as file:
        columns = csv.DictReader(file).fieldnames
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writerows({c: row.get(c, "") for c in columns} for row in rows)


def register_row(number, dimension):
    is_whole = dimension == WHOLE
    return {
        "index_id": "xyz",
        "dimension_id": dimension,
        "code": WHOLE if is_whole else f"p{number}",
        "number": "" if is_whole else number,
        "position": 900 + number,
        "name_vi": "Chỉ số bịa" if is_whole else f"Phần {dimension}",
        "name_en": "Invented index" if is_whole else f"Part {dimension}",
        "short_vi": "XYZ" if is_whole else "",
        "short_en": "XYZ" if is_whole else "",
        "parent_id": "" if is_whole else WHOLE,
        "scale_min": 0,
        "scale_max": 300 if is_whole else 100,
        "decimals": 3,
        "decimals_exact": 5,
        "grouping": "cuts" if is_whole else "quartiles",
        "group_cuts": "Gold:200;Silver:120.5" if is_whole else "",
        "aggregation": "sum" if is_whole else "none",
        "evidence": "citizens",
        "profile": "chart",
        "interviews": 100,
        "design_effect": 1.5,
        "person_sd": 20,
        "correlation": 0.1 if is_whole else "",
        "merge_rule": "mean",
        "publisher": "Nobody",
    }


def score_rows(provinces):
    for year in YEARS:
        for i, province in enumerate(provinces):
            parts = [20 + (i * 7 + k * 11 + year * 13) % 61 + i / 7 for k in range(3)]
            for dimension, score in ((WHOLE, sum(parts)), *zip(PARTS, parts)):
                yield {
                    "index_id": "xyz",
                    "dimension_id": dimension,
                    "year": year,
                    "province_id": province,
                    "score": round(score, 4),
                    "status": "reported",
                    "source_id": "project-check",
                }


def invent(parent):
    """Return a dataset with the index ``xyz``, in a folder below `parent`."""
    folder = shutil.copytree(data_folder(), parent / "data")
    append(folder / "indices.csv", [register_row(n, d) for n, d in enumerate((WHOLE, *PARTS))])
    header = (folder / "scores" / "papi.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "scores" / "xyz.csv").write_text(header + "\n", encoding="utf-8")
    append(folder / "scores" / "xyz.csv", score_rows(cds.load().provinces["province_id"]))
    return cds.load(folder)
