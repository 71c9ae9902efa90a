import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import cds_analysis as cds
from cds_analysis.measures.ranks import random_move

REGISTER = cds.load().indices
NO_BREAKS = pl.DataFrame(schema={"index_id": pl.String, "dimension_id": pl.String, "year": pl.Int64})


def table(scores, year=2023, index="papi"):
    return pl.DataFrame(
        {
            "index_id": index,
            "dimension_id": "overall",
            "year": year,
            "province_id": [f"p{i:02d}" for i in range(len(scores))],
            "score": scores,
            "rank": pl.Series([None] * len(scores), dtype=pl.Int64),
            "n_ranked": pl.Series([len(scores)] * len(scores), dtype=pl.Int64),
            "status": "reported",
            "rank_status": pl.Series([None] * len(scores), dtype=pl.String),
            "source_id": "s",
        },
        schema_overrides={"score": pl.Float64},
    )


@pytest.fixture(scope="module")
def ranked(data):
    return cds.ranks(data.scores, data.breaks, data.indices)


def pick(ranked, index, province, year, dimension="overall"):
    wanted = (
        (pl.col("index_id") == index)
        & (pl.col("dimension_id") == dimension)
        & (pl.col("province_id") == province)
        & (pl.col("year") == year)
    )
    return ranked.row(by_predicate=wanted, named=True)


def test_published_ranks_of_the_articles(ranked):
    assert pick(ranked, "papi", "lang-son", 2022, "e_governance")["rank"] == 36
    assert pick(ranked, "papi", "lang-son", 2023, "e_governance")["rank"] == 27
    assert pick(ranked, "papi", "lang-son", 2023, "e_governance")["places_gained"] == 9
    ba_ria = pick(ranked, "par", "ba-ria-vung-tau", 2022)
    assert (ba_ria["rank"], ba_ria["score"], ba_ria["rank_basis"]) == (6, 87.47, "printed")
    assert pick(ranked, "par", "ba-ria-vung-tau", 2021)["rank"] == 16
    assert pick(ranked, "dti", "ba-ria-vung-tau", 2023)["rank"] == 10


def test_a_score_change_never_crosses_a_break(ranked):
    row = pick(ranked, "par", "ba-ria-vung-tau", 2022)
    assert (row["places_gained"], row["score_change"], row["crosses_break"]) == (10, None, True)
    assert ranked.filter(pl.col("crosses_break")).select(pl.col("score_change").is_null().all()).item()


@pytest.mark.parametrize("year, n", [(2014, 61), (2017, 63), (2021, 60), (2024, 61)])
def test_computed_ranks_agree_with_scipy(ranked, year, n):
    papi = ranked.filter(
        pl.col("index_id") == "papi", pl.col("dimension_id") == "overall", pl.col("year") == year
    )
    assert papi["rank"].to_list() == list(stats.rankdata(-papi["score"].to_numpy(), method="min"))
    assert papi["n_ranked"].unique().to_list() == [n]


def test_computed_ranks_agree_with_those_on_record_but_for_rounded_ties(ranked):
    known = ranked.filter(pl.col("rank_basis") == "computed", pl.col("index_id") == "papi").drop_nulls(
        "printed_rank"
    )
    assert known.height > 10_000
    assert known.filter(pl.col("rank") != pl.col("printed_rank")).height == 0


def test_a_sample_of_provinces_is_never_ranked(ranked):
    par = ranked.filter(pl.col("index_id") == "par")
    assert set(par["rank_basis"].drop_nulls()) == {"printed"}
    assert not par["is_full"].any()


def test_a_rank_among_64_provinces_is_kept_as_printed(ranked):
    row = pick(ranked, "pci", "lai-chau", 2006)
    assert (row["rank"], row["n_ranked"], row["rank_basis"]) == (64, 64, "printed")


def test_ties_share_the_smallest_rank():
    ranks = cds.ranks(table([9.0] * 2 + [float(i) for i in range(50, 0, -1)][:58]), NO_BREAKS, REGISTER)
    by_score = dict(ranks.select("province_id", "rank").rows())
    assert by_score["p00"] == by_score["p01"]


@pytest.mark.parametrize("n, sizes", [(63, [16, 16, 15, 16]), (61, [16, 15, 15, 15]), (60, [15, 15, 15, 15])])
def test_sizes_of_the_quartile_groups(n, sizes):
    groups = cds.ranks(table([float(i) for i in range(n)]), NO_BREAKS, REGISTER)["group"].to_list()
    assert [groups.count(g) for g in ("high", "mid_high", "mid_low", "low")] == sizes
    assert groups[0] == "high" and groups[-1] == "low"


def test_par_groups_have_no_letter_below_80(ranked):
    par = ranked.filter(pl.col("index_id") == "par", pl.col("dimension_id") == "overall").drop_nulls("score")
    assert par.filter(pl.col("score") >= 90)["group"].unique().to_list() == ["A"]
    assert par.filter(pl.col("score").is_between(80, 90, closed="left"))["group"].unique().to_list() == ["B"]
    assert par.filter(pl.col("score") < 80)["group"].null_count() == par.filter(pl.col("score") < 80).height


def test_places_gained_needs_both_years(ranked):
    assert pick(ranked, "papi", "quang-ninh", 2024)["places_gained"] is None  # not published in 2023
    moved = cds.places_gained(ranked, index_id="papi", year_from=2023, year_to=2024)
    assert not {"quang-ninh", "binh-duong", "vinh-phuc", "tien-giang"} & set(moved["province_id"])
    assert moved["n_common"].unique().to_list() == [59]


def test_hue_rose_four_places_to_first_in_papi_2023(ranked):
    moved = cds.places_gained(ranked, index_id="papi", year_from=2022, year_to=2023)
    row = moved.row(by_predicate=pl.col("province_id") == "thua-thien-hue", named=True)
    assert (row["rank_from"], row["rank_to"], row["places_gained"]) == (5, 1, 4)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(55)), st.permutations(range(55)))
def test_places_gained_sum_to_zero_without_ties(first, second):
    both = pl.concat([table([float(v) for v in first], 2022), table([float(v) for v in second], 2023)])
    moved = cds.places_gained(
        cds.ranks(both, NO_BREAKS, REGISTER), index_id="papi", year_from=2022, year_to=2023
    )
    assert moved["places_gained"].sum() == moved["places_gained_common"].sum() == 0
    assert moved["median_move"][0] == moved["places_gained"].abs().median()


def test_within_the_common_provinces_a_gain_can_be_smaller(ranked):
    moved = cds.places_gained(
        ranked, index_id="papi", dimension_id="e_governance", year_from=2022, year_to=2023
    )
    row = moved.row(by_predicate=pl.col("province_id") == "lang-son", named=True)
    assert (row["places_gained"], row["places_gained_common"], row["n_common"]) == (9, 8, 60)


@pytest.mark.parametrize("n", [34, 59, 63])
def test_the_random_move_is_the_mean_over_all_pairs_of_ranks(n):
    mean = sum(abs(a - b) for a in range(n) for b in range(n)) / n**2
    assert random_move(n) == pytest.approx(mean)


def test_years_must_be_in_order(ranked):
    with pytest.raises(cds.ParameterError, match="before"):
        cds.places_gained(ranked, index_id="papi", year_from=2024, year_to=2023)
