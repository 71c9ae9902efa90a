from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cds_analysis as cds
from cds_analysis.measures.gaps import gaps
from cds_analysis.measures.rules import RULES, rule_verdicts

REGISTER = pl.DataFrame({"indicator_id": ["up", "down"], "direction": [1, -1]})


def judged(baseline, value, target, *, indicator="up", days=((2020, 12, 31), (2022, 12, 31), (2030, 12, 31))):
    first, latest, due = (date(*d) for d in days)
    seen = pl.DataFrame(
        {
            "province_id": "p",
            "indicator_id": indicator,
            "as_of": [first, latest],
            "source_id": "s",
            "value": [float(baseline), float(value)],
            "bound": "=",
            "printed": "x",
            "locator": "p1",
        }
    )
    goal = pl.DataFrame(
        {
            "scope": "p",
            "indicator_id": indicator,
            "due": due,
            "source_id": "s",
            "value": float(target),
            "comparator": ">=" if indicator == "up" else "<=",
            "printed": "x",
            "locator": "p1",
        }
    )
    return gaps(seen, goal, REGISTER)


@pytest.mark.parametrize(
    "value, linear, sdsn, destatis",
    [
        (60, "on_track", "on_track", "on_track"),  # 10 a year where 8 are needed
        (55.5, "on_track", "needs_acceleration", "on_track"),  # ratio 0.97; would miss 3.9 % of what remains
        (54, "needs_acceleration", "needs_acceleration", "needs_acceleration"),  # ratio 0.875; 15 %
        (52, "needs_acceleration", "needs_acceleration", "limited"),  # ratio 0.75; 29 %
        (47, "limited", "limited", "limited"),  # ratio 0.44
        (40, "limited", "limited", "deteriorating"),  # a standstill: Destatis counts it as the wrong way
        (38, "deteriorating", "deteriorating", "deteriorating"),
    ],
)
def test_verdicts_by_hand(value, linear, sdsn, destatis):
    # From 40 at the end of 2020 to 120 at the end of 2030: 8 a year, so 56 is on the line after two years.
    row = rule_verdicts(judged(40, value, 120)).row(0, named=True)
    assert (row["linear"], row["sdsn"], row["destatis"]) == (linear, sdsn, destatis)


def test_growth_rates_by_hand():
    # 40 -> 44.1 in two years is 5.0 % a year; 40 -> 40 * 1.1 ** 10 in ten is 10 %.
    row = rule_verdicts(judged(40, 44.1, 40 * 1.1**10)).row(0, named=True)
    assert row["growth_ratio"] == pytest.approx(0.5, abs=2e-3)
    assert (row["cagr"], row["unsd"]) == ("limited", "needs_acceleration")


def test_a_little_backwards_is_limited_for_unsd_only():
    row = rule_verdicts(judged(40, 39.8, 80)).row(0, named=True)
    assert (row["unsd"], row["cagr"], row["linear"]) == ("limited", "deteriorating", "deteriorating")
    assert not row["rules_agree"]


def test_growth_rules_are_not_defined_from_zero():
    row = rule_verdicts(judged(0, 30, 100)).row(0, named=True)
    assert (row["growth_ratio"], row["cagr"], row["unsd"], row["n_rules"]) == (None, None, None, 3)
    assert row["rules_agree"] == (len({row[r] for r in ("linear", "sdsn", "destatis")}) == 1)


def test_lower_is_better_is_judged_by_the_way_made():
    row = rule_verdicts(judged(50, 40, 10, indicator="down")).row(0, named=True)
    # 10 of 40 points in 2 of 10 years; but 50 -> 40 is -10.6 % a year where 50 -> 10 takes -14.9 %.
    assert [row[r] for r in RULES] == [
        "on_track",
        "needs_acceleration",
        "on_track",
        "needs_acceleration",
        "on_track",
    ]
    assert row["growth_ratio"] == pytest.approx(10.56 / 14.87, abs=2e-3)


def test_a_target_met_or_without_pace_is_not_judged_by_rules():
    assert rule_verdicts(judged(40, 90, 80)).height == 0
    assert rule_verdicts(judged(40, 50, 80, days=((2020, 12, 31), (2022, 12, 31), (2022, 6, 30)))).height == 0


@given(st.floats(1, 99), st.floats(1, 99), st.floats(1, 99))
def test_verdicts_do_not_depend_on_the_unit(baseline, value, target):
    one, thousand = (rule_verdicts(judged(baseline * k, value * k, target * k)) for k in (1, 1000))
    assert one.select(RULES).equals(thousand.select(RULES))


def test_the_bundled_targets_are_judged(data):
    from cds_analysis.dataset.series import observations_with_ranks

    found = rule_verdicts(cds.gaps(observations_with_ranks(data), data.targets, data.indicators))
    assert found.filter(pl.col("linear") != pl.col("status")).height == 0
