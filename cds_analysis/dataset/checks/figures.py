"""Rules for single figures with a unit: observations, targets, context."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from cds_analysis.dataset.checks.finding import ERROR, FOUND, WARNING, found, numbered, rule, said
from cds_analysis.dataset.load import Dataset

VALUED = ("observations", "targets")
_NUMBER = re.compile(r"\d[\d.,]*")
_MORE = r"\b(?:hơn|trên|over|more than|above)\b|>"
_LEAST = r"\b(?:ít nhất|tối thiểu|từ|at least)\b|trở lên|[≥+]"
_DAYS = {"day": 0, "month": 31, "quarter": 92, "half_year": 184, "year": 366}
SHARE_JUMP, COUNT_FACTOR = 50.0, 20.0


def _valued(data: Dataset, table: str) -> pl.DataFrame:
    unit = data.indicators.select("indicator_id", "unit", "direction", "max_value")
    return numbered(getattr(data, table)).join(unit, on="indicator_id", how="left", maintain_order="left")


@rule("outside-percent", ERROR, "Percentage outside 0 to 100", *VALUED)
def outside_percent(data: Dataset, table: str) -> pl.DataFrame:
    """A percentage lies from 0 to 100, or to the indicator's max_value; any other figure is at most max_value."""
    most = pl.coalesce("max_value", pl.when(pl.col("unit") == "percent").then(100.0))
    low = (pl.col("unit") == "percent") & (pl.col("value") < 0)
    wrong = _valued(data, table).with_columns(most=most).filter(low | (pl.col("value") > pl.col("most")))
    return found(
        wrong, "value", said("from 0 to {}; a higher max_value in indicators.csv allows more", "most")
    )


@rule("not-a-count", ERROR, "Negative or fractional count", *VALUED)
def not_a_count(data: Dataset, table: str) -> pl.DataFrame:
    """A count is a whole number from 0, a rank a whole number from 1, a speed or an index not negative; a numerator and
    a denominator are whole numbers."""
    rows, value = _valued(data, table), pl.col("value")
    is_whole = value == value.round()
    wrong = rows.filter(
        ((pl.col("unit") == "count") & ((value < 0) | ~is_whole))
        | ((pl.col("unit") == "rank") & ((value < 1) | ~is_whole))
        | (pl.col("unit").is_in(["mbps", "index"]) & (value < 0))
    )
    parts = [found(wrong, "value", said("a {} that can be", "unit"))]
    for column in ("numerator", "denominator"):
        if column in rows.columns:
            parts.append(
                found(rows.filter(pl.col(column) != pl.col(column).round()), column, "a whole number")
            )
    return pl.concat(parts)


def readings(text: str) -> set[float]:
    """Return every number that a text prints, read the Vietnamese and the English way.

    Examples
    --------
    >>> sorted(readings("817.860/879.100")), sorted(readings("52,3%"))
    ([817.86, 879.1, 817860.0, 879100.0], [52.3, 523.0])
    """
    found = set()
    for match in _NUMBER.finditer(text):
        plain = match.group().rstrip(".,")
        for group, mark in ((".", ","), (",", ".")):
            number = plain.replace(group, "").replace(mark, ".")
            if number.count(".") < 2 and _groups_of_three(plain, group):
                found.add(float(number))
    return found


def _groups_of_three(text: str, group: str) -> bool:
    whole = text.split("," if group == "." else ".")[0]
    return group not in text or (group in whole and all(len(part) == 3 for part in whole.split(group)[1:]))


@rule(
    "against-printed", ERROR, "Value that contradicts the figure printed", "observations", "targets", "claims"
)
def against_printed(data: Dataset, table: str) -> pl.DataFrame:
    """value is one of the numbers in printed, read the Vietnamese or the English way, or the share of two of them to
    four decimals; a text without digits says nothing. The numerator and the denominator are among them where printed
    holds a fraction."""
    frame, rows = getattr(data, table), []
    columns = ["value", "printed", *(c for c in ("numerator", "denominator") if c in frame.columns)]
    for row, cells in enumerate(frame.select(columns).iter_rows(named=True)):
        numbers, value = readings(cells["printed"]), cells["value"]
        if numbers and not _is_among(value, numbers) and not _is_share(value, cells["printed"]):
            rows.append((row, "value", f"{value:g}", f"the figure printed, {cells['printed'][:40]}"))
        for column in columns[2:]:
            if (
                "/" in cells["printed"]
                and cells[column] is not None
                and not _is_among(cells[column], numbers)
            ):
                rows.append(
                    (
                        row,
                        column,
                        f"{cells[column]:g}",
                        f"as in the fraction printed, {cells['printed'][:40]}",
                    )
                )
    return pl.DataFrame(rows, schema=FOUND, orient="row")


def _is_among(value: float, numbers: set[float]) -> bool:
    return any(abs(value - n) <= 1e-9 * max(1, abs(n)) for n in numbers)


def _is_share(value: float, printed: str) -> bool:
    """Whether a value is the percentage that a printed fraction makes."""
    above, slash, below = printed.partition("/")
    return bool(slash) and any(
        abs(value - 100 * a / b) <= 6e-5 for a in readings(above) for b in readings(below) if b
    )


@rule("bound-not-printed", WARNING, "Bound that the source does not print", *VALUED)
def bound_not_printed(data: Dataset, table: str) -> pl.DataFrame:
    """An observation is a bound exactly where printed says so ('hơn', 'trên', 'ít nhất', 'over', ...). A target is a least
    value anyway: it is 'more than' where printed says 'hơn' or 'trên', and in an article only there."""
    rows = numbered(getattr(data, table))
    if table == "observations":
        says = rows["printed"].str.contains(f"(?i){_LEAST}|{_MORE}")
        return found(
            rows.filter((pl.col("bound") != "=") != says), "bound", said("as printed: {}", "printed")
        )
    says, strict = rows["printed"].str.contains(f"(?i){_MORE}"), pl.col("comparator") == ">"
    wrong = rows.filter(
        (says & pl.col("comparator").is_in([">=", "="])) | (strict & pl.col("locator").is_not_null() & ~says)
    )
    return found(wrong, "comparator", said("as printed: {}", "printed"))


@rule("printed-unit", WARNING, "Unit that the source does not print", *VALUED)
def printed_unit(data: Dataset, table: str) -> pl.DataFrame:
    """A printed % belongs to a percentage (a share or a growth rate), and to nothing else."""
    share = pl.col("unit").str.starts_with("percent")
    wrong = _valued(data, table).filter(pl.col("printed").str.contains("%", literal=True) & ~share)
    plain = _valued(data, table).filter(share & ~pl.col("printed").str.contains(r"%|/|[^\W\d]"))
    return pl.concat(
        [
            found(wrong, "printed", said("no %: the indicator is a {}", "unit")),
            found(plain, "printed", "a %, a fraction or words: the indicator is a percentage"),
        ]
    )


@rule(
    "future-figure",
    ERROR,
    "Figure later than the date of the data",
    "observations",
    "scores",
    "unit_scores",
    "national_scores",
    "context",
    "breaks",
    "claims",
)
def future_figure(data: Dataset, table: str) -> pl.DataFrame:
    """No figure is later than data_date in release.csv. Move that date when newer figures come in, not to make room for
    a slip of the pen."""
    last = data.judged_on
    frame = numbered(getattr(data, table))
    if "as_of" in frame.columns:
        return found(
            frame.filter(pl.col("as_of") > last),
            "as_of",
            f"a day until {last}, the data_date in release.csv (--data-date moves it)",
        )
    late = frame.filter(pl.date(pl.col("year").clip(1, 9999), 12, 31) > pl.date(last.year, 12, 31))
    return found(
        late, "year", f"a year until {last.year}, that of the data_date in release.csv (--data-date moves it)"
    )


@rule("before-the-source", ERROR, "Figure later than its source", "observations", "scores")
def before_the_source(data: Dataset, table: str) -> pl.DataFrame:
    """A source prints no figure of a day after its publication (as precisely as the day is known), and no score of a
    later year."""
    rows = numbered(getattr(data, table)).join(data.sources.select("source_id", "published"), on="source_id")
    if table == "scores":
        wrong = rows.filter(pl.col("year") > pl.col("published").dt.year())
        return found(
            wrong,
            "year",
            said("a year until {}, when the source was published", pl.col("published").dt.year()),
        )
    slack = pl.duration(days=pl.col("as_of_precision").replace_strict(_DAYS, default=0))
    wrong = rows.filter(pl.col("as_of") > pl.col("published") + slack)
    return found(
        wrong,
        "as_of",
        said("a day until {}, when the source was published", pl.col("published").cast(pl.String)),
    )


@rule("long-before-the-source", WARNING, "Figure far older than its source", "observations")
def long_before_the_source(data: Dataset, table: str) -> pl.DataFrame:
    """A source speaks of the five years before its publication."""
    rows = numbered(data.observations).join(data.sources.select("source_id", "published"), on="source_id")
    wrong = rows.filter(pl.col("as_of") < pl.col("published") - pl.duration(days=5 * 366))
    return found(wrong, "as_of", said("within five years of {}", pl.col("published").cast(pl.String)))


@rule("figure-alone", WARNING, "Figure of another province than its source", "observations")
def figure_alone(data: Dataset, table: str) -> pl.DataFrame:
    """A source with at least five figures, 80 % of them of one province, is about that province."""
    usual = pl.col("province_id").mode().min().over("source_id")
    rows = numbered(data.observations).with_columns(usual=usual, n=pl.len().over("source_id"))
    share = (pl.col("province_id") == pl.col("usual")).mean().over("source_id")
    wrong = rows.with_columns(share=share).filter(
        (pl.col("n") >= 5) & (pl.col("share") >= 0.8) & (pl.col("province_id") != pl.col("usual"))
    )
    return found(wrong, "province_id", said("{}, as the other figures of its source", "usual"))


@rule("date-alone", WARNING, "Date that no other figure of the source has", "observations")
def date_alone(data: Dataset, table: str) -> pl.DataFrame:
    """In a source with at least five figures no single one has a date 300 days or more from all the others."""
    rows = numbered(data.observations).sort("source_id", "as_of").filter(pl.len().over("source_id") >= 5)
    before, after = (
        pl.col("as_of").diff(n).dt.total_days().abs().over("source_id").fill_null(9999) for n in (1, -1)
    )
    wrong = rows.filter((before >= 300) & (after >= 300))
    return found(wrong, "as_of", "a day near those of the source's other figures")


@rule("two-figures", WARNING, "Two figures of one source for one thing", "observations")
def two_figures(data: Dataset, table: str) -> pl.DataFrame:
    """One source gives an indicator of a province once for a year, or in different paragraphs."""
    rows = numbered(data.observations).with_columns(year=pl.col("as_of").dt.year())
    same = ["province_id", "indicator_id", "source_id", "year", "locator"]
    return found(
        rows.filter(pl.len().over(same) > 1), "value", "one figure of a source for one year and paragraph"
    )


@rule("sources-disagree", WARNING, "Two sources that disagree, and no conflict on record", "observations")
def sources_disagree(data: Dataset, table: str) -> pl.DataFrame:
    """Figures for one province, indicator and day are the same in all sources, or a row of conflicts says which counts."""
    same = ["province_id", "indicator_id", "as_of"]
    told = data.conflicts.filter(pl.col("table") == "observations")["key"].implode()
    rows = numbered(data.observations).with_columns(
        key=pl.concat_str([pl.col(c).cast(pl.String) for c in same], separator="/")
    )
    spread = pl.col("value").max().over(same) - pl.col("value").min().over(same)
    return found(
        rows.filter((spread > 0) & ~pl.col("key").is_in(told)),
        "value",
        "the same in all sources, or a row in conflicts.csv",
    )


@rule("copied-figure", WARNING, "The same row under two sources", "observations", "targets")
def copied_figure(data: Dataset, table: str) -> pl.DataFrame:
    """Two sources do not print one figure in the same paragraph, word for word, unless that is so."""
    keys = ["province_id", "as_of"] if table == "observations" else ["scope", "due"]
    same = [*keys, "indicator_id", "value", "printed", "locator"]
    rows = numbered(getattr(data, table)).drop_nulls("locator")
    return found(rows.filter(pl.len().over(same) > 1), "source_id", "one row for one paragraph of one source")


@rule("own-jump", WARNING, "Figure far off the province's earlier ones", "observations")
def own_jump(data: Dataset, table: str) -> pl.DataFrame:
    """From one figure of a province to the next a share moves by at most 50 points and a count by a factor of at most
    20."""
    rows = (
        _valued(data, table)
        .sort("as_of")
        .with_columns(before=pl.col("value").shift(1).over("province_id", "indicator_id"))
    )
    share = pl.col("unit") == "percent"
    far = (
        pl.when(share)
        .then((pl.col("value") - pl.col("before")).abs() > SHARE_JUMP)
        .otherwise(pl.max_horizontal("value", "before") > COUNT_FACTOR * pl.min_horizontal("value", "before"))
    )
    return found(
        rows.filter(pl.col("before").is_not_null() & far),
        "value",
        said("nearer to {}, its figure before", "before"),
    )


@rule("due-date", WARNING, "Target due before it was set, or in another age", "targets")
def due_date(data: Dataset, table: str) -> pl.DataFrame:
    """A target is due after its source was published (or after the first figure in the data, where that day is not known)
    and within 30 years of data_date."""
    first = data.observations["as_of"].min() or date(2000, 1, 1)
    rows = numbered(data.targets).join(data.sources.select("source_id", "published"), on="source_id")
    start, last = (
        pl.col("published").fill_null(date(min(first.year, data.judged_on.year) - 5, 1, 1)),
        data.judged_on.year + 30,
    )
    wrong = rows.filter((pl.col("due") < start) | (pl.col("due").dt.year() > last))
    return found(wrong, "due", said("a day from {} to {}", start.cast(pl.String), pl.lit(last)))


@rule("target-direction", WARNING, "Target that asks for the wrong direction", "targets")
def target_direction(data: Dataset, table: str) -> pl.DataFrame:
    """'at most' is asked of indicators where lower is better (direction -1), 'at least' of the others."""
    d, sign = pl.col("direction"), pl.col("comparator")
    wrong = _valued(data, table).filter(((d == 1) & (sign == "<=")) | ((d == -1) & sign.is_in([">=", ">"])))
    return found(wrong, "comparator", said("one that fits direction {} of the indicator", "direction"))


@rule("target-falls", WARNING, "Later target below an earlier one", "targets")
def target_falls(data: Dataset, table: str) -> pl.DataFrame:
    """Of one source's targets for an indicator, the later one asks for no less."""
    same = ["scope", "indicator_id", "source_id"]
    rows = _valued(data, table).sort("due").with_columns(before=pl.col("value").shift(1).over(same))
    ahead = pl.when(pl.col("direction") == 0).then(1).otherwise(pl.col("direction")) * (
        pl.col("value") - pl.col("before")
    )
    return found(
        rows.filter(ahead < 0), "value", said("no less than {}, the source's earlier target", "before")
    )
