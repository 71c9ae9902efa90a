"""Every measure returns what its class in ``measures/schemas/`` says: columns, types, ranges, what null
stands for.
"""

import ast
from dataclasses import replace

import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.dataset.register import WHOLE
from cds_analysis.dataset.series import indicator_values, observations_with_ranks, score_values
from cds_analysis.measures import (
    breaks,
    bridge,
    changes,
    evidence,
    gaps,
    mobility,
    promises,
    rank_sensitivity,
    regional,
    reporting,
    thresholds,
)
from cds_analysis.measures.schemas import ADDED, RESULTS
from cds_analysis.measures.stable_core import stable_core
from cds_analysis.paths import notebooks_folder

DRAWS = 20
# They hand their rows back for the next measure.
HELPERS = {"documented_only", "gain_cases", "less_country", "standardised", "survey_standard_errors"}
# What they return is for one page: tests of methods on made-up series, and what a profile's first screen
# says.
OF_ONE_PAGE = {"backtest", "change_simulation", "decomposition", "findings", "simulation"}


def measured(data, index):
    """Return the frame of every measure by its name; those of one index are of `index`."""
    scores, indices, provinces = data.scores, data.indices, data.provinces
    ranked = cds.ranks(scores, data.breaks, indices)
    mine = ranked.filter(pl.col("dimension_id") == WHOLE, pl.col("index_id") == index)
    own = scores.filter(pl.col("dimension_id") == WHOLE, pl.col("index_id") == index)
    first, last = sorted(own["year"].unique())[-2:]
    moves = {"index_id": index, "year_from": first, "year_to": last}
    intervals, sets = rank_sensitivity.rank_sensitivity(
        scores, indices, index_id=index, years=[first, last], draws=DRAWS
    )
    seen = observations_with_ranks(data)
    judged = cds.gaps(seen, data.targets, data.indicators)
    differences = evidence.view_differences(ranked, indices)
    lines = thresholds.cut_offs(mine, indices)
    steps = thresholds.next_steps(mine, lines)
    peers = cds.structural_peers(data.context)
    values = score_values(scores)
    reported = reporting.reporting(indicator_values(data.observations, data.indicators), provinces)
    standing = cds.standing(own, data.breaks, draws=100)
    bridged = bridge.bridge_scores(scores, indices, provinces, data.context, data.unit_scores)
    return {
        "achieved_paces": cds.achieved_paces(score_values(mine), thresholds.gain_cases(steps, mine)),
        "bridge_observations": bridge.bridge_observations(
            data.observations, data.indicators, provinces, data.context
        ),
        "bridge_scores": bridged,
        "ceiling_gaps": cds.ceiling_gaps(scores, data.breaks, indices),
        "chance_on_time": cds.chance_on_time(judged, seen),
        "check_claims": cds.check_claims(data.claims, ranked, provinces),
        "check_ratios": cds.check_ratios(data.observations),
        "compare": cds.compare(values, provinces, peers=peers),
        "convergence": cds.convergence(scores, data.breaks),
        "cut_offs": lines,
        "gaps": judged,
        "judge_changes": cds.judge_changes(standing),
        "merge_repeated": gaps.merge_repeated(judged),
        "mobility": mobility.mobility(ranked),
        "newest_pairs": changes.newest_pairs(standing),
        "next_steps": steps,
        "order_breaks": breaks.order_breaks(scores),
        "p_rise": cds.p_rise(standing, first, last),
        "parts_of_units": bridge.parts_of_units(bridged, scores, provinces),
        "percentiles": evidence.percentiles(ranked),
        "places_gained": cds.places_gained(ranked, **moves),
        "promises": promises.promises(judged),
        "rank_agreement": cds.rank_agreement(ranked, draws=DRAWS),
        "rank_cohesion": regional.rank_cohesion(ranked, provinces, draws=DRAWS),
        "rank_confidence_sets": sets,
        "rank_intervals": intervals,
        "ranks": ranked,
        "region_split": regional.region_split(ranked, provinces, draws=DRAWS),
        "reporting": reported,
        "rule_verdicts": cds.rule_verdicts(judged),
        "selection": reporting.selection(reported, ranked),
        "stable_core": stable_core(scores, data.breaks, indices, index_id=index, first_year=first),
        "standing.ahead": standing.ahead,
        "standing.changes": standing.changes,
        "standing.parameters": standing.parameters,
        "standing.positions": standing.positions,
        "structural_peers": peers,
        "survey_assumptions": rank_sensitivity.survey_assumptions(indices, index_id=index),
        "trends": cds.trends(scores, data.breaks),
        "trends_beside_country": cds.trends_beside_country(scores, data.breaks),
        "view_correlations": cds.view_correlations(differences, draws=DRAWS),
        "view_differences": differences,
        "view_stability": evidence.view_stability(differences),
        "yardsticks": promises.yardsticks(judged),
    }


@pytest.fixture(scope="module")
def frames(data, invented):
    few = pl.col("index_id").is_in(["xyz", "dti"]) | (pl.col("dimension_id") == WHOLE)
    small = replace(invented, scores=invented.scores.filter(few))
    return {"bundled": measured(data, "papi"), "invented": measured(small, "xyz")}


@pytest.mark.parametrize("which", ["bundled", "invented"])
@pytest.mark.parametrize("name", sorted(RESULTS))
def test_a_measure_returns_what_its_class_says(frames, name, which):
    frame, schema = frames[which][name], RESULTS[name]
    if name in ADDED:
        frame = frame.select(schema.column_names())
    assert sorted(frame.columns) == sorted(schema.column_names())
    assert frame.height or name in ("bridge_observations", "rule_verdicts", "standing.ahead")
    _, failed = schema.filter(frame)
    assert failed.counts() == {}


def test_every_measure_that_returns_a_frame_has_a_class():
    returned = set()
    for path in (notebooks_folder().parent / "cds_analysis" / "measures").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body if path.stem not in OF_ONE_PAGE else []:
            is_frame = isinstance(node, ast.FunctionDef) and node.returns is not None
            if is_frame and not node.name.startswith("_") and ast.unparse(node.returns) == "pl.DataFrame":
                returned.add(node.name)
    assert len(returned) > 30
    assert returned - HELPERS == {name for name in RESULTS if "." not in name}


def test_every_column_says_what_it_holds_and_a_nullable_one_what_null_means():
    for name, schema in RESULTS.items():
        assert name in schema.__doc__ or any(name in (base.__doc__ or "") for base in schema.__mro__), name
        for column, definition in schema.columns().items():
            about = definition.description or ""
            assert len(about) > 3 and about.endswith("."), f"{name}.{column}"
            assert definition.nullable == ("Null: " in about), f"{name}.{column}"


@pytest.mark.parametrize(
    "name, spoiled",
    [
        ("ranks", pl.col("n_ranked") * 0 + 1),
        ("trends", pl.col("p_adjusted") / 1e6),
        ("gaps", pl.lit("no_data").alias("status")),
        ("compare", (pl.col("percentile") + 100).alias("percentile")),
        ("standing.positions", (pl.col("rank_low_80") + 63).alias("rank_low_80")),
        ("bridge_scores", (pl.col("score") + 1000).alias("score")),
    ],
)
def test_a_wrong_result_is_seen(frames, name, spoiled):
    _, failed = RESULTS[name].filter(frames["bundled"][name].with_columns(spoiled))
    assert failed.counts()
