from datetime import date

import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures.bridge import bridge_observations, bridge_scores
from cds_analysis.measures.gaps import gaps
from cds_analysis.measures.trends import trends
from cds_analysis.measures.units import in_units


@pytest.fixture(scope="module")
def data():
    return cds.load()


def published(data, **changed):
    rows = data.unit_scores.filter(pl.col("index_id") == "dti", pl.col("dimension_id") == "overall")
    return rows.with_columns(**{k: pl.lit(v, dtype=rows.schema[k]) for k, v in changed.items()})


def test_a_published_score_of_a_unit_is_shown_where_no_old_province_has_one(data):
    from dataclasses import replace

    new = replace(data, unit_scores=published(data, year=2025))
    shown = in_units(new, "34").scores.filter(pl.col("year") == 2025)
    assert shown.height == 34 and set(shown["status"]) == {"reported"}
    wanted = dict(new.unit_scores.select("unit_id", "score").iter_rows())
    assert dict(shown.select("province_id", "score").iter_rows()) == wanted


def test_a_published_score_of_a_unit_stays_where_one_part_lacks_its_own(data):
    is_2024 = (pl.col("index_id") == "dti") & (pl.col("dimension_id") == "overall") & (pl.col("year") == 2024)
    scores = data.scores.filter(is_2024, pl.col("province_id") != "vinh-phuc")
    found = bridge_scores(scores, data.indices, data.provinces, data.context, published(data))
    row = found.filter(pl.col("unit_id") == "phu-tho").row(0, named=True)
    assert (row["rule"], row["is_estimate"], row["n_parts"]) == ("published", False, 3)
    assert row["score"] == published(data).filter(pl.col("unit_id") == "phu-tho")["score"].item()
    assert row["parts"] == ["hoa-binh", "phu-tho", "vinh-phuc"]


def test_published_scores_of_units_change_no_other_unit(data):
    arguments = data.scores.filter(pl.col("index_id") == "dti"), data.indices, data.provinces, data.context
    one = published(data).filter(pl.col("unit_id") == "phu-tho")
    others = pl.col("unit_id") != "phu-tho"
    assert bridge_scores(*arguments, one).filter(others).equals(bridge_scores(*arguments).filter(others))


def reported(**changed):
    rows = {
        "province_id": ["hoa-binh", "phu-tho", "vinh-phuc"],
        "indicator_id": "bank_account_15plus_pct",
        "as_of": date(2024, 12, 31),
        "source_id": "s",
        "value": [50.0, 60.0, 90.0],
        "bound": "=",
        "numerator": None,
        "denominator": None,
        "printed": "x",
        "status": "reported",
        "locator": "p1",
        "as_of_precision": "year",
        "note": None,
    }
    frame = pl.DataFrame({**rows, **changed})
    return frame.with_columns(pl.col("numerator", "denominator").cast(pl.Float64))


def test_a_mean_with_a_part_without_weight_is_withheld(data):
    context = data.context.filter(pl.col("province_id") != "vinh-phuc")
    found = bridge_observations(reported(), data.indicators, data.provinces, context)
    assert not found.height
    whole = bridge_observations(reported(), data.indicators, data.provinces, data.context)
    people = dict(
        data.context.filter(pl.col("year") == 2024).select("province_id", "population_thousand").iter_rows()
    )
    weights = [people[p] for p in ("hoa-binh", "phu-tho", "vinh-phuc")]
    by_hand = sum(w * v for w, v in zip(weights, [50.0, 60.0, 90.0])) / sum(weights)
    assert whole["value"].item() == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]])
def test_two_sources_of_one_day_give_one_answer_in_any_row_order(data, order):
    rows = pl.DataFrame(
        {
            "province_id": "lang-son",
            "indicator_id": "bank_account_15plus_pct",
            "as_of": [date(2021, 12, 31)] * 2 + [date(2024, 12, 31)] * 2,
            "source_id": ["b", "a", "d", "c"],
            "value": [41.0, 40.0, 71.0, 70.0],
            "bound": "=",
            "printed": ["41%", "40%", "71%", "70%"],
            "status": "reported",
            "locator": "p1",
            "as_of_precision": "year",
        }
    )
    goal = pl.DataFrame(
        {
            "scope": ["lang-son"],
            "indicator_id": "bank_account_15plus_pct",
            "due": [date(2025, 12, 31)],
            "source_id": "t",
            "value": [80.0],
            "comparator": ">=",
            "printed": "80%",
            "locator": None,
        }
    )
    row = gaps(rows[order], goal, data.indicators).row(0, named=True)
    assert (row["value"], row["baseline"]) == (70.0, 40.0)


def test_a_trend_says_how_many_were_tested_with_it(data):
    scores = data.scores.filter(pl.col("dimension_id") == "control_of_corruption")
    whole = trends(scores, data.breaks)
    assert set(whole.drop_nulls("p_value")["n_tested"]) == {63}
    alone = trends(scores.filter(pl.col("province_id") == "lang-son"), data.breaks)
    assert alone["n_tested"].to_list() == [1]
    short = trends(scores.filter(pl.col("year") > 2021), data.breaks)
    assert set(short["n_tested"]) == {0}


def judged(
    days, *, value=60.0, baseline=40.0, target=80.0, due=date(2030, 12, 31), as_of=None, comparator=">="
):
    """Two figures that many days apart, the later on 31 December 2023."""
    later = date(2023, 12, 31)
    rows = pl.DataFrame(
        {
            "province_id": "p",
            "indicator_id": "i",
            "as_of": [date.fromordinal(later.toordinal() - days), later],
            "source_id": "s",
            "value": [baseline, value],
            "bound": "=",
            "printed": "x",
            "locator": "p1",
        }
    )
    goal = {"scope": "p", "indicator_id": "i", "due": due, "source_id": "t", "value": target}
    goal |= {"comparator": comparator, "printed": "x", "locator": "p1"}
    register = pl.DataFrame({"indicator_id": "i", "direction": 1})
    return gaps(rows, pl.DataFrame([goal]), register, as_of=as_of).row(0, named=True)


@pytest.mark.parametrize(
    "days, has_pace",
    [(3, False), (182, False), (364, False), (545, False), (732, True), (1100, True)],
)
def test_a_pace_takes_two_years_or_a_fifth_of_the_way(days, has_pace):
    row = judged(days)
    assert (row["observed_per_year"] is not None) is has_pace
    assert (row["pace_ratio"] is not None) is has_pace
    if not has_pace:
        assert (row["status"], row["status_reason"]) == (
            "no_baseline",
            "the two figures are too close in time for a pace",
        )


def test_a_year_is_enough_where_it_is_a_fifth_of_the_way():
    assert judged(365, due=date(2027, 12, 31))["observed_per_year"] is not None
    assert judged(365, due=date(2028, 12, 31))["observed_per_year"] is None
    assert judged(100, due=date(2024, 2, 1))["observed_per_year"] is None


def test_no_pace_is_needed_for_a_day_that_has_passed():
    assert judged(800, due=date(2024, 12, 31), as_of=date(2025, 6, 30))["required_per_year"] is None
    assert judged(800, due=date(2025, 12, 31), as_of=date(2025, 6, 30))["required_per_year"] > 0


def test_a_strict_target_that_was_met_and_is_now_just_missed_is_moving_away():
    row = judged(800, value=65.0, baseline=90.0, target=65.0, comparator=">")
    assert row["status"] == "deteriorating"


@pytest.mark.parametrize(
    "direction, comparator, target, bound, value, status, at_most, at_least",
    [
        (
            -1,
            "<=",
            30.0,
            ">",
            20.0,
            "undetermined",
            False,
            True,
        ),  # "outside the top 20" may be the 21st or the 60th
        (-1, "<=", 30.0, "<=", 20.0, "achieved", False, False),  # "in the top 20"
        (-1, "<=", 10.0, "<=", 20.0, "undetermined", True, False),
        (1, ">=", 5.0, "<", 5.0, "undetermined", False, True),  # "under 5 %"
        (1, ">=", 4.0, "<", 5.0, "undetermined", False, True),
        (1, ">=", 5.0, ">", 5.0, "achieved", False, False),
        (1, ">", 5.0, ">=", 5.0, "undetermined", False, False),
        (1, ">=", 6.0, ">=", 5.0, "undetermined", True, False),
    ],
)
def test_a_bound_meets_a_target_only_with_all_that_it_leaves_open(
    direction, comparator, target, bound, value, status, at_most, at_least
):
    rows = pl.DataFrame(
        {
            "province_id": "p",
            "indicator_id": "i",
            "as_of": [date(2023, 12, 31)],
            "source_id": "s",
            "value": [value],
        }
    ).with_columns(bound=pl.lit(bound), printed=pl.lit("x"), locator=pl.lit("p1"))
    goal = {"scope": "p", "indicator_id": "i", "due": date(2025, 12, 31), "source_id": "t", "value": target}
    goal |= {"comparator": comparator, "printed": "x", "locator": "p1"}
    row = gaps(rows, pl.DataFrame([goal]), pl.DataFrame({"indicator_id": "i", "direction": direction})).row(
        0, named=True
    )
    assert (row["status"], row["is_gap_bound"], row["is_gap_floor"]) == (status, at_most, at_least)


@pytest.mark.parametrize("direction, comparator", [(1, "<="), (-1, ">="), (-1, ">")])
def test_a_target_that_asks_for_the_opposite_of_better_is_refused(direction, comparator):
    rows = pl.DataFrame(
        schema={
            "province_id": pl.String,
            "indicator_id": pl.String,
            "as_of": pl.Date,
            "source_id": pl.String,
            "value": pl.Float64,
            "bound": pl.String,
            "printed": pl.String,
            "locator": pl.String,
        }
    )
    goal = {"scope": "p", "indicator_id": "i", "due": date(2025, 12, 31), "source_id": "t", "value": 5.0}
    goal |= {"comparator": comparator, "printed": "x", "locator": "p1"}
    with pytest.raises(cds.ParameterError, match="opposite of better"):
        gaps(rows, pl.DataFrame([goal]), pl.DataFrame({"indicator_id": "i", "direction": direction}))


def test_no_p_value_is_written_as_nothing():
    from cds_analysis.views.text import Text

    assert [Text("en").p_value(p) for p in (0.0, 0.00099, 0.001, 0.05)] == [
        "< 0.001",
        "< 0.001",
        "= 0.001",
        "= 0.050",
    ]
    assert Text("vi").p_value(0.0004, bare=True) == "< 0,001" and Text("vi").p_value(None) == "–"


def test_a_part_without_income_leaves_the_unit_without_a_year_rather_than_poorer(data):
    from dataclasses import replace

    is_gap = (pl.col("province_id") == "vinh-phuc") & (pl.col("year") == 2024)
    gone = pl.when(is_gap).then(None).otherwise(pl.col("grdp_per_capita_million_vnd"))
    spoilt = replace(data, context=data.context.with_columns(grdp_per_capita_million_vnd=gone))
    years = in_units(spoilt, "34").context.filter(pl.col("province_id") == "phu-tho")["year"].to_list()
    assert years == [2022, 2023]
    whole, others = in_units(data, "34").context, pl.col("province_id") != "phu-tho"
    assert in_units(spoilt, "34").context.filter(others).equals(whole.filter(others))


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_two_sources_of_one_day_compare_the_same_in_any_row_order(order):
    from cds_analysis.measures.compare import compare

    values = pl.DataFrame(
        {
            "province_id": ["p", "p", "q"],
            "series_id": "x",
            "as_of": date(2024, 12, 31),
            "value": [5.0, 7.0, 6.0],
            "direction": 1,
            "source_id": ["b", "a", "a"],
        }
    )
    places = pl.DataFrame({"province_id": ["p", "q"], "region_id": "r"})
    assert compare(values[order], places)["value"].to_list() == [7.0, 6.0]


def test_a_bound_on_the_wrong_side_has_no_surplus():
    rows = pl.DataFrame(
        {
            "province_id": "p",
            "indicator_id": "i",
            "as_of": [date(2023, 12, 31)],
            "source_id": "s",
            "value": [20.0],
        }
    ).with_columns(bound=pl.lit(">"), printed=pl.lit("x"), locator=pl.lit("p1"))
    goal = {"scope": "p", "indicator_id": "i", "due": date(2025, 12, 31), "source_id": "t", "value": 30.0}
    goal |= {"comparator": "<=", "printed": "x", "locator": "p1"}
    register = pl.DataFrame({"indicator_id": "i", "direction": -1})
    assert gaps(rows, pl.DataFrame([goal]), register)["surplus"].to_list() == [None]
