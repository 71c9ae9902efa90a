from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cds_analysis as cds
from cds_analysis.measures.bridge import bridge_observations, bridge_scores, parts_of_units
from cds_analysis.measures.units import in_units

REGISTER = cds.load().indices
KEYS = ["index_id", "dimension_id", "year", "unit_id"]
PLACES = pl.DataFrame({"province_id": ["a", "b", "c"], "unit_2025_id": ["u", "u", "c"]})
PEOPLE = pl.DataFrame(
    {"province_id": ["a", "b", "c"], "year": 2024, "population_thousand": [1000.0, 3000.0, 500.0]}
)


def scores(index, values):
    rows = [(index, "overall", 2024, p, v, "s") for p, v in values.items()]
    return pl.DataFrame(
        rows, schema=["index_id", "dimension_id", "year", "province_id", "score", "source_id"], orient="row"
    )


def unit(frame, unit_id="u"):
    return frame.filter(pl.col("unit_id") == unit_id).row(0, named=True)


def test_the_published_dti_of_the_34_units_is_the_plain_mean(data):
    bridged = bridge_scores(data.scores, data.indices, data.provinces, data.context)
    both = bridged.join(
        data.unit_scores.select(*KEYS, published="score", published_rank="rank"), on=KEYS, validate="1:1"
    )
    assert both.height == data.unit_scores.height == 170
    overall = both.filter(pl.col("dimension_id") == "overall")
    assert overall.filter((pl.col("score") - pl.col("published")).abs() <= 1e-4).height == 34
    assert (overall["score"].rank("min", descending=True).cast(pl.Int64) == overall["published_rank"]).all()
    assert (both["score"] - both["published"]).abs().max() <= 1e-4


def test_dti_is_a_plain_mean_and_other_indices_are_weighted_by_population():
    values = {"a": 10.0, "b": 20.0, "c": 5.0}
    assert unit(bridge_scores(scores("dti", values), REGISTER, PLACES, PEOPLE))["score"] == 15.0
    row = unit(bridge_scores(scores("papi", values), REGISTER, PLACES, PEOPLE))
    assert (row["score"], row["rule"], row["spread"], row["is_estimate"], row["parts"]) == (
        17.5,
        "population_weighted",
        10.0,
        True,
        ["a", "b"],
    )


def test_a_unit_that_lacks_a_part_has_no_estimate():
    found = bridge_scores(scores("papi", {"a": 10.0, "c": 5.0}), REGISTER, PLACES, PEOPLE)
    assert found.select("unit_id", "score", "is_estimate").rows() == [("c", 5.0, False)]


def test_a_part_without_population_gives_no_weighted_mean():
    assert bridge_scores(scores("papi", {"a": 1.0, "b": 2.0}), REGISTER, PLACES, PEOPLE.head(1)).height == 0


@given(st.floats(0, 100), st.floats(0, 100))
def test_an_estimate_lies_between_its_parts(a, b):
    row = unit(bridge_scores(scores("papi", {"a": a, "b": b}), REGISTER, PLACES, PEOPLE))
    assert min(a, b) - 1e-9 <= row["score"] <= max(a, b) + 1e-9


def test_published_figures_replace_estimates(data):
    row = unit(
        bridge_scores(data.scores, data.indices, data.provinces, data.context, data.unit_scores).filter(
            pl.col("index_id") == "dti", pl.col("dimension_id") == "overall", pl.col("year") == 2024
        ),
        "phu-tho",
    )
    assert (row["rule"], row["is_estimate"], row["source_ids"]) == ("published", False, ["dti-2024-34-units"])


def observations(rows):
    frame = pl.DataFrame(
        rows, schema=["province_id", "value", "numerator", "denominator", "as_of"], orient="row"
    )
    return frame.with_columns(indicator_id=pl.lit("i"), source_id=pl.lit("s"), bound=pl.lit("="))


@pytest.mark.parametrize(
    "rule, denominators, value, used",
    [
        ("sum", (None, None), 40.0, "sum"),
        ("weighted_mean", (100.0, 300.0), 25.0, "denominator_weighted"),
        ("weighted_mean", (100.0, None), 25.0, "population_weighted"),
    ],
)
def test_counts_add_up_and_shares_are_weighted(rule, denominators, value, used):
    rows = [
        ("a", 10.0, None, denominators[0], date(2024, 6, 30)),
        ("b", 30.0, None, denominators[1], date(2024, 6, 30)),
    ]
    found = bridge_observations(
        observations(rows),
        pl.DataFrame({"indicator_id": "i", "merge_rule": [rule]}),
        PLACES,
        PEOPLE,
    )
    assert found.select("value", "rule", "is_estimate").rows() == [(value, used, True)]


def test_figures_of_different_days_are_not_combined():
    rows = [("a", 10.0, None, None, date(2024, 6, 30)), ("b", 30.0, None, None, date(2024, 5, 31))]
    assert (
        bridge_observations(
            observations(rows),
            pl.DataFrame({"indicator_id": "i", "merge_rule": ["sum"]}),
            PLACES,
            PEOPLE,
        ).height
        == 0
    )


def test_looking_back_gives_each_province_its_unit(data):
    rows = data.scores.filter(
        pl.col("index_id") == "dti", pl.col("dimension_id") == "overall", pl.col("year") == 2024
    )
    back = parts_of_units(
        bridge_scores(rows, data.indices, data.provinces, data.context), rows, data.provinces
    )
    assert back.height == 63
    # The plain mean of the differences within a unit is zero.
    assert back.group_by("unit_id").agg(pl.col("difference").mean())["difference"].abs().max() < 1e-12


def test_the_dataset_by_units_is_read_by_every_measure(data):
    units = in_units(data, "34")
    assert units.provinces.height == 34 and units.full_from == 27
    ranked = cds.ranks(units.scores, units.breaks, units.indices, full_from=units.full_from)
    papi = ranked.filter(
        pl.col("index_id") == "papi", pl.col("dimension_id") == "overall", pl.col("year") == 2024
    )
    assert papi["n_ranked"].unique().to_list() == [32] and papi["rank"].max() == 32
    assert not set(papi["province_id"]) & {"phu-tho", "dong-thap"}
    assert cds.structural_peers(units.context)["province_id"].n_unique() == 34
    assert set(cds.gaps(units.observations, units.targets, units.indicators)["province_id"]) <= set(
        units.provinces["province_id"]
    )


def test_old_names_lead_to_units(data):
    units = in_units(data, "34").provinces
    assert [
        cds.find_province(n, units) for n in ("BR-VT", "Thừa Thiên Huế", "tỉnh Hải Dương", "Lạng Sơn")
    ] == [
        "ho-chi-minh",
        "hue",
        "hai-phong",
        "lang-son",
    ]
    for province_id, unit_id in data.provinces.select("province_id", "unit_2025_id").iter_rows():
        assert cds.find_province(province_id, units) == unit_id


def test_63_is_the_dataset_itself_and_others_are_refused(data):
    assert in_units(data, "63") is data
    with pytest.raises(cds.ParameterError, match="34"):
        in_units(data, "64")
