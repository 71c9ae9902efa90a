"""One schema for each table of ``data/``: the schema *is* the table's documentation.

Each column says its type, what it means (``description``), whether it may be empty and what an empty cell
means. Rules that span columns are methods marked ``@dy.rule()``; their docstring is the sentence a person
reads when a row breaks them. Links between tables are in :data:`FOREIGN_KEYS`. ``cds check --write`` turns
all of this into ``data/README.md`` and ``datapackage.json``.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

__all__ = ["FOREIGN_KEYS", "TABLES", "optional_columns"]

ID = r"^[a-z0-9]+([_.-][a-z0-9]+)*$"
NATION = "viet-nam"
WHOLE = "overall"  # the dimension that is the index itself
CUTS = r"^[^:;]+:-?\d+(\.\d+)?(;[^:;]+:-?\d+(\.\d+)?)*$"


def _id(description: str, **options) -> dy.String:
    return dy.String(regex=ID, description=description, **options)


# Markup, a Markdown link, control characters, characters without width, marks that change the direction of
# reading, the start of a spreadsheet formula.
_NOT_PLAIN = r"\]\s*\(|[<>\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|^[=@]"
MOST_CHARACTERS = 1000


def _is_plain(text: pl.Expr) -> pl.Expr:
    return ~text.str.contains(_NOT_PLAIN) & (text.str.len_chars() <= MOST_CHARACTERS)


def _text(description: str, **options) -> dy.String:
    return dy.String(min_length=1, check={"plain": _is_plain}, description=description, **options)


def _choice(description: str, choices: list[str], **options) -> dy.String:
    return dy.String(
        check={"one_of": lambda c: c.is_in(choices)},
        description=description,
        metadata={"enum": choices},
        **options,
    )


def optional_columns(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    """Return the columns that a file may lack altogether, with their types; they are read as null then."""
    found = schema.columns().items()
    return {name: column.dtype for name, column in found if (column.metadata or {}).get("optional")}


def _year(description: str, **options) -> dy.Int64:
    return dy.Int64(min=1990, max=2100, description=description, **options)


class Regions(dy.Schema):
    """The six socio-economic regions of the 63 provinces."""

    region_id = _id("Slug of the English name.", primary_key=True)
    name_vi = _text("Vietnamese name.")
    name_en = _text("English name.")


class Units2025(dy.Schema):
    """The 34 provincial units in force since 1 July 2025."""

    unit_id = _id("Slug of the Vietnamese name.", primary_key=True)
    gso_code = dy.String(
        regex=r"^\d{2}$", unique=True, description="Two-digit code of the General Statistics Office."
    )
    name_vi = _text("Vietnamese name without 'tỉnh' or 'thành phố'.")
    name_en = _text("Name without diacritics.")
    kind = _choice("Province or centrally run city.", ["province", "municipality"])
    latitude = dy.Float64(min=8, max=24, description="Centroid, degrees north.")
    longitude = dy.Float64(min=102, max=112, description="Centroid, degrees east.")
    tile_row = dy.Int64(min=0, max=40, description="Row on the tile map, 0 in the north.")
    tile_col = dy.Int64(min=0, max=20, description="Column on the tile map, 0 in the west.")


class Provinces(dy.Schema):
    """The 63 provinces and centrally run cities that existed until 30 June 2025."""

    province_id = _id("Slug of the Vietnamese name.", primary_key=True)
    gso_code = dy.String(
        regex=r"^\d{2}$", unique=True, description="Two-digit code of the General Statistics Office."
    )
    iso_code = dy.String(regex=r"^VN-[A-Z0-9]{2}$", unique=True, description="ISO 3166-2 code.")
    name_vi = _text("Vietnamese name without 'tỉnh' or 'thành phố'.")
    name_en = _text("Name without diacritics.")
    kind = _choice("Province or centrally run city.", ["province", "municipality"])
    region_id = _id("Region of the province.")
    aliases = _text("Other spellings in use, separated by ';'.", nullable=True)
    latitude = dy.Float64(min=8, max=24, description="Centroid, degrees north.")
    longitude = dy.Float64(min=102, max=112, description="Centroid, degrees east.")
    unit_2025_id = _id("The unit the province became part of on 1 July 2025.")
    tile_row = dy.Int64(min=0, max=40, description="Row on the tile map, 0 in the north.")
    tile_col = dy.Int64(min=0, max=20, description="Column on the tile map, 0 in the west.")


class Sources(dy.Schema):
    """Where figures come from; every other table points here."""

    source_id = _id("Short name used by the other tables.", primary_key=True)
    title = _text("Title, or what the page is about where no title was recorded.")
    title_en = _text("Title in English, where the title is not; empty if none was made.", nullable=True)
    publisher = _text("Who published it; the host name of the page where nothing else is known.")
    publisher_en = _text(
        "Publisher in English, where the name is not; empty if none was made.", nullable=True
    )
    published = dy.Date(nullable=True, description="Date of publication; empty where the source gives none.")
    kind = _choice("What sort of source.", ["article", "decision", "report", "dataset"])
    file = _text(
        "Name of the stored text of an article (the text itself is not part of the project).", nullable=True
    )
    url = _text("Address, where one is known.", nullable=True)
    accessed = dy.Date(nullable=True, description="Date of access; empty where it was not recorded.")
    licence = _text("Licence, where one is stated.", nullable=True)
    note = _text("What a reader must know about this source.", nullable=True)


class Context(dy.Schema):
    """Population and income of a province in a year, for structural peers and weights."""

    province_id = _id("Province.", primary_key=True)
    year = _year("Calendar year.", primary_key=True)
    population_thousand = dy.Float64(min=1, description="Mean population of the year, thousand people.")
    urban_population_thousand = dy.Float64(min=0, description="Of which urban, thousand people.")
    grdp_per_capita_million_vnd = dy.Float64(
        min=0, description="GRDP per head at current prices, million VND."
    )
    source_id = _id("Source.")

    @dy.rule()
    def urban_within_population(cls) -> pl.Expr:
        """urban_population_thousand must not exceed population_thousand"""
        return pl.col("urban_population_thousand") <= pl.col("population_thousand")


class Indicators(dy.Schema):
    """The register of indicators: unit, direction, decimals and definition, typed once and read everywhere."""

    indicator_id = _id("Short name of the indicator.", primary_key=True)
    name_vi = _text("Vietnamese name, as sources print it.")
    name_en = _text("English name.")
    pillar = _choice(
        "Pillar of the national programme.",
        ["digital_government", "digital_economy", "digital_society", "infrastructure_security"],
    )
    unit = _choice(
        "Unit of the values; per_1000 is a number for each thousand people.",
        ["percent", "percent_per_year", "count", "per_1000", "mbps", "rank", "index"],
    )
    direction = dy.Int64(
        is_in=[-1, 0, 1], description="1 higher is better, -1 lower is better, 0 neither (a plain count)."
    )
    decimals = dy.Int64(min=0, max=4, description="Decimals to show.")
    definition_en = _text("What is counted over what, and what it must not be confused with.")
    merge_rule = _choice(
        "How values of provinces combine into a merged unit.", ["sum", "weighted_mean", "none"]
    )
    related = _text("Indicators close in meaning but differently defined, separated by ';'.", nullable=True)
    index_id = _id("For an indicator that is a rank: the index whose published rank is meant.", nullable=True)
    dimension_id = _id("For an indicator that is a rank: the dimension of that index.", nullable=True)
    keywords = _text(
        "Other wordings that articles use, separated by ';'; `cds extract` looks for them and for the Vietnamese name.",
        nullable=True,
    )
    max_value = dy.Float64(
        nullable=True,
        min=0,
        description="Highest value that can be; empty for 100 where the unit is percent, and for no limit elsewhere. "
        "A share of something other than a part (subscriptions over people) may pass 100.",
    )

    @dy.rule()
    def rank_direction(cls) -> pl.Expr:
        """an indicator with unit 'rank' must have direction -1 (rank 1 is best)"""
        return (pl.col("unit") != "rank") | (pl.col("direction") == -1)


class Indices(dy.Schema):
    """The register of indices that rank provinces, of their dimensions and sub-dimensions: what each *is*, typed
    once and read everywhere. Every row says everything itself; nothing is inherited from another row."""

    index_id = _id("Index.", primary_key=True)
    dimension_id = _id("Dimension; 'overall' is the index itself.", primary_key=True)
    code = _id("Short code, unique within the index, as in `papi.d6`; 'overall' for the index itself.")
    number = dy.String(
        regex=r"^\d+(\.\d+)*$",
        nullable=True,
        description="Official number as the publisher prints it (6, 6.1); empty where it numbers none.",
    )
    position = dy.Int64(min=1, unique=True, description="Place in lists and pictures, over all rows.")
    name_vi = _text("Vietnamese name.")
    name_en = _text("English name.")
    short_vi = _text("Short Vietnamese name of an index; empty for a dimension.", nullable=True)
    short_en = _text("Short English name of an index; empty for a dimension.", nullable=True)
    parent_id = _id("Dimension this one is part of; empty for 'overall'.", nullable=True)
    scale_min = dy.Float64(nullable=True, description="Lowest possible score; empty where no scale applies.")
    scale_max = dy.Float64(
        nullable=True, description="Highest possible score; empty where no scale applies or it varies."
    )
    decimals = dy.Int64(min=0, max=6, description="Decimals of a score as a label in a chart.")
    decimals_exact = dy.Int64(
        min=0, max=6, description="Decimals where small differences count, as to the next rank."
    )
    grouping = _choice(
        "How provinces are put into groups: quartiles of the scores published, fixed cuts, or not at all.",
        ["quartiles", "cuts", "none"],
    )
    group_cuts = dy.String(
        regex=CUTS,
        nullable=True,
        description="For cuts: the lowest score of each group, as in `A:90;B:80`; below all there is no group.",
    )
    aggregation = _choice(
        "How the parts on record make this row: they add up to it, it is their mean, or it must not be rebuilt "
        "from them.",
        ["sum", "mean", "none"],
    )
    evidence = _choice(
        "Whose view it is: documents that agencies submit, or answers of citizens; empty for neither.",
        ["documents", "citizens"],
        nullable=True,
    )
    profile = _choice(
        "Where a province's profile shows the index: in its charts and in the text, in the text alone, nowhere.",
        ["chart", "text", "none"],
    )
    interviews = dy.Float64(
        nullable=True,
        min=1,
        description="Scenario of the survey behind a score: interviews a province; empty where there is no survey "
        "or too little is known. Not a published figure.",
    )
    design_effect = dy.Float64(
        nullable=True, min=0.1, description="Same scenario: by how much clustering inflates the variance."
    )
    person_sd = dy.Float64(
        nullable=True,
        min=0,
        description="Same scenario: standard deviation of one person's score on this dimension (on a part of it, "
        "where the row is a sum).",
    )
    correlation = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="Same scenario, for a row that is a sum: how persons' scores on its parts correlate.",
    )
    merge_rule = _choice(
        "How scores of provinces make the score of a merged unit: plain mean (the publisher's rule), mean weighted "
        "by population, or no estimate.",
        ["mean", "weighted_mean", "none"],
    )
    publisher = _text("Who publishes the index.")
    keywords = _text("Other wordings that articles use, separated by ';'.", nullable=True)

    @dy.rule()
    def code_is_unique(cls) -> pl.Expr:
        """code must be unique within the index"""
        return ~pl.struct("index_id", "code").is_duplicated()

    @dy.rule()
    def index_has_short_names(cls) -> pl.Expr:
        """the row of an index itself (dimension 'overall') needs short_vi and short_en, and has no parent"""
        is_named = pl.col("short_vi").is_not_null() & pl.col("short_en").is_not_null()
        return (pl.col("dimension_id") != WHOLE) | (is_named & pl.col("parent_id").is_null())

    @dy.rule()
    def cuts_with_grouping(cls) -> pl.Expr:
        """group_cuts must be given where grouping is 'cuts', and only there"""
        return (pl.col("grouping") == "cuts") == pl.col("group_cuts").is_not_null()

    @dy.rule()
    def survey_is_whole(cls) -> pl.Expr:
        """interviews, design_effect and person_sd must all be given or all be empty"""
        known = [pl.col(c).is_not_null() for c in ("interviews", "design_effect", "person_sd")]
        return (known[0] == known[1]) & (known[1] == known[2])


class Breaks(dy.Schema):
    """The first year of a new definition, or of a redrawn order: where scores or standings stop comparing."""

    index_id = _id("Index.", primary_key=True)
    dimension_id = _id("Dimension.", primary_key=True)
    year = _year("First year after the break.", primary_key=True)
    reason_vi = _text("Reason, in Vietnamese.")
    reason_en = _text("Reason, in English.")
    kind = _choice(
        "documented by the publisher, inherited from a component, or detected here as an unexplained shift of level "
        "or order.",
        ["documented", "inherited", "detected"],
    )
    effect = _choice(
        "What it did to the order of the provinces in that year, as measured by order_breaks: 'level' left it, "
        "'order' redrew it; empty where there are too few full tables to measure.",
        ["level", "order"],
        nullable=True,
    )
    scope = _choice(
        "'definition': scores before and from that year are different series; 'order': the definition is the same as "
        "far as is known and scores compare, only the standing of provinces was redrawn.",
        ["definition", "order"],
    )
    source_id = _id("Source.")


class Observations(dy.Schema):
    """A figure a province reported: one indicator, one date, one source."""

    province_id = _id("Province.", primary_key=True)
    indicator_id = _id("Indicator.", primary_key=True)
    as_of = dy.Date(primary_key=True, description="The day the figure speaks of (the last day of a period).")
    source_id = _id("Source.", primary_key=True)
    value = dy.Float64(description="Value in the indicator's unit.")
    bound = _choice(
        "'=' exact, '>=' at least, '>' more than ('hơn 50'), '<=' at most, '<' less than ('dưới 5').",
        ["=", ">=", ">", "<=", "<"],
    )
    numerator = dy.Float64(
        nullable=True, min=0, description="Count above the line, where the source gives it."
    )
    denominator = dy.Float64(
        nullable=True, min=0, description="Count below the line, where the source gives it."
    )
    printed = _text("The figure exactly as the source prints it.")
    status = _choice("reported by the source, or derived from figures it reports.", ["reported", "derived"])
    locator = dy.String(
        regex=r"^p\d+$", description="Paragraph of the source: its n-th line that is not blank."
    )
    as_of_precision = _choice("How well the date is known.", ["day", "month", "quarter", "half_year", "year"])
    note = _text("What a reader must know about this figure.", nullable=True)

    @dy.rule()
    def numerator_with_denominator(cls) -> pl.Expr:
        """numerator and denominator must both be given or both be empty"""
        return pl.col("numerator").is_null() == pl.col("denominator").is_null()

    @dy.rule()
    def share_agrees_with_fraction(cls) -> pl.Expr:
        """value must agree with 100 * numerator / denominator to 0.06 percentage points, a whole value to 0.5"""
        share = 100 * pl.col("numerator") / pl.col("denominator")
        is_whole = pl.col("value") == pl.col("value").round()
        rounding = pl.when(is_whole).then(0.5).otherwise(0.06)
        return pl.col("numerator").is_null() | ((share - pl.col("value")).abs() <= rounding)


class Targets(dy.Schema):
    """What was promised: a value to reach by a date, for a province or for the nation."""

    scope = _id("Province id, or 'viet-nam' for a national target.", primary_key=True)
    indicator_id = _id("Indicator.", primary_key=True)
    due = dy.Date(
        primary_key=True,
        description="Date by which the target is to be met; year targets are due on 31 December.",
    )
    source_id = _id("Source.", primary_key=True)
    value = dy.Float64(description="Target value in the indicator's unit.")
    comparator = _choice(
        "How the value is meant; 'maintain' keeps a level already reached.",
        [">=", ">", "<=", "=", "maintain"],
    )
    printed = _text("The figure exactly as the source prints it.")
    locator = dy.String(
        regex=r"^p\d+$", nullable=True, description="Paragraph of an article; empty for decisions."
    )
    note = _text("What a reader must know about this target.", nullable=True)


class AreaObservations(dy.Schema):
    """A figure that one of the 34 units of 2025, or the nation, reported; those of the 63 provinces are in
    observations.
    """

    scope = _id("Unit of 2025, or 'viet-nam'.", primary_key=True)
    indicator_id = _id("Indicator.", primary_key=True)
    as_of = dy.Date(primary_key=True, description="The day the figure speaks of (the last day of a period).")
    source_id = _id("Source.", primary_key=True)
    value = dy.Float64(description="Value in the indicator's unit.")
    bound = _choice(
        "'=' exact, '>=' at least, '>' more than ('hơn 50'), '<=' at most, '<' less than ('dưới 5').",
        ["=", ">=", ">", "<=", "<"],
    )
    numerator = dy.Float64(
        nullable=True, min=0, description="Count above the line, where the source gives it."
    )
    denominator = dy.Float64(
        nullable=True, min=0, description="Count below the line, where the source gives it."
    )
    printed = _text("The figure exactly as the source prints it.")
    status = _choice("reported by the source, or derived from figures it reports.", ["reported", "derived"])
    locator = dy.String(regex=r"^p\d+$", description="Block of the source: its n-th line or cell.")
    as_of_precision = _choice("How well the date is known.", ["day", "month", "quarter", "half_year", "year"])
    note = _text("What a reader must know about this figure.", nullable=True)


class AreaTargets(dy.Schema):
    """What one of the 34 units of 2025 promised; those of the provinces and the nation are in targets."""

    scope = _id("Unit of 2025.", primary_key=True)
    indicator_id = _id("Indicator.", primary_key=True)
    due = dy.Date(primary_key=True, description="Date by which the target is to be met.")
    source_id = _id("Source.", primary_key=True)
    value = dy.Float64(description="Target value in the indicator's unit.")
    comparator = _choice("How the value is meant.", [">=", ">", "<=", "=", "maintain"])
    printed = _text("The figure exactly as the source prints it.")
    locator = dy.String(
        regex=r"^p\d+$", nullable=True, description="Block of an article; empty for decisions."
    )
    note = _text("What a reader must know about this target.", nullable=True)


class Scores(dy.Schema):
    """A province's score and rank on a dimension of an index in a year."""

    index_id = _id("Index.", primary_key=True)
    dimension_id = _id("Dimension.", primary_key=True)
    year = _year("The year measured (not the year of announcement).", primary_key=True)
    province_id = _id("Province.", primary_key=True)
    score = dy.Float64(
        nullable=True, description="Score on the index's scale; empty where only the rank is known."
    )
    rank = dy.Int64(
        nullable=True, min=1, max=64, description="Rank, 1 is best; empty where only the score is known."
    )
    n_ranked = dy.Int64(nullable=True, min=1, max=64, description="How many provinces were ranked that year.")
    status = _choice(
        "Status of the score (of the rank where there is no score).", ["reported", "derived", "computed"]
    )
    rank_status = _choice(
        "Status of the rank: printed, derived from a printed change or list, or computed from scores.",
        ["reported", "derived", "computed"],
        nullable=True,
    )
    source_id = _id("Source.")
    note = _text("What a reader must know about this row.", nullable=True)
    standard_error = dy.Float64(
        nullable=True,
        min=0.0,
        description="Standard error of the score where its publisher gives one, in points of the score. The column may be absent.",
        metadata={"optional": True},
    )

    @dy.rule()
    def score_or_rank(cls) -> pl.Expr:
        """a row needs a score or a rank"""
        return pl.col("score").is_not_null() | pl.col("rank").is_not_null()

    @dy.rule()
    def rank_within_n_ranked(cls) -> pl.Expr:
        """rank must not exceed n_ranked"""
        return (pl.col("rank") <= pl.col("n_ranked")).fill_null(True)


class UnitScores(dy.Schema):
    """A published score of one of the 34 units of 2025."""

    index_id = _id("Index.", primary_key=True)
    dimension_id = _id("Dimension.", primary_key=True)
    year = _year("The year measured.", primary_key=True)
    unit_id = _id("Unit of 2025.", primary_key=True)
    score = dy.Float64(description="Score on the index's scale.")
    rank = dy.Int64(min=1, max=34, description="Rank among the 34, 1 is best.")
    n_ranked = dy.Int64(min=1, max=34, description="How many units were ranked.")
    status = _choice("Status of the score.", ["reported", "derived", "computed"])
    source_id = _id("Source.")


class NationalScores(dy.Schema):
    """A national figure of an index: the mean of the provinces, or the nation's own score."""

    index_id = _id("Index.", primary_key=True)
    dimension_id = _id("Dimension.", primary_key=True)
    year = _year("The year measured.", primary_key=True)
    quantity = _choice("What the figure is.", ["provincial_mean", "national_score"], primary_key=True)
    score = dy.Float64(description="Score on the index's scale.")
    status = _choice("Status of the score.", ["reported", "derived"])
    source_id = _id("Source.")


class Claims(dy.Schema):
    """What an article says about a ranking, to be checked against the published figures."""

    claim_id = _id("Short name of the claim.", primary_key=True)
    province_id = _id("Province.")
    index_id = _id("Index.")
    dimension_id = _id("Dimension.")
    year = _year("Year the claim speaks of.")
    from_year = _year("For a change: the earlier year.", nullable=True)
    quantity = _choice("What is claimed.", ["score", "rank", "places_gained", "region_rank"])
    value = dy.Float64(description="Claimed value; places_gained is positive for a rise.")
    bound = _choice("'=' exactly, '<=' at most ('top 3').", ["=", "<="])
    n_ranked = dy.Int64(nullable=True, min=1, max=63, description="Out of how many, where the claim says so.")
    printed = _text("The figure exactly as the source prints it.")
    source_id = _id("Source.")
    locator = dy.String(regex=r"^p\d+$", nullable=True, description="Paragraph of the source.")


class Conflicts(dy.Schema):
    """Two sources that disagree about one figure: which was kept, which was not, and why."""

    table = _choice(
        "Table of the figure.",
        ["scores", "unit_scores", "claims", "observations", "targets"],
        primary_key=True,
    )
    key = _text("Key of the row, its columns joined by '/'.", primary_key=True)
    column = _id("Column that differs.", primary_key=True)
    chosen = _text("The figure kept; '-' where none was.")
    other = _text("The figure not kept.", primary_key=True)
    reason_vi = _text("Why, in Vietnamese.")
    reason_en = _text("Why, in English.")
    source_id = _id("Source of the figure not kept.")


class Accepted(dy.Schema):
    """Warnings of the gate that someone has looked at, each with the reason why it stays. It holds for the value found
    then: another value is a new warning."""

    rule = _id("Name of the rule, as `cds check` prints it.", primary_key=True)
    table = _id("Table of the figure.", primary_key=True)
    key = _text("Key of the row, its columns joined by '/'.", primary_key=True)
    value = dy.String(nullable=True, description="The value found, as `cds check` prints it.")
    reason_vi = _text("Why, in Vietnamese.")
    reason_en = _text("Why, in English.")


class Release(dy.Schema):
    """The one row that says which day the data speak of."""

    data_date = dy.Date(
        primary_key=True,
        description="Last day that the figures speak of: a later figure is an error, and targets are judged on this day "
        "unless a report is asked for another.",
    )


TABLES: dict[str, type[dy.Schema]] = {
    "release": Release,
    "regions": Regions,
    "units_2025": Units2025,
    "provinces": Provinces,
    "sources": Sources,
    "context": Context,
    "indicators": Indicators,
    "indices": Indices,
    "breaks": Breaks,
    "observations": Observations,
    "targets": Targets,
    "area_observations": AreaObservations,
    "area_targets": AreaTargets,
    "scores": Scores,
    "unit_scores": UnitScores,
    "national_scores": NationalScores,
    "claims": Claims,
    "conflicts": Conflicts,
    "accepted": Accepted,
}

# (table, columns) -> (table, columns); an empty cell is no link. A target's scope may also be the nation.
FOREIGN_KEYS: list[tuple[str, tuple[str, ...], str, tuple[str, ...]]] = [
    ("provinces", ("region_id",), "regions", ("region_id",)),
    ("provinces", ("unit_2025_id",), "units_2025", ("unit_id",)),
    ("context", ("province_id",), "provinces", ("province_id",)),
    ("observations", ("province_id",), "provinces", ("province_id",)),
    ("observations", ("indicator_id",), "indicators", ("indicator_id",)),
    ("targets", ("scope",), "provinces", ("province_id",)),
    ("targets", ("indicator_id",), "indicators", ("indicator_id",)),
    ("scores", ("province_id",), "provinces", ("province_id",)),
    ("area_observations", ("scope",), "units_2025", ("unit_id",)),
    ("area_observations", ("indicator_id",), "indicators", ("indicator_id",)),
    ("area_targets", ("scope",), "units_2025", ("unit_id",)),
    ("area_targets", ("indicator_id",), "indicators", ("indicator_id",)),
    ("unit_scores", ("unit_id",), "units_2025", ("unit_id",)),
    ("claims", ("province_id",), "provinces", ("province_id",)),
    *(
        (t, ("index_id", "dimension_id"), "indices", ("index_id", "dimension_id"))
        for t in ("scores", "unit_scores", "national_scores", "claims", "breaks", "indicators")
    ),
    *(
        (t, ("source_id",), "sources", ("source_id",))
        for t in (
            "context",
            "breaks",
            "observations",
            "targets",
            "area_observations",
            "area_targets",
            "scores",
            "unit_scores",
            "national_scores",
            "claims",
            "conflicts",
        )
    ),
]
