"""Yearly tables as they come: long with ministries among the rows, a sheet a year with two header rows, HTML
with merged cells.
"""

from datetime import date

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner

import cds_analysis as cds
from cds_analysis.cli.main import main
from cds_analysis.intake.tables import Reading, read_table, table_changes

SOURCE = {
    "source_id": "table-test",
    "title": "Bảng",
    "publisher": "Bộ Nội vụ",
    "published": None,
    "url": None,
    "kind": "dataset",
}

LONG = """year,unit_type,unit_code,unit_name,par_index,par_rank,ranked,score_moha,score_survey
2019,ministry,B01,Bộ Tài chính,94.77,2,17,60.1,34.6
2019,province,22,Tỉnh Quảng Ninh,90.09,1,63,60.2,29.9
2019,province,20,Lang Son,77.31,54,63,50.1,27.2
2019,province,77,"Bà Rịa - Vũng Tàu",80.66,31,63,52,28.7
"""


def test_a_long_table_with_ministries_among_the_rows(folder, tmp_path):
    (tmp_path / "par.csv").write_text(LONG, encoding="utf-8")
    data = cds.load(folder)
    reading = read_table(tmp_path / "par.csv", "par", data)
    assert reading.left_out == ["Bộ Tài chính"]
    assert [(r["province_id"], r["year"], r["score"], r["rank"], r["n_ranked"]) for r in reading.rows][1] == (
        "lang-son",
        2019,
        77.31,
        54,
        63,
    )
    assert any("par_index -> score overall" in c for c in reading.columns) and any(
        "score_moha -> not read" in c for c in reading.columns
    )
    before = data.scores.height
    known = data.scores.filter(
        pl.col("index_id") == "par", pl.col("dimension_id") == "overall", pl.col("year") == 2019
    )
    table_changes(reading, "par", data, SOURCE).write()
    after = cds.load(folder)
    new = [r for r in reading.rows if r["province_id"] not in set(known["province_id"])]
    assert after.scores.height == before + len(new) and len(new) >= 2
    again = table_changes(reading, "par", after, SOURCE)
    assert again.rows == {} and again.known == 3 and not again.conflicts


def test_a_workbook_with_a_sheet_a_year_and_two_header_rows(data, tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for year in (2023, 2024):
        sheet = book.create_sheet(f"PAPI {year}")
        sheet.append(["Province", "1. Participation at Local Levels", "E-governance", "Total score"])
        sheet.append(
            ["Tỉnh/thành phố", "Tham gia của người dân ở cấp cơ sở", "Quản trị điện tử", "Điểm tổng hợp"]
        )
        for row in (
            data.scores.filter(
                pl.col("index_id") == "papi", pl.col("year") == year, pl.col("dimension_id") == "overall"
            )
            .head(20)
            .iter_rows(named=True)
        ):
            parts = [
                data.scores.filter(
                    pl.col("index_id") == "papi",
                    pl.col("year") == year,
                    pl.col("province_id") == row["province_id"],
                    pl.col("dimension_id") == d,
                )["score"].item()
                for d in ("participation", "e_governance")
            ]
            name = data.provinces.filter(pl.col("province_id") == row["province_id"])["name_vi"].item()
            sheet.append([name, *parts, row["score"]])
        sheet.append(["Trung bình cả nước", 1, 2, 3])
    book.save(tmp_path / "papi.xlsx")
    reading = read_table(tmp_path / "papi.xlsx", "papi", data)
    assert len(reading.rows) == 2 * 20 * 3
    assert {r["dimension_id"] for r in reading.rows} == {"participation", "e_governance", "overall"} and {
        r["year"] for r in reading.rows
    } == {2023, 2024}
    planned = table_changes(reading, "papi", data, SOURCE)
    assert planned.rows == {} and planned.known == 120 and not planned.conflicts  # every figure is recognised


def test_an_html_table_with_merged_header_cells(data, tmp_path):
    page = """<html><body><table><tr><td>menu</td></tr></table><table>
    <tr><th rowspan="2">TT</th><th rowspan="2">Tỉnh, thành phố</th><th colspan="2">Kết quả \
năm</th></tr><tr><th>Điểm</th><th>Xếp hạng</th></tr>
    <tr><td>1</td><td>Hải Phòng</td><td>92,91</td><td>1</td></tr><tr><td>2</td><td>TP. Hồ Chí \
Minh</td><td>86,97</td><td>33</td></tr></table></body></html>"""
    (tmp_path / "rank.html").write_text(page.replace("Tỉnh, thành phố", "Tỉnh/Thành phố"), encoding="utf-8")
    reading = read_table(tmp_path / "rank.html", "par", data, year=2023)
    assert [(r["province_id"], r["score"], r["rank"]) for r in reading.rows] == [
        ("hai-phong", 92.91, 1),
        ("ho-chi-minh", 86.97, 33),
    ]
    with pytest.raises(cds.ParameterError, match="give it with --year"):
        read_table(tmp_path / "rank.html", "par", data)


def test_a_wide_table_and_units_of_2025(data, tmp_path):
    pl.DataFrame({"Tỉnh": ["Huế", "Phú Thọ"], "2024": [0.5, 0.6], "2025": [0.7, 0.8]}).write_parquet(
        tmp_path / "wide.parquet"
    )
    rows = read_table(tmp_path / "wide.parquet", "dti", data).rows
    assert {(r.get("province_id"), r.get("unit_id"), r["year"]) for r in rows} == {
        ("thua-thien-hue", None, 2024),
        (None, "hue", 2025),
        ("phu-tho", None, 2024),
        (None, "phu-tho", 2025),
    }
    assert all("unit_id" in r for r in read_table(tmp_path / "wide.parquet", "dti", data, units="34").rows)


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("a.csv", "a,b\n1,2\n", "no table with a column of provinces"),
        ("a.csv", "province,score\nNơi Nào Đó,5\n", "unknown province 'Nơi Nào Đó'"),
        ("a.xlsx", "not a workbook", "cannot read a.xlsx as XLSX"),
        ("a.doc", "x", "of a kind that cannot be imported"),
        ("a.parquet", "x", "cannot read a.parquet"),
        ("a.csv", "", "no table"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, tmp_path, name, content, words):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(cds.CdsError, match=words):
        read_table(tmp_path / name, "par", data, year=2023)


def test_the_command_shows_what_it_reads_and_asks(folder, tmp_path):
    (tmp_path / "par.csv").write_text(LONG, encoding="utf-8")
    command = [
        "import",
        str(tmp_path / "par.csv"),
        "--index",
        "par",
        "--source",
        "table-test",
        "--title",
        "Bảng",
        "--publisher",
        "Bộ",
        "--data",
        str(folder),
    ]
    before = (folder / "scores" / "par.csv").read_bytes()
    said = CliRunner().invoke(main, command, input="n\n")
    assert (
        said.exit_code == 0
        and "nothing was written" in said.output
        and "par_rank -> rank overall" in said.output
    )
    assert (folder / "scores" / "par.csv").read_bytes() == before
    said = CliRunner().invoke(main, [*command, "--yes"])
    assert said.exit_code == 0 and "added:" in said.output, said.output
    assert "table-test" in (folder / "scores" / "par.csv").read_text(encoding="utf-8")
    assert CliRunner().invoke(main, [*command[:3], "nothing", *command[4:]]).exit_code == 2


def test_a_row_on_record_without_its_score_is_completed(folder, tmp_path):
    data = cds.load(folder)
    bare = data.scores.filter(
        pl.col("index_id") == "par", pl.col("dimension_id") == "overall", pl.col("score").is_null()
    ).row(0, named=True)
    name = data.provinces.filter(pl.col("province_id") == bare["province_id"])["name_vi"].item()
    (tmp_path / "par.csv").write_text(f"province,year,score\n{name},{bare['year']},77.77\n", encoding="utf-8")
    found = table_changes(read_table(tmp_path / "par.csv", "par", data), "par", data, SOURCE)
    assert len(found.rows["scores"]) == 1 and not found.conflicts
    found.write()
    after = cds.load(folder)
    assert after.scores.height == data.scores.height
    row = after.scores.filter(
        *(pl.col(k) == bare[k] for k in ("index_id", "dimension_id", "year", "province_id"))
    ).row(0, named=True)
    assert (row["score"], row["rank"], row["rank_status"], row["source_id"]) == (
        77.77,
        bare["rank"],
        bare["rank_status"],
        "table-test",
    )
    assert f"rank from {bare['source_id']}" in row["note"]  # every figure keeps its source


def test_units_without_a_printed_rank_are_ranked_by_their_scores(folder, tmp_path):
    data = cds.load(folder)
    names = data.units_2025["name_vi"].to_list()
    lines = [f"{name},{90 - i // 2}" for i, name in enumerate(names)]  # in pairs
    (tmp_path / "par.csv").write_text("\n".join(["Tỉnh,Điểm", *lines]), encoding="utf-8")
    table_changes(read_table(tmp_path / "par.csv", "par", data, year=2025), "par", data, SOURCE).write(
        data_date=date(2026, 12, 31)
    )
    new = (
        cds.load(folder)
        .unit_scores.filter(pl.col("source_id") == "table-test")
        .sort("score", descending=True)
    )
    assert new["n_ranked"].unique().to_list() == [34]
    assert new["rank"].to_list() == [1 + i - i % 2 for i in range(34)]


def test_a_table_of_many_rows_is_compared_quickly_enough_to_be_used_at_all(data, tmp_path):
    papi = (
        data.scores.filter(pl.col("index_id") == "papi")
        .select("year", "province_id", "dimension_id", "score")
        .drop_nulls()
    )
    wide = papi.pivot(
        "dimension_id", index=["year", "province_id"], values="score", aggregate_function="first"
    ).rename({"province_id": "province"})
    wide.write_csv(tmp_path / "papi.csv")
    found = table_changes(read_table(tmp_path / "papi.csv", "papi", data), "papi", data, SOURCE)
    assert found.rows == {} and found.known > 5_000


def test_a_completed_row_leaves_the_file_it_was_in(folder, tmp_path):
    data = cds.load(folder)
    par = folder / "scores" / "par.csv"
    head, *lines = par.read_text(encoding="utf-8").splitlines()
    moved = next(line for line in lines if line.startswith("par,overall,") and line.split(",")[4] == "")
    par.write_text("\n".join([head, *(line for line in lines if line != moved), ""]), encoding="utf-8")
    other = folder / "scores" / "other.csv"
    other.write_text(other.read_text(encoding="utf-8") + moved + "\n", encoding="utf-8")
    _, _, year, province, *_ = moved.split(",")
    (tmp_path / "par.csv").write_text(f"code,year,score\n{province},{year},77.77\n", encoding="utf-8")
    before = cds.load(folder)
    table_changes(read_table(tmp_path / "par.csv", "par", before), "par", before, SOURCE).write()
    assert moved.rsplit(",", 2)[0] not in other.read_text(encoding="utf-8")
    assert cds.load(folder).scores.height == data.scores.height


def test_a_rank_and_a_score_of_one_row_may_come_in_two_tables(folder):
    data = cds.load(folder)
    rows = [
        {
            "year": 2031,
            "province_id": "lang-son",
            "dimension_id": "overall",
            "score": s,
            "rank": r,
            "n_ranked": None,
        }
        for s, r in ((None, 7), (81.5, None))
    ]
    table_changes(Reading(rows=rows), "par", data, SOURCE).write(data_date=date(2031, 12, 31))
    new = cds.load(folder).scores.filter(pl.col("year") == 2031)
    assert new.select("score", "rank", "note", "source_id").rows() == [(81.5, 7, None, "table-test")]


def rows_of(tmp_path, text, index, data, *, name="t.csv", **options):
    (tmp_path / name).write_text(text, encoding="utf-8")
    keys = ("province_id", "unit_id", "dimension_id", "year", "score", "rank")
    return [tuple(r.get(k) for k in keys) for r in read_table(tmp_path / name, index, data, **options).rows]


@pytest.mark.parametrize(
    "text, words",
    [
        (
            "Tỉnh,Chỉ số,Tổng điểm\nHà Nội,80,81\n",
            "two columns are read as the score overall: 'Chỉ số' and 'Tổng điểm'",
        ),
        (
            "Tỉnh,Xếp hạng,Thứ hạng\nHà Nội,1,2\n",
            "two columns are read as the rank overall: 'Xếp hạng' and 'Thứ hạng'",
        ),
        ("Tỉnh,Năm,Year,Điểm\nHà Nội,2022,2023,80\n", "two columns are read as the year: 'Năm' and 'Year'"),
        ("Tỉnh,Điểm,Hạng\nHà Nội,80,12.5\n", "row 2: 'Hạng': '12.5' is not a rank"),
        ("Tỉnh,Điểm\nHà Nội,880\n", "880 is outside the scale of par/overall"),
        ("Tỉnh,Điểm\nHà Nội,tốt\n", "'tốt' is no number"),
        ("Tỉnh,Điểm năm 2022\nHà Nội,80\n", "the column 'Điểm năm 2022' says 2022; --year says 2023"),
        (
            "Tỉnh,Tên tỉnh,Điểm\nHà Nội,Hải Phòng,80\n",
            "the columns of names do not agree: Hà Nội and Hải Phòng",
        ),
        ("Tỉnh,Điểm\nHà Nội,81 (82)\n", "is not one rank and one score"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_and_both_are_shown(data, tmp_path, text, words):
    with pytest.raises(cds.ParameterError) as said:
        rows_of(tmp_path, text, "par", data, year=2023)
    assert words in str(said.value)


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "Tỉnh/TP,2022,,2023,\n,Điểm,Hạng,Điểm,Hạng\nHà Nội,80.5,3,81.5,2\n",
            [("ha-noi", None, "overall", 2022, 80.5, 3), ("ha-noi", None, "overall", 2023, 81.5, 2)],
        ),
        (
            ",PAR INDEX 2022,,PAR INDEX 2023,\nTên tỉnh,Điểm,Hạng,Điểm,Hạng\nHà Nội,80.5,3,81.5,2\n",
            [("ha-noi", None, "overall", 2022, 80.5, 3), ("ha-noi", None, "overall", 2023, 81.5, 2)],
        ),
        ("Tỉnh/TP,PAR INDEX 2022\nHà Nội,80.5\n", [("ha-noi", None, "overall", 2022, 80.5, None)]),
        (
            "tentinh_vie,year,score,rank\nHà Nội,2022,80.5,61.0\n",
            [("ha-noi", None, "overall", 2022, 80.5, 61)],
        ),
        ("STT,Tỉnh,Kết quả 2022\n7,Hà Nội,01 (80.5)\n", [("ha-noi", None, "overall", 2022, 80.5, 1)]),
        ("TT,Tỉnh,Xếp hạng 2022\n7,Hà Nội,25/63\n", [("ha-noi", None, "overall", 2022, None, 25)]),
        (
            (
                "Tỉnh,Tiêu chí,Lĩnh vực,Năm,Điểm\nHà Nội,a,Hiện đại hóa hành chính,2022,9.5\nHà Nội,b,Tổng"
                " điểm,2022,80\n"
            ),
            [
                ("ha-noi", None, "modernisation", 2022, 9.5, None),
                ("ha-noi", None, "overall", 2022, 80.0, None),
            ],
        ),
        ("Tỉnh,Điểm 2022\nHà Nội,-\nHải Phòng,80\n", [("hai-phong", None, "overall", 2022, 80.0, None)]),
    ],
)
def test_years_above_columns_ranks_in_brackets_and_dimensions_in_a_column(data, tmp_path, text, expected):
    assert rows_of(tmp_path, text, "par", data) == expected


def test_a_break_in_a_header_of_html_is_a_blank(data, tmp_path):
    page = (
        "<table><tr><th>Tỉnh/<br>Thành phố</th><th>Xếp<br>hạng</th><th>Tổng<br/>điểm</th></tr><tr><td>Hà"
        " Nội</td><td>3</td><td>80,5</td></tr></table>"
    )
    assert rows_of(tmp_path, page, "par", data, name="t.html", year=2022) == [
        ("ha-noi", None, "overall", 2022, 80.5, 3)
    ]


def test_the_units_of_2025_are_known_by_their_names(data, tmp_path):
    names = data.units_2025["name_vi"].to_list()
    lines = [f"{'Tỉnh ' if n % 2 else ''}{name},0.{70 + n % 20}" for n, name in enumerate(names)]
    found = rows_of(tmp_path, "\n".join(["Tỉnh/thành phố,DTI 2025", *lines]), "dti", data)
    assert [row[1] for row in found] == data.units_2025["unit_id"].to_list()


def test_old_excel_and_open_document_sheets(data, tmp_path):
    import zipfile

    cells = [["Tỉnh", "Điểm", "Hạng"], ["Hà Nội", 80.5, 3]]
    xml = "".join(
        "<table:table-row>"
        + "".join(
            (
                '<table:table-cell office:value-type="float"'
                f' office:value="{c}"><text:p>{c}</text:p></table:table-cell>'
                if isinstance(c, int | float)
                else f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            )
            for c in row
        )
        + "</table:table-row>"
        for row in cells
    )
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}'
            ' office:version="1.2"><office:body><office:spreadsheet><table:table'
            f' table:name="2022">{xml}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
        book.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest'
            ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
            ' manifest:full-path="/"'
            ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    found = read_table(tmp_path / "t.ods", "par", data).rows
    assert [(r["province_id"], r["year"], r["score"], r["rank"]) for r in found] == [
        ("ha-noi", 2022, 80.5, 3)
    ]
    (tmp_path / "t.xls").write_bytes(b"\xd0\xcf\x11\xe0not a book")
    with pytest.raises(cds.ParameterError, match=r"cannot read t\.xls as XLS"):
        read_table(tmp_path / "t.xls", "par", data)


def test_sums_of_rounded_parts_are_no_conflict_and_a_real_difference_is(data, tmp_path):
    papi = data.scores.filter(
        pl.col("index_id") == "papi",
        pl.col("dimension_id") == "overall",
        pl.col("year") == 2023,
        pl.col("score") > 0,
    ).head(3)
    assert papi["status"].unique().to_list() == ["derived"]  # a sum of eight rounded dimensions
    for step, conflicts in ((0.00037, 0), (0.01, 3)):
        lines = [f"{p},{s + step:.6f}" for p, s in papi.select("province_id", "score").iter_rows()]
        (tmp_path / "papi.csv").write_text("\n".join(["code,PAPI 2023", *lines]), encoding="utf-8")
        found = table_changes(read_table(tmp_path / "papi.csv", "papi", data), "papi", data, SOURCE)
        assert (len(found.conflicts), found.known) == (conflicts, 3 - conflicts)
