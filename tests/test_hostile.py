"""Hostile input ends in a clear sentence or in a correct report: no script in a page, no file outside the
folder.
"""

import io
import re
import sys
import zipfile
from types import SimpleNamespace

import docx
import fuzz
import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cds_analysis as cds
from cds_analysis.intake import limits
from cds_analysis.intake.extract import extract_file
from cds_analysis.intake.files import read_lines
from cds_analysis.intake.sheets import read_sheets
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


# ---- files that unfold to more than they seem


def repacked(made, changed, target):
    """Write a packed file again, with some of its parts changed."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = changed.get(name, lambda content: content)
            new.writestr(name, change(old.read(name)))
    return target


def workbook(cells, target):
    book = openpyxl.Workbook()
    for at, value in cells.items():
        book.active[at] = value
    book.save(target)
    return target


@pytest.mark.parametrize(
    "stray, reach",
    [
        ("XFD1048576", "1,048,576 rows and 16,384 columns"),
        ("A1048576", "1,048,576 rows and 2 columns"),
        ("XFD40", "40 rows and 16,384 columns"),
    ],
)
def test_a_stray_cell_far_out_is_named_and_not_read_to(tmp_path, stray, reach):
    file = workbook({"A1": "Tỉnh", "B1": "Điểm", stray: "x"}, tmp_path / "book.xlsx")
    with pytest.raises(cds.ParameterError) as said:
        read_sheets(file)
    assert str(said.value) == (
        f"cannot read book.xlsx as XLSX: the sheet Sheet reaches over {reach}; at most 500,000 cells are"
        " read. Delete what stands far from the table, or save the table alone"
    )


def test_a_stray_cell_not_so_far_out_is_read(tmp_path):
    file = workbook({"A1": "Tỉnh", "C2000": "x"}, tmp_path / "book.xlsx")
    assert read_sheets(file)[0].rows == [["Tỉnh", "", ""], ["", "", "x"]]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize(
    "areas, n", [(("A1:B1048576",), "2,097,152"), (("A1:A400000", "C1:C200000"), "600,000")]
)
def test_cells_merged_over_whole_columns_are_named_and_not_made(tmp_path, areas, n, quote):
    inside = "".join(f"<mergeCell ref={quote}{a}{quote}/>" for a in areas).encode()
    merged = {
        "xl/worksheets/sheet1.xml": lambda c: c.replace(
            b"</sheetData>", b"</sheetData><mergeCells>" + inside + b"</mergeCells>"
        )
    }
    file = repacked(workbook({"A1": "Tỉnh"}, tmp_path / "a.xlsx"), merged, tmp_path / "book.xlsx")
    with pytest.raises(cds.ParameterError, match=f"merged cells cover {n} cells of a sheet; at most 500,000"):
        read_sheets(file)


def test_cells_merged_over_a_table_are_still_read(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "Tỉnh"
    book.active.merge_cells("A1:C2")
    book.save(tmp_path / "book.xlsx")
    assert read_sheets(tmp_path / "book.xlsx")[0].rows == [["Tỉnh"] * 3] * 2


def test_spans_that_multiply_are_named_and_not_written_out(tmp_path):
    row = "<tr>" + "<td rowspan=99999 colspan=99999>85%</td>" * 90 + "</tr>"
    file = tmp_path / "page.html"
    file.write_text(f"<html><body><table>{row * 90}</table></body></html>")
    words = r"a table reaches over 90 rows and 5,600 columns; at most 500,000 cells are read"
    with pytest.raises(cds.ParameterError, match=f"cannot read page.html as HTML: {words}"):
        read_sheets(file)
    with pytest.raises(cds.ParameterError, match=f"cannot read page.html: {words}"):
        read_lines(file)


def test_a_span_below_the_last_row_ends_with_the_table(tmp_path):
    file = tmp_path / "page.html"
    file.write_text("<table><tr><td rowspan=50>a<td>b<tr><td>c</table>")
    assert read_sheets(file)[0].rows == [["a", "b"], ["a", "c"]]


def test_a_cell_of_a_document_that_spans_without_end_is_named(tmp_path):
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "85%"
    document.save(tmp_path / "a.docx")
    span = {
        "word/document.xml": lambda c: c.replace(b"</w:tcW>", b"").replace(
            b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="999999999"/>'
        )
    }
    file = repacked(tmp_path / "a.docx", span, tmp_path / "report.docx")
    with pytest.raises(cds.ParameterError, match=r"report\.docx: a cell spans 999,999,999 columns; at most"):
        read_lines(file)


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_packed_file_that_unfolds_to_too_much_is_named_and_not_unfolded(tmp_path, kind):
    made = tmp_path / f"a.{kind}"
    if kind == "xlsx":
        workbook({"A1": "Tỉnh"}, made)
    else:
        docx.Document().save(made)
    file = repacked(made, {}, tmp_path / f"bomb.{kind}")
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("more.xml", "w") as part:
        for _ in range(51):
            part.write(b" " * 1_000_000)
    assert file.stat().st_size < 200_000
    read = read_sheets if kind == "xlsx" else read_lines
    with pytest.raises(cds.ParameterError, match=rf"bomb.{kind}.*: it unpacks to 5\d MB; at most 50 MB"):
        read(file)


@pytest.mark.parametrize("read, name", [(read_sheets, "big.csv"), (read_lines, "big.txt")])
def test_a_file_of_too_many_bytes_is_named_and_not_cut_off(tmp_path, read, name):
    with (tmp_path / name).open("wb") as file:
        file.truncate(limits.MOST_BYTES + 1)
    with pytest.raises(cds.ParameterError, match=f"cannot read {name}.*: it is larger than 20 MB"):
        read(tmp_path / name)


def test_standard_input_of_too_many_bytes_is_named(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x" * (limits.MOST_BYTES + 1))))
    with pytest.raises(cds.ParameterError, match="cannot read standard input: it is larger than 20 MB"):
        read_lines("-")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_of_too_many_cells_is_named(tmp_path, kind):
    file = tmp_path / f"table.{kind}"
    if kind == "csv":
        file.write_text("a,b,c\n" + "1,2,3\n" * 200_000)
    else:
        pl.DataFrame({"a": [1] * 200_001}).with_columns(b="a", c="a").write_parquet(file)
    with pytest.raises(
        cds.ParameterError, match=r"the table reaches over 200,00\d rows and 3 columns; at most"
    ):
        read_sheets(file)


def test_a_document_of_too_many_letters_is_named(tmp_path):
    (tmp_path / "long.txt").write_text("Một câu không có gì.\n" * 60_000, encoding="utf-8")
    with pytest.raises(
        cds.ParameterError, match=r"long.txt: it holds 1,\d\d\d,000 letters; at most 1,000,000"
    ):
        read_lines(tmp_path / "long.txt")


def test_a_long_paragraph_is_read_to_its_end_and_looked_at_a_stretch_at_a_time(data, tmp_path, monkeypatch):
    from cds_analysis.intake.frame import Text

    widest, near = [], Text.near

    def looked_at(self, start, end):
        found = near(self, start, end)
        widest.append(len(found.places) + len(found.signals) + len(found.periods))
        return found

    monkeypatch.setattr(Text, "near", looked_at)
    one = "Năm 2023, tỉnh Lạng Sơn đạt 85% dân số có hồ sơ sức khỏe điện tử. "
    (tmp_path / "long.txt").write_text(one * 300, encoding="utf-8")  # 20 kB, one paragraph
    found = extract_file(tmp_path / "long.txt", data)
    assert found.height == 300 and found["place"].unique().to_list() == ["lang-son"]
    assert max(widest) < 250 < sum(widest) / 100  # not the whole paragraph for each of its sentences
