"""Rules for records about figures: claims, conflicts, sources, the release, what was accepted."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.checks.finding import ERROR, FOUND, WARNING, found, numbered, rule, said
from cds_analysis.dataset.checks.rankings import SERIES, TABLE, scales
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.schemas import TABLES

_LATEST_AFTER_DAYS = 731


@rule("claim-impossible", ERROR, "Claim that cannot be", "claims")
def claim_impossible(data: Dataset, table: str) -> pl.DataFrame:
    """A claimed rank is a whole number from 1 to the number ranked, a claimed change goes from an earlier to
    a later year, a claimed score lies on the scale.
    """
    rows = numbered(data.claims).join(scales(data), on=SERIES, how="left", maintain_order="left")
    most = pl.coalesce("n_ranked", pl.lit(data.provinces.height, pl.Int64))
    value, what = pl.col("value"), pl.col("quantity")
    rank = what.is_in(["rank", "region_rank"]) & ((value < 1) | (value > most))
    part = (what != "score") & (value != value.round())
    score = (what == "score") & ((value < pl.col("low")) | (value > pl.col("high")))
    moved = (what == "places_gained") & (value.abs() >= most)
    change = (pl.col("from_year") >= pl.col("year")) | (
        pl.col("from_year").is_null() == (what == "places_gained")
    )
    return pl.concat(
        [
            found(rows.filter(rank | part | score | moved), "value", "a figure that can be"),
            found(rows.filter(change), "from_year", "an earlier year, for a change alone"),
        ]
    )


@rule("claim-contradicted", WARNING, "Claim that the scores contradict, and no conflict on record", "claims")
def claim_contradicted(data: Dataset, table: str) -> pl.DataFrame:
    """A claimed rank or score is the one on record, to the decimals claimed; a claimed change is the
    difference of the two ranks on record; or a row of conflicts says why not. A change carries its sign in
    printed ('giảm' is a fall).
    """
    ranks = data.scores.select(*TABLE, "province_id", "score", "rank")
    rows = numbered(data.claims).join(ranks, on=[*TABLE, "province_id"], how="left", maintain_order="left")
    before = ranks.select(*SERIES, "province_id", from_year="year", rank_before="rank")
    rows = rows.join(before, on=[*SERIES, "province_id", "from_year"], how="left", maintain_order="left")
    told = data.conflicts.filter(pl.col("table") == "claims")["key"].implode()
    what, value = pl.col("quantity"), pl.col("value")
    on_record = (
        pl.when(what == "rank")
        .then(pl.col("rank").cast(pl.Float64))
        .when(what == "score")
        .then(pl.col("score"))
        .when(what == "places_gained")
        .then((pl.col("rank_before") - pl.col("rank")).cast(pl.Float64))
    )
    rows = rows.with_columns(on_record=on_record)
    off = (
        pl.when(pl.col("bound") == "<=")
        .then(pl.col("on_record") > value)
        .otherwise((pl.col("on_record") - value).abs() > 0.005)
    )
    wrong = rows.filter(off & ~pl.col("claim_id").is_in(told))
    return found(wrong, "value", said("{} as on record, or a row in conflicts.csv", "on_record"))


@rule("claim-named-otherwise", WARNING, "Claim whose name says another province or year", "claims")
def claim_named_otherwise(data: Dataset, table: str) -> pl.DataFrame:
    """claim_id starts with the id of the province and holds the year, as `cds add` names claims."""
    rows, name = numbered(data.claims), pl.col("claim_id")
    whose = found(
        rows.filter(~name.str.starts_with(pl.col("province_id"))),
        "province_id",
        said("the province in {}", "claim_id"),
    )
    when = rows.filter(~name.str.contains(pl.col("year").cast(pl.String), literal=True))
    return pl.concat([whose, found(when, "year", said("the year in {}", "claim_id"))])


@rule("claim-not-on-record", WARNING, "Claimed rank that no score row holds", "claims")
def claim_not_on_record(data: Dataset, table: str) -> pl.DataFrame:
    """A rank that an article claims exactly is also on record in scores."""
    rows = numbered(data.claims).filter(pl.col("quantity").is_in(["rank", "score"]), pl.col("bound") == "=")
    lost = rows.join(data.scores, on=[*TABLE, "province_id"], how="anti")
    return found(lost, "year", "a province and year with a row in scores")


@rule("conflict-stale", WARNING, "Conflict about a figure that is not on record", "conflicts")
def conflict_stale(data: Dataset, table: str) -> pl.DataFrame:
    """The row that a conflict names is on record, with the figure that was chosen ('-' for none), which is
    not the other.
    """
    rows = []
    for number, row in enumerate(data.conflicts.iter_rows(named=True)):
        there = _rows_of(data, row["table"], row["key"])
        if not there:
            rows.append((number, "key", row["key"], f"the key of a row of {row['table']}"))
        # A claim stays as the article prints it; what was chosen there is the record's figure.
        elif row["table"] != "claims" and not any(_says(r.get(row["column"]), row["chosen"]) for r in there):
            kept = there[0].get(row["column"])
            rows.append((number, "chosen", row["chosen"], f"{kept}, the figure on record"))
        if row["chosen"] == row["other"]:
            rows.append((number, "other", row["other"], "another figure than the one chosen"))
    return pl.DataFrame(rows, schema=FOUND, orient="row")


def _rows_of(data: Dataset, table: str, key: str) -> list[dict]:
    """Return the rows that a conflict speaks of, whatever their source."""
    keys = [k for k in TABLES[table].primary_key() if k != "source_id"]
    values = key.split("/")
    if len(values) != len(keys):
        return []
    same = [pl.col(k).cast(pl.String) == v for k, v in zip(keys, values)]
    first = getattr(data, table).filter(same[-1])  # the province or claim: few rows to look through
    return first.filter(*same).to_dicts()


def _says(value: object, chosen: str) -> bool:
    if value is None or chosen == "-":
        return value is None and chosen == "-"
    try:
        return float(chosen) == float(str(value))
    except ValueError:
        return chosen == str(value)


@rule("source-unused", WARNING, "Source that no figure names", "sources")
def source_unused(data: Dataset, table: str) -> pl.DataFrame:
    """Every source is named by a row of another table."""
    used = pl.concat(
        [
            getattr(data, t).select("source_id")
            for t in TABLES
            if t != "sources" and "source_id" in getattr(data, t).columns
        ]
    )
    return found(
        numbered(data.sources).join(used.unique(), on="source_id", how="anti"),
        "source_id",
        "a source that a figure names",
    )


@rule("source-dates", WARNING, "Source with a date that does not fit", "sources")
def source_dates(data: Dataset, table: str) -> pl.DataFrame:
    """A source is published until it is accessed and within two years of data_date, and not more than three
    years after the newest figure that it alone is there for (observations).
    """
    rows = numbered(data.sources)
    newest = data.observations.group_by("source_id").agg(newest=pl.col("as_of").max())
    late = pl.lit(data.judged_on) + pl.duration(days=_LATEST_AFTER_DAYS)
    rows = rows.join(newest, on="source_id", how="left", maintain_order="left")
    wrong = rows.filter(
        (pl.col("published") > pl.col("accessed"))
        | (pl.col("published") > late)
        | (pl.col("accessed") > late + pl.duration(days=3650))
        | (pl.col("published") > pl.col("newest") + pl.duration(days=3 * 366))
    )
    return found(wrong, "published", "a day until it was accessed, near its figures and the data_date")


@rule("source-twice", WARNING, "One address for two sources", "sources")
def source_twice(data: Dataset, table: str) -> pl.DataFrame:
    """Two sources do not share a file, nor the address of a page (a site's front page may stand for many)."""
    page = pl.when(pl.col("url").str.contains(r"^https?://[^/]+/.")).then("url")
    rows = numbered(data.sources).with_columns(url=page)
    return pl.concat(
        [
            found(rows.drop_nulls(c).filter(pl.col(c).is_duplicated()), c, "an address of its own")
            for c in ("url", "file")
        ]
    )


@rule("source-address", ERROR, "Address that is none", "sources")
def source_address(data: Dataset, table: str) -> pl.DataFrame:
    """An address starts with http:// or https:// and has no space."""
    rows = numbered(data.sources).drop_nulls("url")
    return found(
        rows.filter(~pl.col("url").str.contains(r"^https?://[^\s]+$")),
        "url",
        "an address such as https://example.org/page",
    )


@rule("release-far-ahead", WARNING, "Date of the data far from its figures", "release")
def release_far_ahead(data: Dataset, table: str) -> pl.DataFrame:
    """data_date is at most two years after the newest figure: the day that everything is judged on must not
    rest on a slip of the pen.
    """
    years = [getattr(data, t)["year"].max() for t in ("scores", "unit_scores")]
    dates = [pl.Series([f"{y}-12-31"]).str.to_date().item() for y in years if y is not None and y < 9999]
    reported = (data.observations["as_of"].max(), data.area_observations["as_of"].max())
    dates += [d for d in reported if d is not None]
    if not dates:
        return pl.DataFrame(schema=FOUND)
    newest = max(dates)
    wrong = numbered(data.release).filter(
        (pl.col("data_date") - pl.lit(newest)).dt.total_days() > _LATEST_AFTER_DAYS
    )
    return found(wrong, "data_date", f"a day near {newest}, the newest figure")
