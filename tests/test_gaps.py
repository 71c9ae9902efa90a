from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cds_analysis as cds
from cds_analysis.dataset.series import observations_with_ranks
from cds_analysis.measures.gaps import merge_repeated

Y = {y: date(y, 12, 31) for y in range(2019, 2032)}
UP, DOWN = (pl.DataFrame({"indicator_id": ["i"], "direction": [d]}) for d in (1, -1))


def observed(*points, bound="="):
    rows = [
        {
            "province_id": "p",
            "indicator_id": "i",
            "as_of": d,
            "source_id": f"s{n}",
            "value": float(v),
            "bound": bound,
            "printed": str(v),
            "locator": "p1",
        }
        for n, (d, v) in enumerate(points)
    ]
    empty = {
        "province_id": pl.String,
        "indicator_id": pl.String,
        "as_of": pl.Date,
        "source_id": pl.String,
        "value": pl.Float64,
        "bound": pl.String,
        "printed": pl.String,
        "locator": pl.String,
    }
    return pl.DataFrame(rows, schema=empty)


def target(value, due=Y[2025], comparator=">=", scope="p"):
    return pl.DataFrame(
        {
            "scope": [scope],
            "indicator_id": "i",
            "due": due,
            "source_id": "t",
            "value": float(value),
            "comparator": comparator,
            "printed": str(value),
            "locator": "p2",
        }
    )


def judge(points, goal, register=UP, bound="=", **options):
    return cds.gaps(observed(*points, bound=bound), goal, register, **options).row(0, named=True)


def test_every_quantity_by_hand():
    # 20 at the end of 2021, 40 at the end of 2023, 80 due at the end of 2025: half of the time, a third of
    # the way.
    row = judge([(Y[2021], 20), (Y[2023], 40)], target(80))
    years = 730 / 365.25  # the two years 2022-2023 have 730 days, 2024-2025 have 731
    left = 731 / 365.25
    assert row["gap"] == 40
    assert row["progress"] == pytest.approx(1 / 3)
    assert row["observed_per_year"] == pytest.approx(20 / years)
    assert row["required_per_year"] == pytest.approx(40 / left)
    assert row["pace_ratio"] == pytest.approx((20 / years) / (60 / (years + left)))
    assert row["years_late"] == pytest.approx(years - (years + left) / 3)
    assert row["status"] == "needs_acceleration"
    assert (row["n_obs"], row["baseline"], row["baseline_as_of"], row["source_ids"]) == (
        2,
        20,
        Y[2021],
        ["s0", "s1"],
    )


@pytest.mark.parametrize(
    "latest, status",
    [
        (80, "achieved"),
        (90, "achieved"),
        (50, "on_track"),
        (49, "on_track"),
        (40, "needs_acceleration"),
        (30, "limited"),
        (20, "limited"),
        (10, "deteriorating"),
    ],
)
def test_status_by_the_pace(latest, status):
    assert judge([(Y[2021], 20), (Y[2023], latest)], target(80))["status"] == status


def test_lower_is_better_mirrors_higher_is_better():
    up = judge([(Y[2021], 20), (Y[2023], 40)], target(80))
    down = judge([(Y[2021], -20), (Y[2023], -40)], target(-80, comparator="<="), DOWN)
    for key in (
        "gap",
        "progress",
        "observed_per_year",
        "required_per_year",
        "pace_ratio",
        "years_late",
        "status",
        "surplus",
    ):
        assert down[key] == up[key]


def test_a_rank_target_counts_down():
    row = judge([(Y[2022], 28), (Y[2023], 10)], target(10, comparator="<="), DOWN)
    assert (row["gap"], row["status"], row["reached_on"]) == (0, "achieved", Y[2023])


def test_observations_alone_say_that_ranks_were_not_handed_in(data, caplog):
    """A target of a place in an index is read against ranks, which the table of observations does
    not hold.
    """
    alone = cds.gaps(data.observations, data.targets, data.indicators)
    (warning,) = caplog.messages
    ranks = data.indicators.drop_nulls("index_id")["indicator_id"]
    promised = data.targets.filter(pl.col("indicator_id").is_in(ranks.implode()))
    own = promised.filter(pl.col("scope") != "viet-nam")
    assert own.height and all(name in warning for name in promised["indicator_id"])
    said = alone.filter(pl.col("status_reason") == "the ranks were not handed in")
    assert said.height == own.height and set(said["status"]) == {"no_data"}
    assert set(said["indicator_id"]) == set(own["indicator_id"])

    caplog.clear()
    whole = cds.gaps(observations_with_ranks(data), data.targets, data.indicators)
    assert not caplog.messages and "the ranks were not handed in" not in set(whole["status_reason"])


def test_surplus_beyond_the_target():
    row = judge([(Y[2023], 85)], target(80))
    assert (row["gap"], row["surplus"], row["status"]) == (-5, 5, "achieved")


def test_one_figure_gives_a_gap_and_no_pace():
    row = judge([(Y[2023], 40)], target(80))
    assert (row["gap"], row["status"], row["pace_ratio"], row["progress"]) == (40, "no_baseline", None, None)
    assert row["required_per_year"] == pytest.approx(40 / (731 / 365.25))


def test_no_figure_gives_no_data():
    row = judge([], target(80))
    assert (row["status"], row["gap"], row["n_obs"]) == ("no_data", None, None)


def test_a_figure_from_the_due_date_that_falls_short_is_missed():
    assert judge([(Y[2021], 20), (Y[2025], 70)], target(80))["status"] == "missed"


def test_a_due_date_without_a_later_figure_cannot_be_judged():
    row = judge([(Y[2021], 20), (Y[2023], 40)], target(80), as_of=Y[2026])
    assert (row["status"], row["status_reason"]) == (
        "undetermined",
        "the due date has passed and no later figure is on record",
    )


def test_later_figures_are_not_looked_at():
    assert judge([(Y[2021], 20), (Y[2023], 90)], target(80), as_of=Y[2022])["value"] == 20


def test_a_baseline_beyond_the_target_that_was_lost_is_moving_away():
    row = judge([(Y[2021], 90), (Y[2023], 70)], target(80))
    assert (row["status"], row["progress"], row["pace_ratio"], row["reached_on"]) == (
        "deteriorating",
        None,
        None,
        Y[2021],
    )


def test_a_target_equal_to_the_baseline():
    assert judge([(Y[2021], 80), (Y[2023], 80)], target(80))["status"] == "achieved"
    lost = judge([(Y[2021], 80), (Y[2023], 79)], target(80))
    assert (lost["status"], lost["progress"], lost["years_late"]) == ("deteriorating", None, None)


def test_a_target_of_zero():
    row = judge([(Y[2021], 10), (Y[2023], 5)], target(0, comparator="<="), DOWN)
    assert (row["gap"], row["progress"], row["status"]) == (5, 0.5, "on_track")


def test_maintain_is_met_while_the_level_is_kept():
    assert judge([(Y[2023], 100)], target(100, comparator="maintain"))["status"] == "achieved"
    assert (
        judge([(Y[2022], 100), (Y[2023], 98)], target(100, comparator="maintain"))["status"]
        == "deteriorating"
    )


def test_more_than_is_strict():
    assert judge([(Y[2023], 50)], target(50, comparator=">"))["status"] == "no_baseline"
    assert judge([(Y[2023], 50)], target(50))["status"] == "achieved"
    assert judge([(Y[2023], 50)], target(50, comparator=">"), bound=">")["status"] == "achieved"


def test_a_bound_gives_the_largest_possible_gap_and_no_pace():
    row = judge([(Y[2023], 50)], target(60), bound=">")
    assert (row["gap"], row["is_gap_bound"], row["status"], row["status_reason"]) == (
        10,
        True,
        "undetermined",
        "only a bound is known",
    )


def test_a_bound_is_no_baseline():
    both = pl.concat([observed((Y[2021], 20), bound=">"), observed((Y[2023], 40))])
    assert cds.gaps(both, target(80), UP).row(0, named=True)["status"] == "no_baseline"


def test_a_baseline_from_before_a_break_is_not_used():
    cut = observed((Y[2021], 20), (Y[2023], 40)).with_columns(segment=pl.Series([0, 2022]))
    assert cds.gaps(cut, target(80), UP)["baseline"].to_list() == [None]


def test_a_national_target_applies_only_to_provinces_that_report():
    assert judge([(Y[2023], 40)], target(80, scope="viet-nam"))["province_id"] == "p"
    assert cds.gaps(observed(), target(80, scope="viet-nam"), UP).height == 0


def test_a_count_with_a_target_is_read_as_at_least():
    count = pl.DataFrame({"indicator_id": ["i"], "direction": [0]})
    assert judge([(Y[2023], 2)], target(3), count)["gap"] == 1


def test_an_indicator_outside_the_register_is_refused():
    with pytest.raises(cds.ParameterError, match="not in the register"):
        cds.gaps(observed(), target(80), pl.DataFrame({"indicator_id": ["other"], "direction": [1]}))


def test_as_of_must_be_a_date():
    with pytest.raises(cds.ParameterError, match="as_of must be a date"):
        cds.gaps(observed(), target(80), UP, as_of="2024")


def test_the_same_target_in_two_documents_becomes_one_row():
    goals = pl.concat(
        [target(80, scope="viet-nam"), target(80, scope="viet-nam").with_columns(source_id=pl.lit("u"))]
    )
    merged = merge_repeated(cds.gaps(observed((Y[2023], 40)), goals, UP))
    assert merged.select("n_documents", "target_source_ids").row(0) == (2, ["t", "u"])


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_laws_of_the_gap(first, last, goal):
    row = judge([(Y[2021], first), (Y[2023], last)], target(goal))
    assert row["gap"] == goal - last
    assert (row["status"] == "achieved") == (last >= goal)
    assert row["surplus"] == max(last - goal, 0)
    if row["pace_ratio"] is not None:
        assert (row["years_late"] > 1e-9) == (row["pace_ratio"] < 1 - 1e-12)


def test_ba_ria_vung_tau_reached_the_top_ten_in_2023(data):
    result = cds.gaps(observations_with_ranks(data), data.targets, data.indicators)
    row = result.row(
        by_predicate=(pl.col("province_id") == "ba-ria-vung-tau") & (pl.col("indicator_id") == "dti_rank"),
        named=True,
    )
    assert (row["status"], row["reached_on"], row["value"]) == ("achieved", Y[2023], 7)


def test_households_with_fibre_fell_although_the_target_is_met(data):
    result = cds.gaps(data.observations, data.targets, data.indicators)
    row = result.row(
        by_predicate=(pl.col("province_id") == "ba-ria-vung-tau")
        & (pl.col("indicator_id") == "households_fibre_pct"),
        named=True,
    )
    assert row["status"] == "achieved"
    assert row["observed_per_year"] == pytest.approx((98.04 - 98.3) / (181 / 365.25))
