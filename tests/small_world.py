"""A small invented country, and what may be done to it without changing what is known of the rest.

Fourteen provinces in three regions, two indices of three series (``x`` from documents, ``y`` from citizens),
nine years with a change of definition and a redrawn order, two indicators (more of one is better, less of the
other), targets, claims. Each function that changes it returns another world and leaves this one alone.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl

YEARS = range(2014, 2023)
NEW = "new"  # what is added to the first world bears this name
PROVINCES = [f"p{i:02}" for i in range(14)]
REPORTING = PROVINCES[:8]
LOCAL = "viet-nam"

_INDICES = {
    "index_id": pl.String,
    "dimension_id": pl.String,
    "parent_id": pl.String,
    "grouping": pl.String,
    "group_cuts": pl.String,
    "aggregation": pl.String,
    "evidence": pl.String,
    "merge_rule": pl.String,
    "position": pl.Int64,
    **dict.fromkeys(
        ["scale_min", "scale_max", "interviews", "design_effect", "person_sd", "correlation"], pl.Float64
    ),
    **dict.fromkeys(["code", "number", "name_vi", "name_en", "short_vi", "short_en", "profile"], pl.String),
    **dict.fromkeys(["publisher", "keywords"], pl.String),
    **dict.fromkeys(["decimals", "decimals_exact"], pl.Int64),
}


@dataclass(frozen=True, eq=False)
class World:
    """Tables of a dataset, as the measures ask for them."""

    provinces: pl.DataFrame
    scores: pl.DataFrame
    breaks: pl.DataFrame
    indices: pl.DataFrame
    context: pl.DataFrame
    indicators: pl.DataFrame
    observations: pl.DataFrame
    targets: pl.DataFrame
    claims: pl.DataFrame

    def plus(self, **more):
        """This world with rows added to some tables."""
        return replace(self, **{n: pl.concat([getattr(self, n), f]) for n, f in more.items()})

    def changed(self, **columns):
        """This world with columns of tables computed anew: ``scores={"score": expression}``."""
        return replace(self, **{n: getattr(self, n).with_columns(**c) for n, c in columns.items()})


def _scores(index_id, provinces, years, seed, source):
    """Two parts and their sum: levels of a province's own that persist, and noise."""
    rng = np.random.default_rng(seed)
    shape = (len(provinces), len(years), 2)
    walks = np.cumsum(rng.normal(0, 1.5, shape), axis=1)
    parts = 40 + rng.normal(0, 6, (len(provinces), 1, 2)) + walks + rng.normal(0, 1, shape)
    rows = [
        (index_id, d, year, p, float(score))
        for i, p in enumerate(provinces)
        for t, year in enumerate(years)
        for d, score in zip(("overall", "a", "b"), (parts[i, t].sum(), *parts[i, t]))
    ]
    frame = pl.DataFrame(rows, ["index_id", "dimension_id", "year", "province_id", "score"], orient="row")
    return frame.with_columns(
        rank=pl.lit(None, pl.Int64),
        n_ranked=pl.lit(None, pl.Int64),
        status=pl.lit("reported"),
        rank_status=pl.lit(None, pl.String),
        source_id=pl.lit(source),
        note=pl.lit(None, pl.String),
        standard_error=pl.lit(None, pl.Float64),
    )


def _register(index_id, position, evidence):
    rows = []
    for number, dimension in enumerate(("overall", "a", "b")):
        is_whole = number == 0
        rows.append(
            {
                "index_id": index_id,
                "dimension_id": dimension,
                "parent_id": None if is_whole else "overall",
                "grouping": "cuts" if is_whole else "quartiles",
                "group_cuts": "A:90;B:75" if is_whole else None,
                "aggregation": "sum" if is_whole else "none",
                "evidence": evidence,
                "merge_rule": "mean" if is_whole else "population",
                "position": position + number,
                "scale_min": 0.0,
                "scale_max": 120.0 if is_whole else 60.0,
                "interviews": 100.0,
                "design_effect": 1.5,
                "person_sd": 20.0,
                "correlation": 0.1 if is_whole else None,
                "profile": "chart",
                "name_vi": f"{index_id} {dimension}",
                "name_en": f"{index_id} {dimension}",
                "code": dimension,
                "decimals": 2,
                "decimals_exact": 4,
                "publisher": "nobody",
            }
        )
    return pl.DataFrame(rows, schema=_INDICES)


def _breaks(index_id):
    return pl.DataFrame(
        {
            "index_id": index_id,
            "dimension_id": ["a", "b"],
            "year": [2018, 2019],
            "kind": ["documented", "detected"],
            "effect": ["level", "order"],
            "scope": ["definition", "order"],
        }
    )


def _observations(indicator_id, provinces, seed, source):
    rng = np.random.default_rng(seed)
    rows = []
    for p in provinces:
        share, pace = rng.uniform(30, 60), rng.uniform(-1, 6)
        for t, year in enumerate(range(2018, 2024)):
            whole = float(rng.integers(2000, 9000))
            part = float(round(whole * np.clip(share + pace * t + rng.normal(0, 2), 1, 99) / 100))
            rows.append((p, indicator_id, date(year, 12, 31), round(100 * part / whole, 1), part, whole))
    names = ["province_id", "indicator_id", "as_of", "value", "numerator", "denominator"]
    return pl.DataFrame(rows, names, orient="row").with_columns(
        source_id=pl.lit(source),
        bound=pl.lit("="),
        printed=pl.col("value").cast(pl.String) + "%",
        status=pl.lit("reported"),
        locator=pl.lit("p1"),
    )


def _targets(indicator_id, rows, source):
    return pl.DataFrame(
        [(scope, indicator_id, due, value, mark) for scope, due, value, mark in rows],
        ["scope", "indicator_id", "due", "value", "comparator"],
        orient="row",
    ).with_columns(
        source_id=pl.lit(source), printed=pl.col("value").cast(pl.String) + "%", locator=pl.lit("p2")
    )


def _claims(index_id, province, source):
    rows = [
        ("rank", 2022, None, 3.0),
        ("rank", 2021, None, 5.0),
        ("places_gained", 2022, 2021, 2.0),
        ("region_rank", 2022, None, 1.0),
        ("score", 2022, None, 80.0),
    ]
    return pl.DataFrame(
        [
            {
                "claim_id": f"{province}-{quantity}-{year}",
                "province_id": province,
                "index_id": index_id,
                "dimension_id": "overall",
                "year": year,
                "from_year": before,
                "quantity": quantity,
                "value": value,
                "bound": "=",
                "n_ranked": None,
                "printed": f"{value:g}",
                "source_id": source,
            }
            for quantity, year, before, value in rows
        ],
        schema_overrides={"from_year": pl.Int64, "n_ranked": pl.Int64},
    )


def _places(ids, regions):
    return pl.DataFrame({"province_id": ids, "region_id": regions, "unit_2025_id": ids})


def _context(ids, years, seed):
    rng = np.random.default_rng(seed)
    rows = [
        (p, year, people, people * rng.uniform(0.1, 0.8), rng.uniform(30, 150))
        for p in ids
        for year in years
        for people in [rng.uniform(400, 8000)]
    ]
    names = ["province_id", "year", "population_thousand", "urban_population_thousand"]
    return pl.DataFrame(rows, [*names, "grdp_per_capita_million_vnd"], orient="row").with_columns(
        source_id=pl.lit("s-context")
    )


@cache
def world():
    """Return the first world."""
    places = _places(PROVINCES, [f"r{i % 3}" for i in range(14)])
    goals = [
        (LOCAL, date(2025, 12, 31), 90.0),
        ("p01", date(2025, 12, 31), 70.0),
        ("p02", date(2022, 12, 31), 40.0),
    ]
    return World(
        provinces=places.with_columns(
            unit_2025_id=pl.col("unit_2025_id").replace({"p01": "p00", "p04": "p03"})
        ),
        scores=pl.concat(
            [_scores("x", PROVINCES, YEARS, 1, "s-x"), _scores("y", PROVINCES, YEARS, 2, "s-y")]
        ),
        breaks=pl.concat([_breaks("x"), _breaks("y")]),
        indices=pl.concat([_register("x", 1, "documents"), _register("y", 11, "citizens")]),
        context=_context(PROVINCES, (2019, 2020), 3),
        indicators=pl.DataFrame(
            {
                "indicator_id": ["i", "d"],
                "direction": [1, -1],
                "merge_rule": ["denominator", "sum"],
            }
        ),
        observations=pl.concat(
            [_observations("i", REPORTING, 4, "s-i"), _observations("d", REPORTING[:6], 5, "s-d")]
        ),
        targets=pl.concat(
            [
                _targets("i", [(s, due, v, ">=") for s, due, v in goals], "s-goal"),
                _targets("d", [(s, due, v - 35, "<=") for s, due, v in goals], "s-goal"),
            ]
        ),
        claims=pl.concat([_claims("x", "p01", "s-claim"), _claims("y", "p02", "s-claim")]),
    )


@cache
def with_series(first):
    """Another index, all provinces and years, and another indicator with figures and targets."""
    return first.plus(
        scores=_scores(NEW, PROVINCES, YEARS, 11, "s-new"),
        breaks=_breaks(NEW),
        indices=_register(NEW, 21, "documents"),
        indicators=pl.DataFrame({"indicator_id": [NEW], "direction": [1], "merge_rule": ["none"]}),
        observations=_observations(NEW, REPORTING, 12, "s-new"),
        targets=_targets(NEW, [(LOCAL, date(2025, 12, 31), 80.0, ">=")], "s-new"),
        claims=_claims(NEW, "p03", "s-claim"),
    )


@cache
def with_province(first, region="r0", *, silent=False):
    """Another province with all that a province may have; a silent one is only in the register."""
    more = {"provinces": _places([NEW], [region])}
    if not silent:
        more |= {
            "scores": pl.concat([_scores(i, [NEW], YEARS, 21, "s-new") for i in ("x", "y")]),
            "context": _context([NEW], (2019, 2020), 22),
            "observations": pl.concat([_observations(i, [NEW], 23, "s-new") for i in ("i", "d")]),
            "targets": pl.concat(
                [
                    _targets(i, [(NEW, date(2025, 12, 31), 55.0, mark)], "s-new")
                    for i, mark in (("i", ">="), ("d", "<="))
                ]
            ),
            "claims": _claims("x", NEW, "s-claim"),
        }
    return first.plus(**more)


@cache
def with_target(first):
    """Other targets of the same indicators and provinces, due at another time."""
    due = date(2030, 12, 31)
    return first.plus(
        targets=pl.concat(
            [
                _targets("i", [(LOCAL, due, 99.0, ">="), ("p01", due, 95.0, ">=")], "s-new"),
                _targets("d", [(LOCAL, due, 5.0, "<="), ("p01", due, 9.0, "<=")], "s-new"),
            ]
        )
    )


@cache
def with_year(first):
    """A year after the last, of a new definition of every series."""
    later = max(YEARS) + 1
    series = first.scores.select("index_id", "dimension_id").unique().sort("index_id", "dimension_id")
    return first.plus(
        scores=pl.concat([_scores(i, PROVINCES, [later], 31 + n, "s-new") for n, i in enumerate(("x", "y"))]),
        breaks=series.with_columns(
            year=pl.lit(later, pl.Int64),
            kind=pl.lit("documented"),
            effect=pl.lit("order"),
            scope=pl.lit("definition"),
        ),
        context=_context(PROVINCES, (later,), 33),
    )


@cache
def shuffled(first, seed=7):
    """The same rows in another order, all tables."""
    return replace(
        first,
        **{f.name: getattr(first, f.name).sample(fraction=1, shuffle=True, seed=seed) for f in fields(first)},
    )


@cache
def scaled(first, k):
    """Every score and every share in another unit: k to the old one."""
    cut = (
        pl.col("group_cuts")
        .str.split(";")
        .list.eval(
            pl.element().str.extract(r"^(\w+):", 1)
            + ":"
            + (pl.element().str.extract(r":(.+)$", 1).cast(pl.Float64) * k).cast(pl.String)
        )
    )
    return first.changed(
        scores={"score": pl.col("score") * k},
        indices={
            "scale_max": pl.col("scale_max") * k,
            "person_sd": pl.col("person_sd") * k,
            "group_cuts": cut.list.join(";"),
        },
        observations={"value": pl.col("value") * k},
        targets={"value": pl.col("value") * k},
    )


@cache
def reversed_scores(first):
    """The best is the worst: every score as its distance from a number above all; parts still add up."""
    above = pl.when(pl.col("dimension_id") == "overall").then(200.0).otherwise(100.0)
    return first.changed(scores={"score": above - pl.col("score")})


@cache
def mirrored(first):
    """Every figure and target negative, and less is better where more was: the same facts, told otherwise."""
    other = {">=": "<=", "<=": ">="}
    return first.changed(
        observations={"value": -pl.col("value")},
        targets={"value": -pl.col("value"), "comparator": pl.col("comparator").replace(other)},
        indicators={"direction": -pl.col("direction")},
    )
