"""Do the articles' claims hold? Rankings against the published figures, ratios against their own numerator
and denominator.

A claim is *confirmed* or *contradicted* only by a figure of another source: an article cannot confirm
itself, nor can a rank that was read from the same article. Without one it is *not checkable*, which says
nothing about whether it is true. Figures are compared at the precision in which the claim is printed.
"""

from __future__ import annotations

import polars as pl

__all__ = ["CLAIM_VERDICTS", "check_claims", "check_ratios"]

CLAIM_VERDICTS = ("confirmed", "contradicted", "not_checkable")


def check_claims(claims: pl.DataFrame, ranked: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    """Set each claim about a ranking against the figures on record.

    Parameters
    ----------
    claims, provinces
        The tables of that name.
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`.

    Returns
    -------
    polars.DataFrame
        `claims` with ``found`` (the figure on record; places gained and rank within the region are computed
        from it), ``found_source_ids``, ``verdict`` (one of :data:`CLAIM_VERDICTS`), ``reason`` (same_source,
        no_figure, region_incomplete, number_ranked where the rank is right and the number of provinces ranked
        is another, or null).

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> checked = check_claims(data.claims, ranks(data.scores, data.breaks, data.indices), data.provinces)
    >>> checked.filter(pl.col("claim_id") == "thua-thien-hue-papi-2023-gain").select(
    ...     "value", "found", "verdict"
    ... ).rows()
    [(5.0, 4.0, 'contradicted')]
    """
    region = dict(provinces.select("province_id", "region_id").iter_rows())
    figures = {
        (r["index_id"], r["dimension_id"], r["year"], r["province_id"]): r
        for r in ranked.iter_rows(named=True)
    }
    rows = [_check(c, figures, region) for c in claims.iter_rows(named=True)]
    schema = {
        "found": pl.Float64,
        "found_source_ids": pl.List(pl.String),
        "verdict": pl.String,
        "reason": pl.String,
    }
    return pl.concat([claims, pl.DataFrame(rows, schema=schema, orient="row")], how="horizontal")


def _check(claim: dict, figures: dict, region: dict) -> tuple:
    table = (claim["index_id"], claim["dimension_id"])
    own = figures.get((*table, claim["year"], claim["province_id"]))
    used, found, reason = [own], None, None
    if claim["quantity"] == "places_gained":
        used = [own, figures.get((*table, claim["from_year"], claim["province_id"]))]
        now, before = used
        if now and before and now["rank"] and before["rank"]:
            found = before["rank"] - now["rank"]
    elif claim["quantity"] == "region_rank":
        found, used, reason = _within_region(claim, table, figures, region)
    elif own:
        found = own[claim["quantity"]]
    sources = sorted({r["source_id"] for r in used if r})
    if found is None:
        return None, sources, "not_checkable", reason or "no_figure"
    if claim["source_id"] in sources:
        return float(found), sources, "not_checkable", "same_source"
    decimals = len(claim["printed"].rstrip("%").partition(",")[2]) if claim["quantity"] == "score" else 0
    holds = (
        round(found, decimals) <= claim["value"]
        if claim["bound"] == "<="
        else round(found, decimals) == claim["value"]
    )
    counted = own.get("n_ranked") if own and claim["quantity"] == "rank" else None
    said = claim.get("n_ranked")
    if holds and counted is not None and said is not None and counted != said:
        return float(found), sources, "contradicted", "number_ranked"
    return float(found), sources, "confirmed" if holds else "contradicted", None


def _within_region(claim: dict, table: tuple, figures: dict, region: dict) -> tuple:
    """Rank a province within its region; a better neighbour on record refutes a claim even when others are
    missing.
    """
    mates = [p for p, r in region.items() if r == region[claim["province_id"]]]
    rows = [figures.get((*table, claim["year"], p)) for p in mates]
    known = [r for r in rows if r and r["rank"]]
    own = next((r for r in known if r["province_id"] == claim["province_id"]), None)
    if own is None:
        return None, rows, "no_figure"
    place = 1 + sum(r["rank"] < own["rank"] for r in known)
    if len(known) < len(mates) and place <= claim["value"]:
        return None, known, "region_incomplete"
    return place, known, None


def check_ratios(observations: pl.DataFrame) -> pl.DataFrame:
    """Recompute every share that a source prints beside its numerator and denominator.

    Shares that were themselves derived from the fraction (``status`` derived) are left out: they would only
    confirm themselves.

    Returns
    -------
    polars.DataFrame
        Those observations, and ``computed`` (percent, not rounded), ``decimals`` (of the value on record),
        ``verdict`` (confirmed when it rounds to the value, else contradicted).

    Examples
    --------
    >>> row = {
    ...     "province_id": "p",
    ...     "value": 97.7,
    ...     "numerator": 168014.0,
    ...     "denominator": 171997.0,
    ...     "status": "reported",
    ... }
    >>> check_ratios(pl.DataFrame([row])).select("decimals", "verdict").rows()
    [(1, 'confirmed')]
    """
    fractions = observations.filter((pl.col("denominator") > 0) & (pl.col("status") == "reported"))
    decimals = (
        pl.col("value")
        .cast(pl.String)
        .str.extract(r"\.(\d*[1-9])", 1)
        .str.len_chars()
        .fill_null(0)
        .cast(pl.Int64)
    )
    computed = 100 * pl.col("numerator") / pl.col("denominator")
    half_unit = 0.5 * 10.0 ** (-decimals) + 1e-9
    verdict = (
        pl.when((computed - pl.col("value")).abs() <= half_unit)
        .then(pl.lit("confirmed"))
        .otherwise(pl.lit("contradicted"))
    )
    return fractions.with_columns(computed=computed, decimals=decimals, verdict=verdict)
