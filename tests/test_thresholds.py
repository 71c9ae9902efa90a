"""Every line that a published verdict is drawn at, pinned by values on both sides of it.

The numbers stand here as they are published (in README, notebooks and docstrings), not as names of constants:
whoever moves a line must move it here too, and say so.
"""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.dataset.register import cuts
from cds_analysis.dataset.series import FULL_FROM, coverage, level_shifts
from cds_analysis.measures import backtest, breaks, changes, convergence, evidence, findings, forecast
from cds_analysis.measures.claims import check_claims, check_ratios
from cds_analysis.measures.compare import compare
from cds_analysis.measures.decomposition import decompose
from cds_analysis.measures.gaps import gaps
from cds_analysis.measures.mobility import mobility
from cds_analysis.measures.rank_draws import draw_ranks
from cds_analysis.measures.ranks import ranks
from cds_analysis.measures.reporting import reporting, selection
from cds_analysis.measures.rules import rule_verdicts
from cds_analysis.measures.standing import standardised, standing
from cds_analysis.measures.trends import ceiling_gaps, trends
from cds_analysis.views.prose.likely import how_likely
from cds_analysis.views.text import Text

REGISTER = pl.DataFrame({"indicator_id": ["i"], "direction": [1]})
NOTHING = pl.DataFrame(schema={"index_id": pl.String, "dimension_id": pl.String, "year": pl.Int64})


def observed(*points):
    return pl.DataFrame(
        [("p", "i", day, f"s{n}", float(v), "=", "x", "p1") for n, (day, v) in enumerate(points)],
        ["province_id", "indicator_id", "as_of", "source_id", "value", "bound", "printed", "locator"],
        orient="row",
    )


def goal(value, due):
    row = ("p", "i", due, "t", float(value), ">=", "x", "p2")
    names = ["scope", "indicator_id", "due", "source_id", "value", "comparator", "printed", "locator"]
    return pl.DataFrame([row], names, orient="row")


def paced(moved):
    """Ten years from 100 to 200, five of them gone: a pace ratio of `moved` / 50."""
    start = date(2020, 1, 1)
    half, end = start + timedelta(1826), start + timedelta(2 * 1826)
    return gaps(observed((start, 100), (half, 100 + moved)), goal(200, end), REGISTER)


@pytest.mark.parametrize(
    "ratio, status",
    [
        (0.951, "on_track"),
        (0.95, "on_track"),
        (0.949, "needs_acceleration"),
        (0.601, "needs_acceleration"),
        (0.60, "needs_acceleration"),
        (0.599, "limited"),
        (0.001, "limited"),
        (0.0, "limited"),
        (-0.001, "deteriorating"),
    ],
)
def test_status_of_a_target(ratio, status):
    row = paced(50 * ratio).row(0, named=True)
    assert row["pace_ratio"] == pytest.approx(ratio) and row["status"] == status


RULE_LINES = [  # quantity of the rule, verdict of the rule
    *(("sdsn", q, v) for q, v in ((1.0, 0), (0.999, 1), (0.5, 1), (0.499, 2), (0.0, 2), (-0.001, 3))),
    *(("linear", q, v) for q, v in ((0.95, 0), (0.949, 1), (0.6, 1), (0.599, 2), (0.0, 2), (-0.001, 3))),
]
VERDICTS = ("on_track", "needs_acceleration", "limited", "deteriorating")


@pytest.mark.parametrize("rule, ratio, verdict", RULE_LINES)
def test_rules_of_a_straight_pace(rule, ratio, verdict):
    assert rule_verdicts(paced(50 * ratio))[rule].to_list() == [VERDICTS[verdict]]


@pytest.mark.parametrize(
    "rule, ratio, verdict",
    [
        *(
            ("cagr", q, v)
            for q, v in ((0.951, 0), (0.949, 1), (0.601, 1), (0.599, 2), (0.001, 2), (-0.001, 3))
        ),
        *(
            ("unsd", q, v)
            for q, v in ((0.951, 0), (0.949, 1), (0.101, 1), (0.099, 2), (-0.099, 2), (-0.101, 3))
        ),
    ],
)
def test_rules_of_growth(rule, ratio, verdict):
    years = 2 * 1826 / 365.25
    needed = 2 ** (1 / years) - 1  # 100 to 200
    found = rule_verdicts(paced(100 * (1 + ratio * needed) ** (years / 2) - 100))
    assert found["growth_ratio"].to_list() == [pytest.approx(ratio, abs=1e-6)]
    assert found[rule].to_list() == [VERDICTS[verdict]]


@pytest.mark.parametrize(
    "miss, verdict",
    [(0.049, 0), (0.05, 0), (0.051, 1), (0.199, 1), (0.20, 1), (0.201, 2), (0.999, 2), (1.0, 3), (1.001, 3)],
)
def test_rule_of_the_distance_that_would_be_missed(miss, verdict):
    pace = 1 - miss  # of what is needed from now on: moved = pace * (100 - moved)
    found = rule_verdicts(paced(100 * pace / (1 + pace)))
    assert found["expected_miss"].to_list() == [pytest.approx(miss)]
    assert found["destatis"].to_list() == [VERDICTS[verdict]]


@pytest.mark.parametrize(
    "days, due, has_pace",
    [
        (731, 20_000, True),  # two years
        (730, 20_000, False),
        (366, 1826, True),  # a fifth of five years, and more than half a year
        (363, 1826, False),
        (180, 800, True),  # half a year and a fifth
        (178, 800, False),
        (178, 200, False),
    ],
)
def test_how_far_apart_two_figures_must_be(days, due, has_pace):
    start = date(2020, 1, 1)
    seen = observed((start, 10), (start + timedelta(days), 11))
    row = gaps(seen, goal(99, start + timedelta(due)), REGISTER).row(0, named=True)
    assert (row["pace_ratio"] is not None) == has_pace
    assert (row["status"] == "no_baseline") != has_pace


@pytest.mark.parametrize("late, status", [(-1, "undetermined"), (0, "missed"), (1, "missed")])
def test_the_due_date_itself_is_due(late, status):
    due = date(2024, 6, 30)
    seen = observed((date(2020, 6, 30), 10), (due + timedelta(late), 20))
    (row,) = gaps(seen, goal(30, due), REGISTER, as_of=date(2024, 7, 30)).iter_rows(named=True)
    assert row["status"] == status


@pytest.mark.parametrize("ahead, status", [(0, "undetermined"), (1, "on_track")])
def test_a_target_is_due_on_the_day_of_judgement(ahead, status):
    day = date(2024, 6, 30)
    seen = observed((date(2020, 6, 30), 10), (date(2023, 6, 30), 29))
    row = gaps(seen, goal(30, day + timedelta(ahead)), REGISTER, as_of=day).row(0, named=True)
    assert row["status"] == status


@pytest.mark.parametrize("n, has_chance", [(3, False), (4, True)])
def test_a_chance_needs_four_figures(n, has_chance):
    seen = observed(*((date(2018 + k, 1, 1), 10 + k + k % 2) for k in range(n)))
    judged = gaps(seen, goal(90, date(2030, 1, 1)), REGISTER)
    (row,) = forecast.chance_on_time(judged, seen).iter_rows(named=True)
    assert row["n_for_chance"] == n and (row["p_on_time"] is not None) == has_chance


def table(scores, year=2020, **more):
    columns = ("rank", "n_ranked", "rank_status")
    return pl.DataFrame(
        {
            "index_id": "x",
            "dimension_id": "overall",
            "year": year,
            "province_id": [f"p{i:03}" for i in range(len(scores))],
            "score": [float(s) for s in scores],
            "status": "reported",
            "source_id": "s",
        }
    ).with_columns(
        *(pl.lit(None, dtype=pl.String if c == "rank_status" else pl.Int64).alias(c) for c in columns),
        **more,
    )


def register(**more):
    row = {
        "index_id": "x",
        "dimension_id": "overall",
        "grouping": "quartiles",
        "group_cuts": None,
        "scale_min": 0.0,
        "scale_max": 100.0,
        "parent_id": None,
        "aggregation": "none",
        **more,
    }
    return pl.DataFrame([row], schema_overrides={"group_cuts": pl.String, "parent_id": pl.String})


@pytest.mark.parametrize(
    "score, group",
    [
        *((31, "high"), (30, "high"), (29.9, "mid_high"), (20, "mid_high")),
        *((19.9, "mid_low"), (10, "mid_low"), (9.9, "low")),
    ],
)
def test_quartiles_of_the_published(score, group):
    # With 0, 10, 20, 30 and 40 beside it the quartiles of five are 10, 20 and 30; a sixth is set on them.
    base = [0, 10, 20, 30, 40]
    scores = [*base * 40, score]  # so many that one more moves no quartile
    found = ranks(table(scores), NOTHING, register(), full_from=3)
    assert found.filter(pl.col("province_id") == "p200")["group"].to_list() == [group]


@pytest.mark.parametrize(
    "score, group", [(90.0, "A"), (89.99, "B"), (80.0, "B"), (79.99, None), (100.0, "A"), (0.0, None)]
)
def test_groups_of_the_par_index(data, score, group):
    par = data.indices.filter(pl.col("index_id") == "par", pl.col("dimension_id") == "overall")
    assert cuts(par["group_cuts"][0]) == {"A": 90.0, "B": 80.0}
    one = table([score]).with_columns(index_id=pl.lit("par"))
    assert ranks(one, NOTHING, data.indices)["group"].to_list() == [group]


@pytest.mark.parametrize("n, is_full", [(49, False), (50, True)])
def test_a_table_is_full_from_fifty_provinces(n, is_full):
    rows = table(range(n))
    found = ranks(rows, NOTHING, register())
    assert FULL_FROM == 50
    assert found["is_full"].unique().to_list() == [is_full]
    assert (found["rank"].null_count() == 0) == is_full
    assert standardised(rows)["z"].null_count() == (0 if is_full else n)
    provinces = pl.DataFrame({"province_id": [f"p{i:03}" for i in range(63)]})
    assert coverage(rows, provinces)["is_partial"].to_list() == [not is_full]


@pytest.mark.parametrize("n, verdict", [(4, "too_short"), (5, "rising")])
def test_a_trend_needs_five_years(n, verdict):
    rows = pl.concat([table([float(year)], year=year) for year in range(2010, 2010 + n)])
    assert trends(rows, NOTHING)["verdict"].to_list() == [verdict]


@pytest.mark.parametrize("n_flat, verdict", [(2, "rising"), (3, "no_trend")])
def test_a_trend_holds_at_one_in_twenty_after_correction(n_flat, verdict):
    # Five years in a row give p = 2 / 120; of three provinces tested that is 0.05, of four 0.067.
    rows = pl.concat(
        [table([year, *([(2, 4, 1, 5, 3)[year - 2010]] * n_flat)], year=year) for year in range(2010, 2015)]
    )
    found = trends(rows, NOTHING).filter(pl.col("province_id") == "p000").row(0, named=True)
    assert found["p_adjusted"] == pytest.approx((1 + n_flat) / 60)
    assert found["verdict"] == verdict


@pytest.mark.parametrize("top, n", [(79.9, 0), (80.0, 1)])
def test_scores_are_near_the_ceiling_from_four_fifths_of_the_scale(top, n):
    rows = pl.concat([table([70], year=2020), table([top], year=2021)])
    assert ceiling_gaps(rows, NOTHING, register()).height == n


@pytest.mark.parametrize(
    "p_adjusted, p_rise, verdict",
    [
        (0.05, 0.81, "risen"),
        (0.0501, 0.81, "likely_risen"),
        (0.05, 0.80, "risen"),
        (0.05, 0.79, "not_told_apart"),
        (0.9, 0.80, "likely_risen"),
        (0.9, 0.79, "not_told_apart"),
        (0.9, 0.21, "not_told_apart"),
        (0.9, 0.20, "likely_fallen"),
        (0.05, 0.199, "fallen"),
    ],
)
def test_when_a_change_is_likely_and_when_it_holds(monkeypatch, p_adjusted, p_rise, verdict):
    rng = np.random.default_rng(1)
    levels = rng.normal(50, 9, 60)
    rows = pl.concat([table(levels + rng.normal(0, 3, 60), year=y) for y in range(2014, 2022)])
    no_breaks = NOTHING.with_columns(effect=pl.lit(None, pl.String))
    found = standing(rows, no_breaks, draws=0)
    monkeypatch.setattr(
        "cds_analysis.measures.changes.benjamini_hochberg", lambda p: np.full(len(p), p_adjusted)
    )
    put = type(found)(
        found.positions, found.ahead, found.changes.with_columns(p_rise=pl.lit(p_rise)), found.parameters
    )
    assert changes.judge_changes(put)["verdict"].unique().to_list() == [verdict]


@pytest.mark.parametrize("share, separated", [(0.199, False), (0.2, False), (0.201, True)])
def test_noise_is_known_from_two_standard_errors(share, separated):
    assert changes.is_separated(share, 0.1) == separated


@pytest.mark.parametrize("n, status", [(3, "too_short"), (4, "fitted")])
def test_a_standing_needs_four_full_years(n, status):
    rng = np.random.default_rng(1)
    levels = rng.normal(50, 9, 60)
    rows = pl.concat([table(levels + rng.normal(0, 5, 60), year=2014 + k) for k in range(n)])
    no_breaks = NOTHING.with_columns(effect=pl.lit(None, pl.String))
    assert standing(rows, no_breaks, draws=0).parameters["status"].to_list() == [status]


@pytest.mark.parametrize("n_years, has_usual", [(3, False), (4, True)])
def test_the_usual_order_needs_two_other_pairs_of_years(n_years, has_usual):
    rng = np.random.default_rng(2)
    rows = pl.concat([table(rng.normal(0, 1, 60), year=2014 + k) for k in range(n_years)])
    assert (breaks.order_breaks(rows)["order_usual"].null_count() == 0) == has_usual


@pytest.mark.parametrize(
    "below, effect", [(1.60, "level"), (1.64, "level"), (1.65, "order"), (1.70, "order")]
)
def test_an_order_is_redrawn_at_a_one_sided_twentieth(monkeypatch, below, effect):
    rng = np.random.default_rng(3)
    first = rng.permutation(60).astype(float)
    rows = [table(first + rng.normal(0, (9, 9, 9, 30)[k], 60), year=2014 + k) for k in range(4)]
    found = breaks.order_breaks(pl.concat(rows)).row(-1, named=True)
    error = (1.06 / (60 - 3)) ** 0.5
    expected = (np.arctanh(found["order_kept"]) - np.arctanh(found["order_usual"])) / error
    assert found["order_z"] == pytest.approx(expected) and expected < 0
    monkeypatch.setattr(breaks, "_VARIANCE", 1.06 * (found["order_z"] / below) ** 2)
    last = breaks.order_breaks(pl.concat(rows)).row(-1, named=True)
    assert last["order_z"] == pytest.approx(-below) and last["effect"] == effect


@pytest.mark.parametrize("span, n", [(2, 0), (3, 1)])
def test_convergence_needs_three_years_between_its_ends(span, n):
    rng = np.random.default_rng(4)
    rows = pl.concat(
        [table(rng.normal(50, 5, 60), year=2010), table(rng.normal(50, 5, 60), year=2010 + span)]
    )
    assert convergence.convergence(rows, NOTHING).height == n


@pytest.mark.parametrize(
    "spread, p, beta_high, reading",
    [
        ((2, 1), 0.049, -0.1, "converging"),
        ((2, 1), 0.05, -0.1, "only_beta"),
        ((1, 2), 0.01, -0.1, "only_beta"),
        ((1, 2), 0.049, 0.1, "diverging"),
        ((1, 2), 0.05, 0.1, "neither"),
        ((2, 1), 0.049, 0.0, "neither"),
        ((1, 2), 0.049, 0.0, "diverging"),
    ],
)
def test_readings_of_convergence(spread, p, beta_high, reading):
    assert convergence._reading(spread, p, beta_high) == reading


@pytest.mark.parametrize("n, rows", [(9, 0), (10, 1)])
def test_two_views_correlate_from_ten_provinces(n, rows):
    differences = pl.DataFrame(
        {
            "documents": "x",
            "citizens": "y",
            "year": 2020,
            "province_id": [f"p{i}" for i in range(n)],
            "percentile_documents": [float(i) for i in range(n)],
            "percentile_citizens": [float(i * 7 % n) for i in range(n)],
            "is_sample": False,
            "source_ids": [["s"]] * n,
        }
    )
    assert evidence.view_correlations(differences, draws=20).height == rows


@pytest.mark.parametrize("n, reading", [(2, "too_short"), (3, "documents_higher")])
def test_a_lasting_difference_needs_three_years(n, reading):
    differences = pl.DataFrame(
        {"documents": "x", "citizens": "y", "province_id": "p", "year": range(2020, 2020 + n)}
    ).with_columns(difference=pl.lit(5.0), source_ids=pl.concat_list(pl.lit("s")))
    assert evidence.view_stability(differences)["reading"].to_list() == [reading]


@pytest.mark.parametrize("n, placed", [(4, 0), (5, 5)])
def test_a_figure_is_placed_among_five(n, placed):
    who = [f"p{i}" for i in range(n)]
    values = pl.DataFrame(
        {"province_id": who, "series_id": "i", "as_of": date(2024, 1, 1), "value": range(n), "direction": 1}
    )
    assert reporting(values, pl.DataFrame({"province_id": who}))["n_placed"].sum() == placed


@pytest.mark.parametrize("n, known", [(9, False), (10, True)])
def test_selection_is_read_from_ten_provinces(n, known):
    who = [f"p{i}" for i in range(n)]
    reported = pl.DataFrame({"province_id": who, "n_indicators": range(n), "mean_percentile": [None] * n})
    ranked = table(range(n)).with_columns(
        province_id=pl.Series(who), rank=pl.int_range(1, n + 1), is_full=True
    )
    assert (selection(reported, ranked)["spearman"][0] is not None) == known


@pytest.mark.parametrize("days, n", [(730, 1), (731, 0)])
def test_a_figure_is_compared_for_two_years(days, n):
    day = date(2024, 12, 31)
    values = pl.DataFrame(
        {"province_id": ["a", "b"], "series_id": "i", "as_of": [day, day - timedelta(days)]}
    ).with_columns(value=pl.lit(1.0), direction=1, source_id=pl.lit("s"))
    found = compare(values, pl.DataFrame({"province_id": ["a", "b"], "region_id": "r"}))
    assert found.filter(pl.col("province_id") == "b").height == n


@pytest.mark.parametrize("n, pairs", [(2, 0), (3, 1)])
def test_mobility_needs_three_provinces(n, pairs):
    rows = pl.concat([table(range(n), year=2020), table(range(n), year=2021)])
    assert mobility(ranks(rows, NOTHING, register(), full_from=1)).height == pairs


def test_the_best_and_the_last_ten_are_ten():
    means = np.arange(25.0)[::-1, None]
    drawn = draw_ranks(means, np.zeros((25, 1, 1)), np.ones((25, 1), dtype=bool), draws=100, seed=1)
    assert drawn["p_top_ten"].ravel().tolist() == [1.0] * 10 + [0.0] * 15
    assert drawn["p_bottom_ten"].ravel().tolist() == [0.0] * 15 + [1.0] * 10


@pytest.mark.parametrize("p, n", [(0.95, 0), (0.951, 1), (0.05, 0), (0.049, 1)])
def test_a_move_of_the_past_counts_as_sure_beyond_nineteen_in_twenty(p, n):
    moves = pl.DataFrame(
        {"z_first": [0.0], "z_origin": [2.0], "z_next": [1.0], "standing_first": [0.0]}
    ).with_columns(standing_origin=pl.lit(1.0), standing_next=pl.lit(1.0), p_rise=pl.lit(p))
    assert backtest.undone_moves(moves).filter(pl.col("which") == "sure").height == n


@pytest.mark.parametrize("off, adds_up", [(0.00099, True), (0.0011, False)])
def test_parts_add_up_to_half_a_thousandth_each(off, adds_up):
    parts = [table([1.0, 2.0], year=y).with_columns(dimension_id=pl.lit("a")) for y in (2020, 2021)]
    whole = [table([1.0, 2.0], year=2020), table([1.0 + off, 2.0], year=2021)]
    known = pl.concat(
        [register(aggregation="sum"), register(dimension_id="a", parent_id="overall")], how="vertical_relaxed"
    )
    rows = pl.concat([*parts, *whole])
    years = {"index_id": "x", "year_from": 2020, "year_to": 2021}
    if adds_up:
        assert decompose(rows, NOTHING, known, **years).height == 2
    else:
        with pytest.raises(cds.ParameterError, match="do not add up"):
            decompose(rows, NOTHING, known, **years)


@pytest.mark.parametrize("shift, found", [(0.26, 1), (0.24, 0)])
def test_a_jump_of_the_median_is_listed_from_a_quarter_of_the_spread(shift, found):
    first = np.arange(61.0)  # the middle half of them spans 30
    rows = pl.concat([table(first, year=2020), table(first + 30 * shift, year=2021)])
    assert level_shifts(rows, NOTHING).height == found


@pytest.mark.parametrize(
    "value, verdict",
    [(97.7, "confirmed"), (97.6, "contradicted"), (97.68, "confirmed"), (97.69, "contradicted")],
)
def test_a_share_is_checked_to_half_of_its_last_digit(value, verdict):
    row = {"value": value, "numerator": 168014.0, "denominator": 171997.0, "status": "reported"}
    assert check_ratios(pl.DataFrame([row]))["verdict"].to_list() == [verdict]  # it is 97.684 %


@pytest.mark.parametrize(
    "printed, value, verdict",
    [
        *(("80,1", 80.1, "confirmed"), ("80,2", 80.2, "contradicted"), ("80,14", 80.14, "confirmed")),
        *(("80,13", 80.13, "contradicted"), ("80", 80.0, "confirmed"), ("81", 81.0, "contradicted")),
    ],
)
def test_a_claim_is_checked_at_the_digits_it_prints(printed, value, verdict):
    claim = pl.DataFrame(
        [("c", "p000", "x", "overall", 2020, None, "score", value, "=", None, printed, "article")],
        schema={
            **dict.fromkeys(["claim_id", "province_id", "index_id", "dimension_id"], pl.String),
            **dict.fromkeys(["year", "from_year"], pl.Int64),
            **{"quantity": pl.String, "value": pl.Float64, "bound": pl.String, "n_ranked": pl.Int64},
            **dict.fromkeys(["printed", "source_id"], pl.String),
        },
        orient="row",
    )
    ranked = ranks(table([80.14, 70.0]), NOTHING, register(), full_from=1)
    provinces = pl.DataFrame({"province_id": ["p000", "p001"], "region_id": "r"})
    assert check_claims(claim, ranked, provinces)["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(
    "p, words",
    [
        *((0.95, "almost certain"), (0.949, "likely"), (0.80, "likely"), (0.799, "could be either")),
        *((0.20, "could be either"), (0.199, "unlikely"), (0.05, "unlikely"), (0.049, "almost excluded")),
    ],
)
def test_a_chance_in_words(p, words):
    assert how_likely(p, Text("en")) == words


def test_indices_after_the_first_weigh_four_fifths():
    first = register(evidence="documents", position=1, profile="chart", index_id="x")
    second = first.with_columns(index_id=pl.lit("y"), position=pl.lit(2, pl.Int64))
    full = {
        n: pl.lit(None, t)
        for n, t in {
            **dict.fromkeys(["code", "number", "name_vi", "name_en", "short_vi", "short_en"], pl.String),
            **dict.fromkeys(["merge_rule", "publisher", "keywords"], pl.String),
            **dict.fromkeys(["decimals", "decimals_exact"], pl.Int64),
            **dict.fromkeys(["interviews", "design_effect", "person_sd", "correlation"], pl.Float64),
        }.items()
    }
    indices = pl.concat([first, second]).with_columns(**full)
    rows = pl.concat([table(range(50)), table(range(50)).with_columns(index_id=pl.lit("y"))])
    found = findings.wholes(ranks(rows, NOTHING, indices), indices).filter(pl.col("rank").is_in([1, 50]))
    assert found.sort("index_id")["weight"].to_list() == pytest.approx([0.98] * 2 + [0.784] * 2)
