"""Rules for single figures with a unit, and for what their source prints: observations and targets."""

from __future__ import annotations

import re

import polars as pl

from cds_analysis.dataset.checks.finding import ERROR, FOUND, WARNING, found, numbered, rule, said
from cds_analysis.dataset.load import Dataset

VALUED = ("observations", "targets")
_NUMBER = re.compile(r"(\d[\d.,]*)(?:\s*(nghìn|ngàn|triệu|tỷ|tỉ|thousand|million|billion)\b)?", re.IGNORECASE)
_TIMES = {"nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9} | {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
}
# words right before a number (or right after it) that make a bound of it
_MORE = re.compile(
    r"(?:\b(?:hơn|trên|vượt|vượt mức|over|more than|above|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?)|>)$",
    re.I,
)
_LEAST = re.compile(r"(?:\b(?:ít nhất|tối thiểu|từ|at least|a minimum of)|≥)$", re.I)
_LESS = re.compile(
    r"(?:\b(?:gần|chưa đến|dưới|tối đa|không quá|nearly|almost|under|below|less than|at most)|[<≤])$", re.I
)
_UPWARDS = re.compile(r"^\s*%?(?:\s+\w+)?\s*(?:trở lên|or more|\+|[-–]\s*\d)", re.I)
SHARE_JUMP, COUNT_FACTOR = 50.0, 20.0


def valued(data: Dataset, table: str) -> pl.DataFrame:
    """Return a table with its rows numbered and the unit, direction and max_value of each indicator."""
    unit = data.indicators.select("indicator_id", "unit", "direction", "max_value")
    return numbered(getattr(data, table)).join(unit, on="indicator_id", how="left", maintain_order="left")


@rule("outside-percent", ERROR, "Percentage outside 0 to 100", *VALUED)
def outside_percent(data: Dataset, table: str) -> pl.DataFrame:
    """A percentage lies from 0 to 100, or to the indicator's max_value; any other figure is at most
    max_value.
    """
    most = pl.coalesce("max_value", pl.when(pl.col("unit") == "percent").then(100.0))
    low = (pl.col("unit") == "percent") & (pl.col("value") < 0)
    wrong = valued(data, table).with_columns(most=most).filter(low | (pl.col("value") > pl.col("most")))
    return found(
        wrong, "value", said("from 0 to {}; a higher max_value in indicators.csv allows more", "most")
    )


@rule("not-a-count", ERROR, "Negative or fractional count", *VALUED)
def not_a_count(data: Dataset, table: str) -> pl.DataFrame:
    """A count is a whole number from 0, a rank a whole number from 1, a speed, a rate or an index not
    negative; a numerator and a denominator are whole numbers.
    """
    rows, value = valued(data, table), pl.col("value")
    is_whole = value == value.round()
    wrong = rows.filter(
        ((pl.col("unit") == "count") & ((value < 0) | ~is_whole))
        | ((pl.col("unit") == "rank") & ((value < 1) | ~is_whole))
        | (pl.col("unit").is_in(["mbps", "index", "per_1000"]) & (value < 0))
    )
    parts = [found(wrong, "value", said("a {} that can be", "unit"))]
    for column in ("numerator", "denominator"):
        if column in rows.columns:
            parts.append(
                found(rows.filter(pl.col(column) != pl.col(column).round()), column, "a whole number")
            )
    return pl.concat(parts)


def readings(text: str) -> set[float]:
    """Return every number that a text prints, read the Vietnamese and the English way; before "triệu" or
    "million" also that number of millions.

    Examples
    --------
    >>> sorted(readings("817.860/879.100")), sorted(readings("52,3%"))
    ([817.86, 879.1, 817860.0, 879100.0], [52.3])
    >>> sorted(readings("1,76 triệu hồ sơ"))
    [1.76, 1760000.0]
    """
    found = set()
    for match in _NUMBER.finditer(text):
        plain, times = match[1].rstrip(".,"), _TIMES.get((match[2] or "").lower(), 1.0)
        for group, mark in ((".", ","), (",", ".")):
            number = plain.replace(group, "").replace(mark, ".")
            if number.count(".") < 2 and _groups_of_three(plain, group):
                found |= {float(number), round(float(number) * times, 6)}
    return found


def _groups_of_three(text: str, group: str) -> bool:
    whole = text.split("," if group == "." else ".")[0]
    return group not in text or (group in whole and all(len(part) == 3 for part in whole.split(group)[1:]))


@rule(
    "against-printed", ERROR, "Value that contradicts the figure printed", "observations", "targets", "claims"
)
def against_printed(data: Dataset, table: str) -> pl.DataFrame:
    """value is one of the numbers in printed, read the Vietnamese or the English way, or the share of two of
    them to four decimals; a text without digits says nothing. The numerator and the denominator are among
    them where printed holds a fraction.
    """
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
    """An observation is a bound exactly where printed says so, with a word right before a number ('hơn',
    'trên', 'ít nhất', 'gần', 'over', 'nearly', ...). A target is a least value anyway: it is 'more than'
    where printed says 'hơn' or 'trên', and in an article only there.
    """
    rows = numbered(getattr(data, table))
    said_by = [_bound_printed(p, v) for p, v in rows.select("printed", "value").iter_rows()]
    rows = rows.with_columns(_said=pl.Series(said_by, dtype=pl.String))
    says, above = pl.col("_said"), pl.col("_said").is_in([">", ">="])
    if table == "observations":
        bound = pl.col("bound")
        wrong = rows.filter(
            (bound.is_in([">", ">="]) & ~above)
            | (bound.is_in(["<", "<="]) & (says != "<"))
            | ((bound == "=") & (says != "="))
        )
        return found(wrong, "bound", said("as printed: {}", "printed"))
    strict = pl.col("comparator") == ">"
    wrong = rows.filter(
        ((says == ">") & pl.col("comparator").is_in([">=", "="]))
        | (strict & pl.col("locator").is_not_null() & (says != ">"))
    )
    return found(wrong, "comparator", said("as printed: {}", "printed"))


def _bound_printed(printed: str, value: float) -> str:
    """Return the sign that the words about the number of a value make: '>', '>=', '<', or '=' where they say
    nothing.

    >>> _bound_printed("gần 80% hộ gia đình, đạt 51,2%", 80.0), _bound_printed("gần 80% hộ, đạt 51,2%", 51.2)
    ('<', '=')
    """
    for match in _NUMBER.finditer(printed):
        before = printed[: match.start()].rstrip()
        if not _is_among(value, readings(match.group())):
            continue
        for pattern, sign in ((_MORE, ">"), (_LESS, "<"), (_LEAST, ">=")):
            if pattern.search(before):
                return sign
        if _UPWARDS.match(printed[match.end() :]):
            return ">="
    return "="


@rule("printed-unit", WARNING, "Unit that the source does not print", *VALUED)
def printed_unit(data: Dataset, table: str) -> pl.DataFrame:
    """A printed % belongs to a percentage (a share or a growth rate), and to nothing else."""
    share = pl.col("unit").str.starts_with("percent")
    wrong = valued(data, table).filter(pl.col("printed").str.contains("%", literal=True) & ~share)
    plain = valued(data, table).filter(share & ~pl.col("printed").str.contains(r"%|/|[^\W\d]"))
    return pl.concat(
        [
            found(wrong, "printed", said("no %: the indicator is a {}", "unit")),
            found(plain, "printed", "a %, a fraction or words: the indicator is a percentage"),
        ]
    )


@rule("own-jump", WARNING, "Figure far off the province's earlier ones", "observations")
def own_jump(data: Dataset, table: str) -> pl.DataFrame:
    """From one figure of a province to the next a share moves by at most 50 points and a count by a factor of
    at most 20.
    """
    rows = (
        valued(data, table)
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
