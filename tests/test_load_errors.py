import polars as pl
import pytest

import cds_analysis as cds


def edit(file, change):
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


def problems(folder):
    with pytest.raises(cds.DataError) as caught:
        cds.load(folder)
    return caught.value


def test_a_copy_of_the_data_loads(folder, data):
    assert cds.load(folder).row_counts() == data.row_counts()


@pytest.mark.parametrize(
    "table, before, after, expected",
    [
        (
            "observations",
            ",84.02,",
            ',"84,02",',
            ["observations.csv", "column value", "decimal point", "write 84.02", "'84,02'"],
        ),
        ("observations", ",84.02,", ",much,", ["column value", "must be a number", "'much'"]),
        ("observations", ",84.02,", ",nan,", ["column value", "must be a number"]),
        (
            "observations",
            "2023-06-30",
            "30/06/2023",
            ["column as_of", "a date like 2023-12-31", "'30/06/2023'"],
        ),
        (
            "observations",
            "lang-son,",
            "lang-sonn,",
            ["column province_id", "is not in provinces.csv", "did you mean 'lang-son'"],
        ),
        (
            "observations",
            ",ehealth_records_pct,",
            ",ehealth_record,",
            ["column indicator_id", "is not in indicators.csv", "'ehealth_record'"],
        ),
        (
            "observations",
            "168014.0,171997.0",
            "68014.0,171997.0",
            ["value must agree with 100 * numerator / denominator"],
        ),
        ("indicators", ",percent,", ",per cent,", ["column unit", "must be one of percent", "'per cent'"]),
        ("provinces", "\nlang-son,20,", "\nlang-son,2,", ["column gso_code", "must match"]),
        (
            "context",
            "province_id,year",
            "province_id,yeer",
            ["column year", "the column is missing", "is it 'yeer'?", "unknown column"],
        ),
        ("breaks", ",documented,", ",,", ["column kind", "must not be empty"]),
    ],
)
def test_a_bad_cell_is_named_by_file_row_column_rule_and_value(folder, table, before, after, expected):
    file = folder / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    message = str(problems(folder))
    for words in expected:
        assert words in message


def test_the_row_number_is_the_line_in_the_file(folder):
    file = folder / "context.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[41] = lines[41].replace("gso-yearbook", "nowhere")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert problems(folder).problems[0].row == 42


def test_a_row_of_a_split_table_is_named_in_its_own_file(folder):
    file = folder / "scores" / "pci.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[9] = lines[9].replace("pci,", "PCI!,", 1)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    first = problems(folder).problems[0]
    assert (first.file, first.row, first.column) == ("scores/pci.csv", 10, "index_id")


def test_a_repeated_key_names_every_row_that_has_it(folder):
    edit(folder / "regions.csv", lambda text: text + text.splitlines()[1] + "\n")
    found = problems(folder).problems
    assert [p.row for p in found] == [2, 8]
    assert "more than once" in str(found[0])


def test_a_key_repeated_across_files_of_one_table_is_found(folder):
    line = (folder / "scores" / "dti.csv").read_text(encoding="utf-8").splitlines()[1]
    edit(folder / "scores" / "pci.csv", lambda text: text + line + "\n")
    assert {p.file for p in problems(folder).problems} == {"scores/dti.csv", "scores/pci.csv"}


def test_a_byte_order_mark_does_no_harm(folder, data):
    file = folder / "regions.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert cds.load(folder).regions.equals(data.regions)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "the file is empty"),
        (b"\x00\x01\xff\xfe\xff", "cannot be read as CSV"),
        ("region_id,name_vi,name_en\nx,é,y".encode("latin-1"), "not UTF-8"),
        (b"region_id,name_vi,name_en\na,b,c,d,e\n", "cannot be read as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_a_clear_error(folder, content, words):
    (folder / "regions.csv").write_bytes(content)
    assert words in str(problems(folder))


def test_a_missing_file_is_named(folder):
    (folder / "targets.csv").unlink()
    assert "targets.csv: the file is missing" in str(problems(folder))


def test_all_problems_are_counted_and_twenty_are_shown(folder):
    edit(folder / "context.csv", lambda text: text.replace("gso-yearbook", "nowhere"))
    error = problems(folder)
    assert len(error.problems) == 189
    assert "189 problems" in str(error)
    assert str(error).count("nowhere") == 20
    assert "and 169 more (the first 20 are shown)" in str(error)


def test_problems_of_several_tables_come_together(folder):
    edit(folder / "context.csv", lambda text: text.replace("2022", "year", 1))
    edit(folder / "regions.csv", lambda text: text.replace("region_id", "region", 1))
    assert {p.file for p in problems(folder).problems} == {"context.csv", "regions.csv"}


def test_a_folder_that_is_not_there(tmp_path):
    assert "does not exist" in str(problems(tmp_path / "nothing"))


def test_an_empty_table_is_fine(folder):
    edit(folder / "claims.csv", lambda text: text.splitlines()[0] + "\n")
    assert cds.load(folder).claims.height == 0
    assert cds.load(folder).claims.schema["value"] == pl.Float64
