"""Hostile input ends in a clear sentence or in a correct report: no script in a page, no file outside the
folder.
"""

import re

import fuzz
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cds_analysis as cds
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.plan import plan
from cds_analysis.views.spreadsheet import flat_csv


def test_damaged_tables_load_or_are_refused_in_words():
    assert set(fuzz.fuzz(120, seed=77)) <= {"loaded", "refused", "loaded, then refused by a measure"}


@pytest.mark.parametrize(
    "name",
    ["<b>x</b>", "a\nb", "\u202eabc", "=cmd|' /C calc'!A0", "x" * 2000, "a\tb", "[b](javascript:alert(1))"],
)
def test_names_that_are_not_plain_text_are_refused(folder, name):
    frame = pl.read_csv(folder / "provinces.csv", infer_schema=False)
    frame.with_columns(
        pl.when(pl.col("province_id") == "lang-son").then(pl.lit(name)).otherwise("name_vi").alias("name_vi")
    ).write_csv(folder / "provinces.csv")
    with pytest.raises(cds.DataError, match=r"provinces.csv, row \d+, column name_vi: must be plain text"):
        cds.load(folder)


def test_names_with_quotes_and_template_marks_are_shown_as_they_are(folder, tmp_path):
    name = """Lạng "Sơn' & {{ 7 * 7 }} ../x $(id) *a* [b] javascript:alert(1)"""
    frame = pl.read_csv(folder / "provinces.csv", infer_schema=False)
    frame.with_columns(
        pl.when(pl.col("province_id") == "lang-son").then(pl.lit(name)).otherwise("name_vi").alias("name_vi")
    ).write_csv(folder / "provinces.csv")
    data = cds.load(folder)
    tasks = plan(
        [find_notebook("province_profile")], data, provinces=["lang-son"], langs=["vi"], data_dir=folder
    )
    out = tmp_path / "out"
    (result,) = run(tasks, out, data=data)
    assert result.status == "made", result.error
    text = (out / tasks[0].path).read_text(encoding="utf-8")
    assert "{{ 7 * 7 }}" in text and not re.search(r"""(href|src)=["']javascript:""", text)
    assert set(re.findall(r"<script[^>]*>", text)) <= {'<script type="module">'}  # that of long tables
    assert {p.relative_to(tmp_path).parts[0] for p in tmp_path.rglob("*.html")} == {"out"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_parameters_cannot_carry_code(text):
    data, notebook = cds.load(), find_notebook("province_profile")
    for name in ("province", "as_of", "lang"):
        try:
            values = notebook.checked({name: text}, data)
        except cds.CdsError:
            continue
        assert (
            name == "as_of"
            and (text.strip() == "" or re.fullmatch(r"\d{4}-\d{2}-\d{2}", values["as_of"].strip()))
        ) or name == "province"


def test_settings_do_not_reach_outside_the_output_folder(data, tmp_path):
    tasks = plan(
        [find_notebook("province_profile")],
        data,
        provinces=["lang-son"],
        langs=["vi"],
        settings={"as_of": "2024-06-30"},
    )
    assert ".." not in tasks[0].path and "/" not in tasks[0].stem
    with pytest.raises(cds.CdsError):
        plan([find_notebook("province_profile")], data, provinces=["lang-son"], settings={"as_of": "../../x"})


@given(st.text())
def test_no_cell_of_a_download_starts_a_formula(text):
    line = flat_csv(pl.DataFrame({"x": [text]}), for_spreadsheet=True).removeprefix("x\n")
    cell = line.strip("\n").strip('"')
    assert not re.match(r"[=@]", cell)
    assert not re.match(r"[+-]", cell) or re.fullmatch(r"[+-][\d.,  ]+%?", cell)
