import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures.claims import check_claims, check_ratios

PROVINCES = pl.DataFrame({"province_id": ["a", "b", "c"], "region_id": ["r", "r", "q"]})


def claim(**changes):
    row = {
        "claim_id": "k",
        "province_id": "a",
        "index_id": "x",
        "dimension_id": "overall",
        "year": 2023,
        "from_year": 2022,
        "quantity": "rank",
        "value": 2.0,
        "bound": "=",
        "n_ranked": 3,
        "printed": "2",
        "source_id": "article",
        "locator": "p1",
    }
    return pl.DataFrame([{**row, **changes}])


def figures(*rows):
    frame = pl.DataFrame(rows, schema=["province_id", "year", "rank", "score", "source_id"], orient="row")
    return frame.with_columns(index_id=pl.lit("x"), dimension_id=pl.lit("overall"))


def verdict(claims, *rows):
    return check_claims(claims, figures(*rows), PROVINCES).select("verdict", "reason", "found").row(0)


def test_a_rank_is_confirmed_or_contradicted_by_another_source():
    assert verdict(claim(), ("a", 2023, 2, 80.0, "table")) == ("confirmed", None, 2.0)
    assert verdict(claim(), ("a", 2023, 3, 80.0, "table")) == ("contradicted", None, 3.0)


def test_an_article_cannot_confirm_itself():
    assert verdict(claim(), ("a", 2023, 2, 80.0, "article")) == ("not_checkable", "same_source", 2.0)
    rows = [("a", 2023, 2, None, "article"), ("a", 2022, 5, None, "table")]
    assert verdict(claim(quantity="places_gained", value=3.0), *rows) == ("not_checkable", "same_source", 3.0)


def test_places_gained_need_both_years():
    assert verdict(claim(quantity="places_gained", value=3.0), ("a", 2023, 2, None, "t")) == (
        "not_checkable",
        "no_figure",
        None,
    )
    assert verdict(
        claim(quantity="places_gained", value=3.0), ("a", 2023, 2, None, "t"), ("a", 2022, 5, None, "t")
    ) == (
        "confirmed",
        None,
        3.0,
    )


def test_at_most_is_confirmed_by_a_better_rank():
    assert verdict(claim(bound="<=", value=3.0), ("a", 2023, 1, None, "t"))[0] == "confirmed"
    assert verdict(claim(bound="<=", value=3.0), ("a", 2023, 4, None, "t"))[0] == "contradicted"


@pytest.mark.parametrize(
    "printed, value, expected",
    [("87,47%", 87.47, "confirmed"), ("87,5%", 87.5, "confirmed"), ("87,4%", 87.4, "contradicted")],
)
def test_scores_are_compared_at_the_printed_precision(printed, value, expected):
    assert (
        verdict(claim(quantity="score", printed=printed, value=value), ("a", 2023, 6, 87.4712, "t"))[0]
        == expected
    )


def test_first_in_the_region_needs_all_neighbours_but_one_better_refutes_it():
    first = claim(quantity="region_rank", value=1.0)
    assert verdict(first, ("a", 2023, 6, None, "t"))[:2] == ("not_checkable", "region_incomplete")
    assert verdict(first, ("a", 2023, 6, None, "t"), ("b", 2023, 9, None, "t")) == ("confirmed", None, 1.0)
    assert verdict(
        first, ("a", 2023, 6, None, "t"), ("b", 2023, 5, None, "t"), ("c", 2023, 1, None, "t")
    ) == ("contradicted", None, 2.0)


def test_the_claims_on_record(data):
    checked = check_claims(data.claims, cds.ranks(data.scores, data.breaks, data.indices), data.provinces)
    found = dict(checked.select("claim_id", "verdict").iter_rows())
    assert found["thua-thien-hue-papi-2023-gain"] == "contradicted"
    assert found["lang-son-papi-e-governance-2023-gain"] == "confirmed"
    assert found["lang-son-par-e-government-2023-gain"] == "not_checkable"
    assert checked["verdict"].value_counts().sort("verdict").rows() == [
        ("confirmed", 5),
        ("contradicted", 2),
        ("not_checkable", 12),
    ]


@pytest.mark.parametrize(
    "value, expected",
    [(97.7, "confirmed"), (97.68, "confirmed"), (98.0, "confirmed"), (97.6, "contradicted")],
)
def test_ratios_at_the_precision_on_record(value, expected):
    row = {
        "province_id": "p",
        "value": value,
        "numerator": 168014.0,
        "denominator": 171997.0,
        "status": "reported",
    }
    assert check_ratios(pl.DataFrame([row]))["verdict"].item() == expected


def test_a_share_derived_from_its_fraction_is_no_claim(data):
    checked = check_ratios(data.observations)
    derived = data.observations.filter(pl.col("status") == "derived").height
    fractions = data.observations.drop_nulls("numerator").height
    assert checked.height == fractions - derived > 2
    wrong = checked.filter(pl.col("verdict") != "confirmed")  # 288 of 289 is 99.65, printed as 99.6
    assert wrong.select("province_id", "value").rows() == [("ninh-thuan", 99.6)]


def test_a_right_rank_among_another_number_of_provinces_is_no_right_claim(data):
    ranked = cds.ranks(data.scores, data.breaks, data.indices)
    checked = cds.check_claims(data.claims, ranked, data.provinces)
    row = checked.filter(pl.col("claim_id") == "lang-son-papi-e-governance-2023-rank").row(0, named=True)
    n = ranked.filter(
        pl.col("index_id") == "papi", pl.col("dimension_id") == "e_governance", pl.col("year") == 2023
    )["n_ranked"][0]
    assert (row["printed"], n, row["found"]) == ("27/63", 61, 27.0)
    assert (row["verdict"], row["reason"]) == ("contradicted", "number_ranked")
    as_ranked = data.claims.with_columns(n_ranked=pl.when(pl.col("n_ranked").is_not_null()).then(n))
    again = cds.check_claims(as_ranked, ranked, data.provinces)
    assert again.filter(pl.col("claim_id") == row["claim_id"])["verdict"].to_list() == ["confirmed"]
