"""Would the standings of the past have foretold the next figures, and did the moves they flagged last?

For every year with at least 4 full tables before it, the model is fitted again on the figures up to the year
before (the *origin*) and its prediction is set against the figure that was published, standardised within its
year. Beside it stand three predictions that need no model: the last figure, the mean of all figures so far,
and Theil and Sen's line through them. The probability that is scored is one whose outcome is published: that
the next figure lies above the last one. (That a *standing* rose is never published; its calibration is a
matter of simulation.)

One thing is not of the past only: which years are breaks of order was judged with the years after them as
well. A break in the very year that is predicted is not foreseen, and such years are counted apart.

Provinces of one year share what happened in it, so that the rates rest on fewer facts than they have rows.

Reference: Gneiting and Raftery (2007), Strictly Proper Scoring Rules, Prediction, and Estimation, JASA
102(477).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from cds_analysis.dataset.series import FULL_FROM
from cds_analysis.errors import ParameterError
from cds_analysis.measures.standing import MIN_TABLES, standardised, standing

__all__ = ["SURE", "Backtest", "backtest_standing", "prediction_errors", "reliability", "undone_moves"]

SURE = 0.95
_SERIES = ["index_id", "dimension_id"]
_METHODS = ["standing", "last", "mean", "theil_sen"]
_REACH = {80: float(ndtri(0.9)), 95: float(ndtri(0.975))}


@dataclass(frozen=True)
class Backtest:
    """What :func:`backtest_standing` returns.

    Attributes
    ----------
    forecasts
        One row a province, origin and year ahead: ``index_id, dimension_id, province_id, origin, year,
        years_ahead, z`` (the figure published), predictions ``standing, last, mean, theil_sen`` of it,
        ``figure_se`` (of the model's), ``p_up`` (probability that the figure lies above the last), ``is_up``
        (it did), ``has_order_break`` (one between origin and year).
    moves
        One row a province and origin: ``first_year, origin, year`` (three in a row), ``z_first, z_origin,
        z_next``, ``standing_first, standing_origin, standing_next`` (foretold) and ``p_rise`` from first year
        to origin, all fitted up to the origin; ``has_order_break`` (at the origin or in the year after).
    """

    forecasts: pl.DataFrame
    moves: pl.DataFrame


def backtest_standing(
    scores: pl.DataFrame, breaks: pl.DataFrame, *, years_ahead: int = 2, full_from: int = FULL_FROM
) -> Backtest:
    """Fit standings on the past of every year that has one, set them against what came, and return both.

    `scores`, `breaks` and `full_from` as in :func:`~cds_analysis.measures.standing.standing`; `years_ahead`
    of at least 1. Figures of provinces that are missing in the year foretold are left out.

    Raises
    ------
    ParameterError
        When `years_ahead` is below 1 or no series has more than 4 full years.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> one = data.scores.filter(pl.col("dimension_id") == "participation", pl.col("year") < 2016)
    >>> backtest_standing(one, data.breaks, years_ahead=1).forecasts["origin"].unique().to_list()
    [2014]
    """
    if years_ahead < 1:
        raise ParameterError(f"years_ahead must be at least 1, not {years_ahead}")
    known = standardised(scores, full_from=full_from).drop_nulls("z")
    z_of = known.select(*_SERIES, "province_id", "year", "z")
    forecasts, moves = [], []
    for name, rows in sorted(known.group_by(_SERIES)):
        years = sorted(rows["year"].unique())
        cut = breaks.filter(pl.col("index_id") == name[0], pl.col("dimension_id") == name[1])
        for origin in years[MIN_TABLES - 1 : -1]:
            past = rows.filter(pl.col("year") <= origin)
            found = standing(
                past.drop("z"),
                cut.filter(pl.col("year") <= origin),
                full_from=full_from,
                years_ahead=years_ahead,
                draws=100,
            )
            plain = _plain_predictions(past, origin, years_ahead)
            forecasts.append(
                found.ahead.select(
                    *_SERIES, "province_id", "year", "years_ahead", "standing", "figure_se"
                ).join(plain, on=["province_id", "year"], validate="1:1")
            )
            before = found.positions.select(
                *_SERIES, "province_id", first_year="year", standing_first="standing"
            )
            at = found.positions.select(*_SERIES, "province_id", last_year="year", standing_origin="standing")
            moved = found.changes.filter(
                pl.col("first_year") == origin - 1, pl.col("last_year") == origin
            ).join(before, on=[*_SERIES, "province_id", "first_year"])
            after = found.ahead.filter(pl.col("years_ahead") == 1).select(
                *_SERIES, "province_id", standing_next="standing"
            )
            moves.append(
                moved.join(at, on=[*_SERIES, "province_id", "last_year"]).join(
                    after, on=[*_SERIES, "province_id"]
                )
            )
    if not forecasts:
        raise ParameterError(f"no series has more than {MIN_TABLES} full years to be tested on")
    order = breaks.filter(pl.col("effect").fill_null("order") == "order").select(*_SERIES, broken="year")
    return Backtest(_with_outcome(forecasts, z_of, order), _with_next(moves, z_of, order))


def _plain_predictions(past: pl.DataFrame, origin: int, years_ahead: int) -> pl.DataFrame:
    wide = past.pivot("year", index="province_id", values="z").sort("province_id")
    years = np.array([int(c) for c in wide.columns[1:]])
    z = wide.drop("province_id").to_numpy().astype(float)
    with np.errstate(invalid="ignore"):
        pairs = list(combinations(range(len(years)), 2))
        slopes = np.stack([(z[:, j] - z[:, i]) / (years[j] - years[i]) for i, j in pairs], axis=1)
    here = ~np.isnan(z[:, years.argmax()])
    z, slope = z[here], np.nan_to_num(np.nanmedian(slopes[here], axis=1))
    level = np.nanmedian(z - slope[:, None] * (years - origin), axis=1)
    frames = [
        pl.DataFrame(
            {
                "province_id": wide["province_id"].filter(pl.Series(here)),
                "origin": [origin] * len(z),
                "year": [origin + k] * len(z),
                "last": z[:, years.argmax()],
                "mean": np.nanmean(z, axis=1),
                "theil_sen": level + slope * k,
            }
        )
        for k in range(1, years_ahead + 1)
    ]
    return pl.concat(frames)


def _with_outcome(parts: list[pl.DataFrame], z_of: pl.DataFrame, order: pl.DataFrame) -> pl.DataFrame:
    rows = pl.concat(parts).join(z_of, on=[*_SERIES, "province_id", "year"], validate="m:1")
    p_up = ndtr(((rows["standing"] - rows["last"]) / rows["figure_se"]).to_numpy())
    return _mark(
        rows.with_columns(p_up=pl.Series(p_up), is_up=pl.col("z") > pl.col("last")), order, "origin", "year"
    )


def _with_next(parts: list[pl.DataFrame], z_of: pl.DataFrame, order: pl.DataFrame) -> pl.DataFrame:
    rows = pl.concat(parts).select(
        *_SERIES,
        "province_id",
        "first_year",
        "standing_first",
        "standing_origin",
        "standing_next",
        "p_rise",
        origin="last_year",
        year=pl.col("last_year") + 1,
    )
    for when, what in (("first_year", "z_first"), ("origin", "z_origin"), ("year", "z_next")):
        rows = rows.join(
            z_of.rename({"year": when, "z": what}), on=[*_SERIES, "province_id", when], validate="m:1"
        )
    return _mark(rows, order, "first_year", "year")


def _mark(rows: pl.DataFrame, order: pl.DataFrame, after: str, until: str) -> pl.DataFrame:
    """Say whether a break of order lies after one year and not later than another."""
    spans = rows.select(*_SERIES, after, until).unique().join(order, on=_SERIES)
    hit = spans.filter(pl.col("broken") > pl.col(after), pl.col("broken") <= pl.col(until))
    hit = hit.select(*_SERIES, after, until, has_order_break=pl.lit(True)).unique()
    return (
        rows.join(hit, on=[*_SERIES, after, until], how="left", validate="m:1")
        .with_columns(pl.col("has_order_break").fill_null(False))
        .sort(*_SERIES, until, "province_id", after)
    )


def prediction_errors(forecasts: pl.DataFrame, *, by: list[str] | None = None) -> pl.DataFrame:
    """Summarise forecasts by `by` (``years_ahead`` by default).

    Returns
    -------
    polars.DataFrame
        `by`, ``n`` (figures), ``mae_`` and ``rmse_`` of ``standing, last, mean, theil_sen`` (standard
        deviations between provinces), ``less_error_pct`` (mean absolute error of the model below that of
        "same as last year", positive where the model is better), ``held_80, held_95`` (shares of figures
        inside the bands), ``brier, log_score`` of p_up (smaller is better for both; 0.25 and 0.69 for always
        one half).

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {
    ...         "years_ahead": 1,
    ...         "z": [1.0, -1.0],
    ...         "standing": [0.5, 0.0],
    ...         "last": [0.0, 0.0],
    ...         "mean": 0.0,
    ...         "theil_sen": 0.0,
    ...         "figure_se": 1.0,
    ...         "p_up": [0.7, 0.5],
    ...         "is_up": [True, False],
    ...     }
    ... )
    >>> prediction_errors(rows).select("n", "mae_standing", "less_error_pct", "brier").row(0)
    (2, 0.75, 25.0, 0.17)
    """
    by = ["years_ahead"] if by is None else by
    off = {m: pl.col(m) - pl.col("z") for m in _METHODS}
    inside = {c: (off["standing"].abs() <= r * pl.col("figure_se")).mean() for c, r in _REACH.items()}
    p = pl.when("is_up").then("p_up").otherwise(1 - pl.col("p_up"))
    return (
        forecasts.group_by(by)
        .agg(
            n=pl.len(),
            **{f"mae_{m}": off[m].abs().mean() for m in _METHODS},
            **{f"rmse_{m}": (off[m] ** 2).mean().sqrt() for m in _METHODS},
            **{f"held_{c}": share for c, share in inside.items()},
            brier=((1 - p) ** 2).mean(),
            log_score=-p.log().mean(),
        )
        .with_columns(less_error_pct=100 * (1 - pl.col("mae_standing") / pl.col("mae_last")))
        .sort(by)
    )


def reliability(forecasts: pl.DataFrame) -> pl.DataFrame:
    """Return how often the next figure was higher, by tenths of the probability that was said.

    Returns
    -------
    polars.DataFrame
        ``said`` (mean probability of the tenth), ``happened`` (share that rose), ``n``; one year ahead only.

    Examples
    --------
    >>> rows = pl.DataFrame({"years_ahead": 1, "p_up": [0.71, 0.79, 0.2], "is_up": [True, False, False]})
    >>> reliability(rows).rows()
    [(0.2, 0.0, 1), (0.75, 0.5, 2)]
    """
    near = forecasts.filter(pl.col("years_ahead") == 1)
    tenth = (pl.col("p_up") * 10 + 1e-9).floor().clip(0, 9)
    binned = near.group_by(_tenth=tenth).agg(
        said=pl.col("p_up").mean(), happened=pl.col("is_up").mean(), n=pl.len()
    )
    return binned.sort("_tenth").drop("_tenth")


def undone_moves(moves: pl.DataFrame, *, sure: float = SURE) -> pl.DataFrame:
    """Return how much of the moves that the model is sure of was undone the year after.

    A move is a rise with ``p_rise`` above `sure` or a fall with less than 1 - `sure`. For comparison as many
    of the largest moves of the figures alone (``raw``).

    Returns
    -------
    polars.DataFrame
        ``which`` (``sure``, ``raw``), ``n``, ``share_undone`` (of the sum of their moves in figures, what the
        next figures took back), ``share_kept_of_estimate`` (of the sum of the estimated changes of standing,
        what the next figures still show), ``share_foretold`` (what the model said they would; the two agree
        where it is right) and ``share_reversed`` (of the moves, those after which the figure is back beyond
        the start). No row without a move.

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {
    ...         "z_first": [0.0],
    ...         "z_origin": [2.0],
    ...         "z_next": [1.5],
    ...         "standing_first": 0.1,
    ...         "standing_origin": 1.5,
    ...         "standing_next": 1.4,
    ...         "p_rise": 0.97,
    ...     }
    ... )
    >>> undone_moves(rows).select("which", "n", "share_undone", "share_kept_of_estimate").row(0)
    ('sure', 1, 0.25, 1.0)
    """
    sign = pl.col("z_origin") - pl.col("z_first")
    rows = moves.with_columns(size=sign.abs(), way=sign.sign())
    p_move = pl.max_horizontal("p_rise", 1 - pl.col("p_rise"))  # a fall is judged as a rise is, to the bit
    flagged = rows.filter(p_move > sure).with_columns(way=(pl.col("p_rise") - 0.5).sign())
    raw = rows.sort("size", descending=True).head(flagged.height)
    out = [
        chosen.select(
            which=pl.lit(which),
            n=pl.len(),
            share_undone=1
            - (pl.col("way") * (pl.col("z_next") - pl.col("z_first"))).sum()
            / (pl.col("way") * (pl.col("z_origin") - pl.col("z_first"))).sum(),
            share_kept_of_estimate=(pl.col("way") * (pl.col("z_next") - pl.col("standing_first"))).sum()
            / (pl.col("way") * (pl.col("standing_origin") - pl.col("standing_first"))).sum(),
            share_foretold=(pl.col("way") * (pl.col("standing_next") - pl.col("standing_first"))).sum()
            / (pl.col("way") * (pl.col("standing_origin") - pl.col("standing_first"))).sum(),
            share_reversed=(pl.col("way") * (pl.col("z_next") - pl.col("z_first")) < 0).mean(),
        )
        for which, chosen in (("sure", flagged), ("raw", raw))
        if chosen.height
    ]
    schema = {
        "which": pl.String,
        "n": pl.UInt32,
        **dict.fromkeys(
            ["share_undone", "share_kept_of_estimate", "share_foretold", "share_reversed"], pl.Float64
        ),
    }
    return pl.concat(out) if out else pl.DataFrame(schema=schema)
