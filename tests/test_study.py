import inspect
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures.ranks import ranks
from cds_analysis.views.text import Text

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def study():
    return cds.open(lang="en")


def test_ranks_are_those_of_all_provinces_whoever_is_picked(study):
    picked = study.ranks("papi.d6").pick("Hà Nội", "Lang Son province").years(2018, 2024).frame
    d = study.data
    alone = ranks(d.scores, d.breaks, d.indices).filter(
        pl.col("index_id") == "papi", pl.col("dimension_id") == "public_service_delivery"
    )
    expected = alone.filter(
        pl.col("province_id").is_in(["ha-noi", "lang-son"]), pl.col("year").is_between(2018, 2024)
    )
    keys = ["province_id", "year", "rank", "places_gained"]
    assert picked.select(keys).sort(keys[:2]).equals(expected.select(keys).sort(keys[:2]))


def test_the_published_rank_of_dti_2024_is_given(study):
    row = study.ranks("dti").pick("Lạng Sơn").years(2024).frame.row(0, named=True)
    assert (row["rank"], row["n_ranked"]) == (18, 63)


def test_picking_and_sorting_leave_the_family_of_tests_alone(study):
    whole = study.trends("papi.d4")
    one = whole.pick("lang-son")
    assert one.n_tested == whole.n_tested == 63
    before = whole.frame.filter(pl.col("province_id") == "lang-son")["p_adjusted"].to_list()
    assert one.frame["p_adjusted"].to_list() == before
    assert "63 series tested together" in one.family


def test_targets_that_are_ranks_are_judged_by_the_ranks_on_record(study):
    ranked = study.data.indicators.drop_nulls("index_id")["indicator_id"].to_list()
    rows = study.gaps(*ranked).frame
    assert rows.height and "no_data" not in set(rows["status"])


def test_a_day_of_judgement_hides_later_figures(study):
    assert study.gaps(as_of="2022-12-31").frame["as_of"].max().isoformat() <= "2022-12-31"


@pytest.mark.parametrize(
    "wrong, said",
    [
        (lambda s: s.ranks("papi.d9"), "papi.d8"),
        (lambda s: s.ranks("papy"), "papi"),
        (lambda s: s.trends("papi.transparancy"), "did you mean"),
        (
            lambda s: s.ranks("papi").pick("Lang Sonn", "Ha Noii"),
            "'Lang Sonn' (Lạng Sơn?); 'Ha Noii' (Hà Nội?)",
        ),
        (lambda s: s.match({"province": ["xx", "Ha Noi", "Cao Bnag"]}), "2 unknown names"),
        (lambda s: s.gaps("level4_servces_pct"), "level4_services_pct"),
        (lambda s: s.gaps(as_of="yesterday"), "a date like"),
        (lambda s: s.ranks("papi").years(1999), "there are 2011 to 2024"),
        (lambda s: s.ranks("papi").where(yaer=2024), "'year'"),
        (lambda s: s.ranks("papi").sort("rnk"), "'rank'"),
        (lambda s: s.compare("papi", year=1990), "there are 2011 to 2024"),
        (lambda s: s.compare("internet_speed"), "only ranks"),
        (lambda s: s.compare({"tinh": ["Hà Nội"], "v": ["a"]}, on="tinh", value="v"), "must hold numbers"),
        (
            lambda s: s.compare({"tinh": ["Hà Nội", "ha noi"], "v": [1, 2]}, on="tinh", value="v"),
            "more than once",
        ),
        (lambda s: s.compare({"tinh": ["Hà Nội"], "v": [1]}, on="tihn", value="v"), "'tinh'"),
        (lambda s: s.compare({"tinh": ["Hà Nội"], "v": [1]}, on="tinh", value="v", direction=0), "direction"),
        (lambda s: s.compare(3), "not int"),
        (lambda s: s.find("qqq"), "qqq"),
        (lambda s: s.ranks("papi").save("x.doc"), "must end in"),
        (lambda s: s.ranks("papi").to_excel("x.xls"), "ends in .xlsx"),
        (lambda s: s.ranks("papi", "dti").bump(), "not of 2"),
        (lambda s: s.find("papi").chart(), "no picture"),
        (lambda s: s.standing("dti"), "four full years"),
        (lambda s: s.standing("papi", since=2024), "2011 to 2023"),
        (lambda s: s.standing("papi").chart(), "pick them first"),
        (lambda s: s.ranks("papi").save("/nowhere/x.csv"), "cannot write"),
        (lambda s: cds.open(lang="fr"), "'vi' or 'en'"),
        (lambda s: cds.open(units=35), "63"),
    ],
)
def test_what_is_misspelt_or_cannot_be_is_refused_in_one_sentence(study, wrong, said):
    with pytest.raises(cds.CdsError) as caught:
        wrong(study)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_every_name_that_the_package_writes_is_read_again():
    data = cds.load()
    for lang in ("vi", "en"):
        t = Text(lang, data)
        for province in data.provinces["province_id"]:
            for name in (t.province(province), t.full_province(province)):
                assert cds.find_province(name) == province


def test_regions_and_peers_are_picked_by_name(study):
    assert set(study.provinces("Tây Nguyên")) == set(study.provinces("Central Highlands"))
    assert len(study.provinces("peers of Lạng Sơn", "all")) == 63


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "png", "svg"])
def test_a_result_goes_into_a_file_of_any_kind(study, tmp_path, ending):
    path = study.ranks("dti").pick("Lạng Sơn").save(tmp_path / f"dti.{ending}")
    assert path.stat().st_size > 500


def test_a_workbook_has_names_headings_numbers_and_sources(tmp_path):
    path = cds.open(lang="vi").ranks("dti").years(2024).sort("rank").to_excel(tmp_path / "dti.xlsx")
    book = openpyxl.load_workbook(path)
    rows = list(book["Thứ hạng"].values)
    assert rows[0][:4] == ("Chỉ số", "Năm", "Tỉnh", "Điểm")
    assert rows[1][2] == "Hồ Chí Minh" and rows[1][4] == 1 and isinstance(rows[1][3], float)
    assert len(rows) == 64
    assert "khoahoc" in str(list(book["Nguồn"].values)) or len(list(book["Nguồn"].values)) > 1


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path):
    from cds_analysis.study.workbook import write_workbook

    path = write_workbook(tmp_path / "x.xlsx", {"a": pl.DataFrame({"x": ["=1+1"]})})
    cell = openpyxl.load_workbook(path)["a"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_sources_are_those_of_the_rows_shown(study):
    dti = study.ranks("dti").years(2024)
    assert set(dti.sources["source_id"]) == set(dti.frame["source_id"])
    assert set(dti.pick("Lạng Sơn").sources["source_id"]) <= set(dti.sources["source_id"])
    assert all(
        study.text.source(s) in study.ranks("par").years(2012).named()["Source"]
        for s in study.ranks("par").years(2012).sources["source_id"]
    )


def test_own_values_from_pandas_agree_with_a_count_by_hand(study):
    own = pd.DataFrame({"tinh": ["Hà Nội", "TP.HCM", "lang son"], "fibre": [90.0, 88.0, 70.0]})
    found = study.compare(own, on="tinh", value="fibre").frame
    by_name = dict(found.select("province_id", "diff_national").iter_rows())
    assert by_name == {"ha-noi": 2.0, "ho-chi-minh": 0.0, "lang-son": -18.0}


def test_a_frame_goes_to_pandas_and_back(study):
    there = study.ranks("dti").pick("Lạng Sơn").to_pandas()
    assert list(there["rank"]) == study.ranks("dti").pick("Lạng Sơn").frame["rank"].to_list()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_result_shows_itself_with_names_and_sources(lang):
    s = cds.open(lang=lang)
    for result in (
        s.ranks("dti"),
        s.gaps(),
        s.trends("dti"),
        s.compare("dti"),
        s.find("DTI"),
        s.province("Lạng Sơn").reported,
    ):
        page = result._repr_html_()
        assert "<table" in page and "lang-son" not in page
        assert repr(result).startswith(f"<{result.name}: ")


def test_units_of_2025_answer_the_same_questions():
    s = cds.open(lang="vi", units=34)
    row = s.ranks("dti").years(2024).pick("Vĩnh Phúc").named().row(0, named=True)
    assert row["Tỉnh"] == "Phú Thọ"
    assert s.ranks("dti").years(2024).frame["rank"].max() == 34


def test_a_province_is_one_object(study):
    me = study.province("tỉnh Lạng Sơn")
    assert (me.province_id, me.region) == ("lang-son", "Northern Midlands and Mountains")
    assert len(me.peers) == 5 and len(me.latest.frame) > 10
    assert me.latest.frame.group_by("index_id", "dimension_id").len()["len"].max() == 1
    assert set(me.reported.frame["source_id"]) <= set(me.sources["source_id"])


def test_a_second_index_changes_nothing_of_the_first(study):
    alone, both = (
        study.ranks("dti").frame,
        study.ranks("dti", "papi").frame.filter(pl.col("index_id") == "dti"),
    )
    assert alone.sort(alone.columns[:4]).equals(both.sort(alone.columns[:4]))


def test_every_public_name_is_in_the_stub_that_editors_read():
    stub = (ROOT / "cds_analysis/__init__.pyi").read_text(encoding="utf-8")
    shown = set(re.findall(r"as (\w+)", stub)) | {"__version__"}
    assert shown == set(cds.__all__)
    assert (ROOT / "cds_analysis/py.typed").is_file()


def test_public_methods_are_annotated():
    for kind in (cds.Study, cds.Result):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_"):
                assert "return" in method.__annotations__, f"{kind.__name__}.{name}"


def test_opening_a_study_imports_no_drawing_library():
    code = (
        "import sys, cds_analysis as cds; s = cds.open(); s.ranks('dti').pick('Hà Nội'); print([m for m in"
        " ('matplotlib', 'seaborn', 'statsmodels', 'great_tables') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_standings_are_those_of_the_measure_whoever_is_picked(study):
    whole = study.standing("papi")
    two = whole.pick("Hà Nội", "Cà Mau")
    measured = cds.standing(
        study.data.scores.filter(pl.col("index_id") == "papi", pl.col("dimension_id") == "overall"),
        study.data.breaks,
    )
    assert two.frame.height == 32 and two.whole.equals(whole.whole)  # 14 years and 2 ahead
    last = two.frame.filter(pl.col("year") == 2024, pl.col("province_id") == "ca-mau").row(0, named=True)
    same = measured.positions.filter(pl.col("year") == 2024, pl.col("province_id") == "ca-mau")
    assert last["median_rank"] == same["median_rank"][0] and last["standing"] == same["standing"][0]
    rise = cds.p_rise(measured, 2021, 2024).filter(pl.col("province_id") == "ca-mau")
    assert (last["since"], last["n_order_breaks"]) == (2021, 0) and last["p_rise"] == rise["p_rise"][0]


def test_the_year_a_rise_is_counted_from_can_be_chosen(study):
    rows = study.standing("papi", since=2019).frame.filter(pl.col("year") == 2024)
    assert set(rows["since"].drop_nulls()) == {2019} and set(rows["n_order_breaks"].drop_nulls()) == {1}
    first = study.standing("pci").frame.drop_nulls("since")
    assert set(first["since"]) == {2013}  # the last break that redrew the order
    assert "2005" in study.standing("pci").family  # a sample of provinces, said


def test_figure_ranks_of_standings_are_the_ranks_of_the_same_year(study):
    rows = study.standing("papi").frame.drop_nulls("figure_rank")
    ranked = study.ranks("papi").frame.select("province_id", "year", "rank")
    both = rows.join(ranked, on=["province_id", "year"])
    assert both.height == rows.height and (both["rank"] == both["figure_rank"]).all()


@pytest.mark.parametrize("lang, said", [("vi", "nhiều khả năng"), ("en", "likely")])
def test_a_standing_is_drawn_and_told_in_both_languages(lang, said, tmp_path):
    result = cds.open(lang=lang).standing("papi.d4").pick("Hà Nội")
    assert said in result.chart().alt and result.source_line
    assert not [c for c in result.named().columns if "_" in c]
    assert result.save(tmp_path / "a.xlsx").stat().st_size > 5000


def test_standings_of_the_units_of_2025_are_of_34():
    rows = cds.open(units="34", lang="en").standing("papi").frame
    assert rows["n_ranked"].max() == 34
