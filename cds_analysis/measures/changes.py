"""Is this rise real? The change of every province's standing between two years, with its probability and a
test.

Two answers stand beside each other, because they answer two questions.

*How likely is it that the standing rose?* ``p_rise``, from the pooled model of
:mod:`cds_analysis.measures.standing`: a probability for each province, whatever the others did.

*Could the figures have come about without any change?* ``p_value``: how often figures at least so far from no
step would be seen if the standing of the later year were that of the earlier one and only noise, of the size
estimated from all provinces, differed (:func:`cds_analysis.measures.state_space.step_statistics`). It is read
off a Student t whose tails are those of all other surprises of the series
(:mod:`cds_analysis.measures.tails`). All provinces are looked at together, so one in twenty would pass by
chance: ``p_adjusted`` is corrected by Benjamini and Hochberg's procedure over the provinces of the series (of
those that it lets through at 0.05, one in twenty is expected to be none), ``p_holm`` by Holm's (which guards
against a single one).

A change is *likely* where its probability is at least 0.8, and *holds* where ``p_adjusted`` is at most 0.05
besides. Neither alone is enough: a likely change is more often real than not, but among many provinces some
will not be; and a figure too far off for noise may still be more like noise than like a standing that moved,
where standings hardly move.

Nothing is said across a year in which the order was redrawn (a rise may be one of what is measured), without
a figure in both years, or where noise could not be told from moves of one year: its share must be estimated
at two standard errors from none at least.

A redrawn order that nobody recorded looks like moves of many provinces. ``order_z`` says by how many standard
errors less of the order was kept between the last of the two years and the year before it than usual
(:mod:`cds_analysis.measures.breaks`); below -1.645 the moves may be one of what is measured.

Series with breaks that were detected, not documented, are judged a second time with the documented breaks
alone; ``depends_on_detected`` says whether the verdict is another.

References: Harvey and Koopman (1992), Diagnostic Checking of Unobserved-Components Time Series Models, JBES
10(4); Benjamini and Hochberg (1995); Holm (1979).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cds_analysis.errors import ParameterError
from cds_analysis.measures.breaks import order_breaks
from cds_analysis.measures.corrections import benjamini_hochberg, holm
from cds_analysis.measures.standing import Standing
from cds_analysis.measures.state_space import Estimate, step_statistics, surprises
from cds_analysis.measures.tails import freedom_of, two_sided

__all__ = [
    "CHANGES",
    "HOLDS_AT",
    "LIKELY_FROM",
    "REASONS",
    "VERDICTS",
    "documented_only",
    "is_separated",
    "judge_changes",
    "newest_pairs",
]

HOLDS_AT = 0.05  # share of the changes let through that may be none
LIKELY_FROM = 0.80  # four times in five
_CLEAR = 2.0  # standard errors of the noise share from none
VERDICTS = ("risen", "fallen", "likely_risen", "likely_fallen", "not_told_apart", "cannot_say")
REASONS = ("missing_figure", "redrawn_order", "noise_not_separated")
_SERIES = ["index_id", "dimension_id"]


def documented_only(breaks: pl.DataFrame) -> pl.DataFrame:
    """Return the breaks that somebody wrote down; those found in the figures alone are left out.

    Returns
    -------
    polars.DataFrame
        The rows of `breaks` whose ``kind`` is not ``detected``.

    Examples
    --------
    >>> documented_only(pl.DataFrame({"year": [2018, 2021], "kind": ["documented", "detected"]}))[
    ...     "year"
    ... ].to_list()
    [2018]
    """
    return breaks.filter(pl.col("kind") != "detected")


def newest_pairs(found: Standing) -> pl.DataFrame:
    """Find the last two full years of each series with a standing.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year_from, year_to``.

    Examples
    --------
    >>> from cds_analysis import load, standing
    >>> data = load()
    >>> newest_pairs(standing(data.scores.filter(pl.col("index_id") == "pci"), data.breaks)).row(0)[2:]
    (2015, 2016)
    """
    years = found.positions.select(*_SERIES, "year").unique().sort("year", descending=True)
    pairs = years.group_by(_SERIES).agg(year_to=pl.col("year").first(), year_from=pl.col("year").get(1))
    return pairs.select(*_SERIES, "year_from", "year_to").sort(_SERIES)


def judge_changes(
    found: Standing,
    *,
    year_from: int | None = None,
    year_to: int | None = None,
    documented: Standing | None = None,
) -> pl.DataFrame:
    """Judge the change of every province between two years of every series.

    Parameters
    ----------
    found
        From :func:`~cds_analysis.measures.standing.standing`.
    year_from, year_to
        The two years; by default the last two full ones of each series. Series without both are left out.
    documented
        The same, from :func:`documented_only` breaks; without it, ``verdict_documented`` is the verdict.

    Returns
    -------
    polars.DataFrame
        One row a province with a figure in either year: ``index_id, dimension_id, province_id, year_from,
        year_to``; ``figure_rank_from, figure_rank_to, places_gained`` (positive for a rise, ranks of the
        figures, 1 is best), ``rank_from, rank_to`` (likely ranks of the standings); ``change, change_se,
        p_rise`` (of the standing, in standard deviations between provinces, positive for a rise); ``test_z,
        p_value, p_adjusted, p_holm, n_tested, freedom`` (of the t that p is read off); ``n_order_breaks``
        between; ``order_z``; ``verdict`` (one of VERDICTS), ``reason`` (one of REASONS where it is
        cannot_say, else null); ``verdict_documented, depends_on_detected``. Sorted by series and ``test_z``,
        largest rise first.

    Raises
    ------
    ParameterError
        When only one year is given, they are not in order, or no series has both.

    Examples
    --------
    >>> from cds_analysis import load, standing
    >>> data = load()
    >>> found = standing(data.scores.filter(pl.col("dimension_id") == "control_of_corruption"), data.breaks)
    >>> judge_changes(found).select("province_id", pl.col("p_rise", "p_adjusted").round(3), "verdict").row(0)
    ('tay-ninh', 0.922, 0.048, 'risen')
    """
    pairs = newest_pairs(found)
    if (year_from is None) != (year_to is None):
        raise ParameterError(
            "year_from and year_to go together: both, or neither for the last two full years"
        )
    if year_from is not None and year_to is not None:
        if year_from >= year_to:
            raise ParameterError(f"year_from must be before year_to, not {year_from} and {year_to}")
        years = found.positions.select(*_SERIES, "year").unique()
        both = years.filter(pl.col("year").is_in([year_from, year_to])).group_by(_SERIES).len()
        pairs = both.filter(pl.col("len") == 2).select(
            *_SERIES, year_from=pl.lit(year_from, pl.Int64), year_to=pl.lit(year_to, pl.Int64)
        )
        if not pairs.height:
            raise ParameterError(f"no series has a standing of both {year_from} and {year_to}")
    parts = [_judged(found, *row) for row in pairs.sort(_SERIES).iter_rows()]
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=CHANGES)
    other = rows if documented is None else judge_changes(documented, year_from=year_from, year_to=year_to)
    key = [*_SERIES, "province_id", "year_from", "year_to"]
    return rows.join(
        other.select(*key, verdict_documented="verdict"), on=key, how="left", validate="1:1"
    ).with_columns(depends_on_detected=pl.col("verdict").ne_missing(pl.col("verdict_documented")))


def _judged(found: Standing, index_id: str, dimension_id: str, year_from: int, year_to: int) -> pl.DataFrame:
    mine = (pl.col("index_id") == index_id) & (pl.col("dimension_id") == dimension_id)
    positions, about = found.positions.filter(mine), found.parameters.filter(mine).row(0, named=True)
    ends = [
        positions.filter(pl.col("year") == year).select(
            "province_id",
            pl.col("figure_rank").alias(f"figure_rank_{end}"),
            pl.col("median_rank").alias(f"rank_{end}"),
        )
        for end, year in (("from", year_from), ("to", year_to))
    ]
    rows = ends[0].join(ends[1], on="province_id", how="full", coalesce=True, validate="1:1")
    changed = found.changes.filter(mine, pl.col("first_year") == year_from, pl.col("last_year") == year_to)
    is_known = about["status"] == "fitted" and is_separated(about["noise_share"], about["signal_share_se"])
    tested = _tests(positions, about, year_from, year_to)
    kept = order_breaks(positions.select(*_SERIES, "year", "province_id", score="z"), full_from=2)
    order_z = kept.filter(pl.col("year") == year_to)["order_z"].to_list() or [None]
    rows = (
        rows.join(
            changed.drop(*_SERIES, "first_year", "last_year"), on="province_id", how="left", validate="1:1"
        )
        .join(tested, on="province_id", how="left", validate="1:1")
        .with_columns(
            index_id=pl.lit(index_id),
            dimension_id=pl.lit(dimension_id),
            year_from=pl.lit(year_from, pl.Int64),
            year_to=pl.lit(year_to, pl.Int64),
            order_z=pl.lit(order_z[0], pl.Float64),
            places_gained=pl.col("figure_rank_from") - pl.col("figure_rank_to"),
            reason=pl.when(pl.col("change").is_null())
            .then(pl.lit("missing_figure"))
            .when(pl.col("n_order_breaks") > 0)
            .then(pl.lit("redrawn_order"))
            .when(pl.lit(not is_known))
            .then(pl.lit("noise_not_separated")),
        )
    )
    holds = pl.col("p_adjusted") <= HOLDS_AT
    up, down = pl.col("p_rise") >= LIKELY_FROM, 1 - pl.col("p_rise") >= LIKELY_FROM
    steps = (
        (pl.col("reason").is_not_null(), "cannot_say"),
        (holds & up, "risen"),
        (holds & down, "fallen"),
        (up, "likely_risen"),
        (down, "likely_fallen"),
    )
    verdict = pl.when(False).then(pl.lit(""))
    for condition, name in steps:
        verdict = verdict.when(condition).then(pl.lit(name))
    judged = rows.with_columns(verdict=verdict.otherwise(pl.lit("not_told_apart")))
    return judged.select(pl.col(name).cast(dtype) for name, dtype in CHANGES.items()).sort(
        "test_z", "province_id", descending=[True, False], nulls_last=True
    )


def is_separated(noise_share: float, error: float | None) -> bool:
    """Return whether noise is told from moves of one year: two standard errors from none.

    Examples
    --------
    >>> is_separated(0.3, 0.03), is_separated(0.07, 0.07), is_separated(0.0, None)
    (True, False, False)
    """
    return error is not None and noise_share > _CLEAR * error


def _tests(positions: pl.DataFrame, about: dict, year_from: int, year_to: int) -> pl.DataFrame:
    """Return ``province_id, test_z, p_value, p_adjusted, p_holm, n_tested`` of the provinces with both
    figures.
    """
    wide = positions.pivot("year", index="province_id", values="z").sort("province_id")
    years = list(range(about["first_year"], about["last_year"] + 1))
    z = np.full((wide.height, len(years)), np.nan)
    for column in wide.columns[1:]:
        z[:, int(column) - years[0]] = wide[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    known = Estimate(
        about["phi"], about["signal_share"], about["kappa"], (None, None, None), about["log_likelihood"], True
    )
    is_break = np.isin(years, about["order_break_years"])
    away = step_statistics(z, is_break, known, year_from - years[0], year_to - years[0])
    both = ~np.isnan(away)
    others = surprises(z, is_break, known)
    others[:, 0] = others[:, year_from - years[0] + 1 : year_to - years[0] + 1] = np.nan
    freedom = freedom_of(others)
    p = two_sided(away[both], freedom)
    return (
        wide.select("province_id")
        .filter(pl.Series(both))
        .with_columns(
            test_z=pl.Series(away[both]),
            p_value=pl.Series(p),
            p_adjusted=pl.Series(benjamini_hochberg(p)),
            p_holm=pl.Series(holm(p)),
            n_tested=pl.lit(int(both.sum())),
            freedom=pl.lit(freedom),
        )
    )


CHANGES = {
    **dict.fromkeys([*_SERIES, "province_id"], pl.String),
    **dict.fromkeys(
        [
            "year_from",
            "year_to",
            "figure_rank_from",
            "figure_rank_to",
            "places_gained",
            "rank_from",
            "rank_to",
        ],
        pl.Int64,
    ),
    **dict.fromkeys(
        ["change", "change_se", "p_rise", "test_z", "p_value", "p_adjusted", "p_holm", "freedom", "order_z"],
        pl.Float64,
    ),
    **dict.fromkeys(["n_tested", "n_order_breaks"], pl.Int64),
    **dict.fromkeys(["verdict", "reason"], pl.String),
}
