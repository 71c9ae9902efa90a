import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cds_analysis as cds
from cds_analysis.dataset.provinces import find_province, find_provinces, fold

SPELLINGS = [
    (spelling, row["province_id"])
    for row in cds.load().provinces.iter_rows(named=True)
    for spelling in [
        row["province_id"],
        row["gso_code"],
        row["iso_code"],
        row["name_vi"],
        row["name_en"],
        *(row["aliases"] or "").split(";"),
    ]
    if spelling
]


def test_no_spelling_means_two_provinces():
    meaning = {}
    for spelling, province in SPELLINGS:
        assert meaning.setdefault(fold(spelling), province) == province


@pytest.mark.parametrize(
    "change", [str, str.upper, str.lower, lambda s: unicodedata.normalize("NFD", s), lambda s: f"  {s} "]
)
def test_every_spelling_is_found(change):
    for spelling, province in SPELLINGS:
        assert find_province(change(spelling)) == province


@pytest.mark.parametrize("prefix", ["tỉnh ", "Tỉnh ", "thành phố ", "TP. ", "TP "])
def test_the_kind_of_unit_may_stand_before_the_name(prefix):
    for province, name in cds.load().provinces.select("province_id", "name_vi").iter_rows():
        assert find_province(prefix + name) == province


@pytest.mark.parametrize(
    "name",
    [
        "Bà Rịa – Vũng Tàu",
        "Bà Rịa — Vũng Tàu",
        "bà rịa-vũng tàu",
        "BRVT",
        "ba ria vung tau",
        "77",
        77,
        "VN-43",
    ],
)
def test_dashes_and_codes(name):
    assert find_province(name) == "ba-ria-vung-tau"


@pytest.mark.parametrize(
    "name, meant", [("Lang Sonn", "Lạng Sơn"), ("Vinh Fuc", "Vĩnh Phúc"), ("Da Nangg", "Đà Nẵng")]
)
def test_a_misspelt_name_suggests_the_one_meant(name, meant):
    with pytest.raises(cds.UnknownNameError) as caught:
        find_province(name)
    assert meant in caught.value.suggestions
    assert meant in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "-", "tỉnh", 99, "x" * 10_000, "../..", "<script>"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(cds.UnknownNameError):
        find_province(name)


@given(st.text(max_size=30))
def test_any_text_gives_a_province_or_a_clear_error(text):
    try:
        assert find_province(text) in set(cds.load().provinces["province_id"])
    except cds.UnknownNameError as error:
        assert "unknown province" in str(error)


def test_all_and_regions_stand_for_their_provinces(data):
    assert len(find_provinces(["all"])) == 63
    south_east = data.provinces.filter(pl.col("region_id") == "south-east")["province_id"].sort().to_list()
    assert find_provinces(["south-east", "TP.HCM"]) == south_east
