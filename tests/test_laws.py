"""Laws that hold for every measure: what is beside a thing changes nothing of it, the order of rows never
counts, another unit changes only what is in that unit, and what is told the other way round is the same told
the other way round.
"""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass

import polars as pl
import pytest
import small_world as small
from lawful import ALL, FULL, MEASURES
from polars.testing import assert_frame_equal
from small_world import NEW

import cds_analysis.measures as package

FIRST = small.world()
_NAMES = ("index_id", "indicator_id", "series_id", "province_id", "unit_id", "scope", "documents", "citizens")
_CLOSE = {"rel_tol": 1e-6, "abs_tol": 1e-9}


def frames(result):
    """The tables in whatever a measure returns."""
    if isinstance(result, pl.DataFrame):
        return [result]
    if is_dataclass(result):
        return [getattr(result, f.name) for f in fields(result)]
    if isinstance(result, tuple):
        return list(result)
    if isinstance(result, dict):
        return [pl.DataFrame(result)]
    return [pl.DataFrame({"name": result})]


def of_the_first(frame):
    """The rows that are not about what was added."""
    for name in _NAMES:
        if name in frame.columns:
            frame = frame.filter(~pl.col(name).fill_null("").str.split("/").list.contains(NEW))
    return frame


def keyed(frame):
    """Rows in an order that neither scores nor ranks decide."""
    names = (*_NAMES, "dimension_id", "year", "segment", "origin", "first_year", "last_year", "years_ahead")
    return frame.sort([c for c in (*names, "kind", "due", "case_id", "which") if c in frame.columns])


def check(measure, other, *, without=(), rows=of_the_first, put=lambda frame: frame):
    before, after = frames(measure.run(FIRST)), frames(measure.run(other))
    assert len(before) == len(after) and sum(f.height for f in before) > 0
    for one, two in zip(before, after):
        two = put(rows(two)).drop(without, strict=False)
        assert_frame_equal(two, put(one).drop(without, strict=False), **_CLOSE)


def named(wanted):
    return [pytest.param(m, id=name) for name, m in MEASURES.items() if wanted(m)]


EVERY = named(lambda m: True)


@pytest.mark.parametrize("measure", EVERY)
def test_another_series_changes_nothing_of_the_first(measure):
    check(measure, small.with_series(FIRST), without=measure.over_series)


@pytest.mark.parametrize("measure", named(lambda m: m.among != ALL))
def test_another_province_changes_only_what_is_said_of_all_provinces(measure):
    check(measure, small.with_province(FIRST), without=(*measure.among, *measure.regional), put=keyed)


@pytest.mark.parametrize("measure", named(lambda m: m.regional))
def test_a_province_of_another_region_changes_nothing_of_the_first_region(measure):
    check(measure, small.with_province(FIRST, "r9"), without=measure.among, put=keyed)


@pytest.mark.parametrize("measure", EVERY)
def test_a_province_without_any_figure_changes_nothing(measure):
    check(measure, small.with_province(FIRST, "r9", silent=True))


@pytest.mark.parametrize("measure", named(lambda m: m.reads == "figures"))
def test_another_target_changes_nothing_of_the_first(measure):
    def rows(frame):
        frame = frame.filter(pl.col("due").dt.year() != 2030) if "due" in frame.columns else frame
        ours = ~pl.col("case_id").str.contains("2030") if "case_id" in frame.columns else pl.lit(True)
        return frame.filter(ours)

    check(measure, small.with_target(FIRST), rows=rows)


@pytest.mark.parametrize("measure", named(lambda m: not m.latest))
def test_a_later_year_of_another_definition_changes_nothing_of_the_years_before(measure):
    later = max(small.YEARS) + 1

    def rows(frame):
        years = [c for c in ("year", "year_to", "segment", "last_year") if c in frame.columns]
        return frame.filter([pl.col(c).fill_null(0) < later for c in years] or True)

    check(measure, small.with_year(FIRST), rows=rows)


def in_order_of_the_rows(frame):
    """Some measures keep the rows of the table they were given, in its order."""
    keys = [
        c for c in ("index_id", "dimension_id", "year", "province_id", "indicator_id", "as_of") if c in frame
    ]
    return frame.sort(keys + [c for c in ("claim_id", "due") if c in frame.columns])


KEEP_THE_ORDER = {
    *("less_country", "standardised", "survey_standard_errors", "documented_only", "percentiles"),
    *("check_claims", "check_ratios", "reporting", "achieved_paces"),
}


@pytest.mark.parametrize("name", MEASURES)
def test_the_order_of_rows_changes_nothing(name):
    measure, other = MEASURES[name], small.shuffled(FIRST)
    put = in_order_of_the_rows if name in KEEP_THE_ORDER else (lambda frame: frame)
    for one, two in zip(frames(measure.run(FIRST)), frames(measure.run(other)), strict=True):
        assert_frame_equal(put(two), put(one), **_CLOSE)


@pytest.mark.parametrize("measure", named(lambda m: m.reads in ("scores", "figures")))
def test_another_unit_changes_what_is_in_that_unit_and_nothing_else(measure):
    k = 3.0
    before, after = frames(measure.run(FIRST)), frames(measure.run(small.scaled(FIRST, k)))
    for one, two in zip(before, after, strict=True):
        here = [c for c in measure.points if c in one.columns]
        assert_frame_equal(two, one.with_columns(pl.col(here) * k), **_CLOSE)
    assert {*measure.points} <= {c for frame in before for c in frame.columns}


@pytest.mark.parametrize("measure", named(lambda m: m.reads == "scores" and m.turned))
def test_where_the_best_is_the_worst_everything_is_the_other_way_round(measure):
    before = [keyed(f) for f in frames(measure.run(FIRST))]
    after = [keyed(f) for f in frames(measure.run(small.reversed_scores(FIRST)))]
    if measure is MEASURES["compare"]:  # its figures of indicators stay
        before, after = (
            [f.filter(pl.col("series_id").str.contains("/")) for f in fs] for fs in (before, after)
        )
    seen = set()
    for one, two in zip(before, after, strict=True):
        wanted = {c: e for c, e in measure.turned.items() if c in one.columns}
        seen |= set(wanted)
        keys = [c for c in (*_NAMES, "dimension_id", "year") if c in one.columns]
        expected = one.select(*keys, **wanted)
        assert_frame_equal(two.select(expected.columns), expected, check_dtypes=False, **_CLOSE)
    assert seen == set(measure.turned)


@pytest.mark.parametrize("measure", named(lambda m: m.reads == "figures"))
def test_the_same_facts_told_the_other_way_round_are_judged_the_same(measure):
    before, after = frames(measure.run(FIRST)), frames(measure.run(small.mirrored(FIRST)))
    for one, two in zip(before, after, strict=True):
        expected = one.with_columns(**measure.turned)
        assert_frame_equal(keyed(two), keyed(expected.select(two.columns)), check_dtypes=False, **_CLOSE)


def public_functions():
    for found in pkgutil.iter_modules(package.__path__):
        if found.ispkg:
            continue
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        for name in module.__all__:
            if inspect.isfunction(getattr(module, name)):
                yield name


def test_every_public_measure_is_here():
    from test_laws_of_numbers import SUBJECTS

    public = list(public_functions())
    assert len(public) == len(set(public))
    assert set(public) == set(MEASURES) | SUBJECTS
    assert not set(MEASURES) & SUBJECTS
    assert len(small.PROVINCES) > FULL
