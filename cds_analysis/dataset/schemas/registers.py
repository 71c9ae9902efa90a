"""Tables that say what there is: places, sources, indicators, indices and their breaks."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from cds_analysis.dataset.schemas import columns
from cds_analysis.dataset.schemas.columns import CUTS, WHOLE

__all__ = [
    "PILLARS",
    "Breaks",
    "Context",
    "Indicators",
    "Indices",
    "Provinces",
    "Regions",
    "Release",
    "Sources",
    "Units2025",
]


class Regions(dy.Schema):
    """The six socio-economic regions of the 63 provinces."""

    region_id = columns.slug("Slug of the English name.", primary_key=True)
    name_vi = columns.text("Vietnamese name.")
    name_en = columns.text("English name.")


class Units2025(dy.Schema):
    """The 34 provincial units in force since 1 July 2025."""

    unit_id = columns.slug("Slug of the Vietnamese name.", primary_key=True)
    gso_code = dy.String(
        regex=r"^\d{2}$", unique=True, description="Two-digit code of the General Statistics Office."
    )
    name_vi = columns.text("Vietnamese name without 'tỉnh' or 'thành phố'.")
    name_en = columns.text("Name without diacritics.")
    kind = columns.choice("Province or centrally run city.", ["province", "municipality"])
    latitude = dy.Float64(min=8, max=24, description="Centroid, degrees north.")
    longitude = dy.Float64(min=102, max=112, description="Centroid, degrees east.")
    tile_row = dy.Int64(min=0, max=40, description="Row on the tile map, 0 in the north.")
    tile_col = dy.Int64(min=0, max=20, description="Column on the tile map, 0 in the west.")


class Provinces(dy.Schema):
    """The 63 provinces and centrally run cities that existed until 30 June 2025."""

    province_id = columns.slug("Slug of the Vietnamese name.", primary_key=True)
    gso_code = dy.String(
        regex=r"^\d{2}$", unique=True, description="Two-digit code of the General Statistics Office."
    )
    iso_code = dy.String(regex=r"^VN-[A-Z0-9]{2}$", unique=True, description="ISO 3166-2 code.")
    name_vi = columns.text("Vietnamese name without 'tỉnh' or 'thành phố'.")
    name_en = columns.text("Name without diacritics.")
    kind = columns.choice("Province or centrally run city.", ["province", "municipality"])
    region_id = columns.slug("Region of the province.")
    aliases = columns.text("Other spellings in use, separated by ';'.", nullable=True)
    latitude = dy.Float64(min=8, max=24, description="Centroid, degrees north.")
    longitude = dy.Float64(min=102, max=112, description="Centroid, degrees east.")
    unit_2025_id = columns.slug("The unit the province became part of on 1 July 2025.")
    tile_row = dy.Int64(min=0, max=40, description="Row on the tile map, 0 in the north.")
    tile_col = dy.Int64(min=0, max=20, description="Column on the tile map, 0 in the west.")


class Sources(dy.Schema):
    """Where figures come from; every other table points here."""

    source_id = columns.slug("Short name used by the other tables.", primary_key=True)
    title = columns.text("Title, or what the page is about where no title was recorded.")
    title_en = columns.text(
        "Title in English, where the title is not; empty if none was made.", nullable=True
    )
    publisher = columns.text("Who published it; the host name of the page where nothing else is known.")
    publisher_en = columns.text(
        "Publisher in English, where the name is not; empty if none was made.", nullable=True
    )
    published = dy.Date(nullable=True, description="Date of publication; empty where the source gives none.")
    kind = columns.choice("What sort of source.", ["article", "decision", "report", "dataset"])
    file = columns.text(
        "Name of the stored text of an article (the text itself is not part of the project).", nullable=True
    )
    url = columns.text("Address, where one is known.", nullable=True)
    accessed = dy.Date(nullable=True, description="Date of access; empty where it was not recorded.")
    licence = columns.text("Licence, where one is stated.", nullable=True)
    note = columns.text("What a reader must know about this source.", nullable=True)


class Context(dy.Schema):
    """Population and income of a province in a year, for structural peers and weights."""

    province_id = columns.slug("Province.", primary_key=True)
    year = columns.year("Calendar year.", primary_key=True)
    population_thousand = dy.Float64(min=1, description="Mean population of the year, thousand people.")
    urban_population_thousand = dy.Float64(min=0, description="Of which urban, thousand people.")
    grdp_per_capita_million_vnd = dy.Float64(
        min=0, description="GRDP per head at current prices, million VND."
    )
    source_id = columns.slug("Source.")

    @dy.rule()
    def urban_within_population(cls) -> pl.Expr:
        """urban_population_thousand must not exceed population_thousand"""
        return pl.col("urban_population_thousand") <= pl.col("population_thousand")


PILLARS = ("digital_government", "digital_economy", "digital_society", "infrastructure_security")


class Indicators(dy.Schema):
    """The register of indicators: unit, direction, decimals and definition, typed once and read
    everywhere.
    """

    indicator_id = columns.slug("Short name of the indicator.", primary_key=True)
    name_vi = columns.text("Vietnamese name, as sources print it.")
    name_en = columns.text("English name.")
    pillar = columns.choice("Pillar of the national programme.", list(PILLARS))
    unit = columns.choice(
        "Unit of the values; per_1000 is a number for each thousand people.",
        ["percent", "percent_per_year", "count", "per_1000", "mbps", "rank", "index"],
    )
    direction = dy.Int64(
        is_in=[-1, 0, 1], description="1 higher is better, -1 lower is better, 0 neither (a plain count)."
    )
    decimals = dy.Int64(min=0, max=4, description="Decimals to show.")
    definition_en = columns.text("What is counted over what, and what it must not be confused with.")
    merge_rule = columns.choice(
        "How values of provinces combine into a merged unit.", ["sum", "weighted_mean", "none"]
    )
    related = columns.text(
        "Indicators close in meaning but differently defined, separated by ';'.", nullable=True
    )
    index_id = columns.slug(
        "For an indicator that is a rank: the index whose published rank is meant.", nullable=True
    )
    dimension_id = columns.slug(
        "For an indicator that is a rank: the dimension of that index.", nullable=True
    )
    keywords = columns.text(
        "Other wordings that articles use, separated by ';'; `cds extract` looks for them and for the"
        " Vietnamese name.",
        nullable=True,
    )
    max_value = dy.Float64(
        nullable=True,
        min=0,
        description=(
            "Highest value that can be; empty for 100 where the unit is percent, and for no limit elsewhere. "
            "A share of something other than a part (subscriptions over people) may pass 100."
        ),
    )

    @dy.rule()
    def rank_direction(cls) -> pl.Expr:
        """an indicator with unit 'rank' must have direction -1 (rank 1 is best)"""
        return (pl.col("unit") != "rank") | (pl.col("direction") == -1)


class Indices(dy.Schema):
    """The register of indices that rank provinces, of their dimensions and sub-dimensions: what each *is*,
    typed once and read everywhere. Every row says everything itself; nothing is inherited from another row.
    """

    index_id = columns.slug("Index.", primary_key=True)
    dimension_id = columns.slug("Dimension; 'overall' is the index itself.", primary_key=True)
    code = columns.slug(
        "Short code, unique within the index, as in `papi.d6`; 'overall' for the index itself."
    )
    number = dy.String(
        regex=r"^\d+(\.\d+)*$",
        nullable=True,
        description="Official number as the publisher prints it (6, 6.1); empty where it numbers none.",
    )
    position = dy.Int64(min=1, unique=True, description="Place in lists and pictures, over all rows.")
    name_vi = columns.text("Vietnamese name.")
    name_en = columns.text("English name.")
    short_vi = columns.text("Short Vietnamese name of an index; empty for a dimension.", nullable=True)
    short_en = columns.text("Short English name of an index; empty for a dimension.", nullable=True)
    parent_id = columns.slug("Dimension this one is part of; empty for 'overall'.", nullable=True)
    scale_min = dy.Float64(nullable=True, description="Lowest possible score; empty where no scale applies.")
    scale_max = dy.Float64(
        nullable=True, description="Highest possible score; empty where no scale applies or it varies."
    )
    decimals = dy.Int64(min=0, max=6, description="Decimals of a score as a label in a chart.")
    decimals_exact = dy.Int64(
        min=0, max=6, description="Decimals where small differences count, as to the next rank."
    )
    grouping = columns.choice(
        "How provinces are put into groups: quartiles of the scores published, fixed cuts, or not at all.",
        ["quartiles", "cuts", "none"],
    )
    group_cuts = dy.String(
        regex=CUTS,
        nullable=True,
        description=(
            "For cuts: the lowest score of each group, as in `A:90;B:80`; below all there is no group."
        ),
    )
    aggregation = columns.choice(
        "How the parts on record make this row: they add up to it, it is their mean, or it must not be"
        " rebuilt from them.",
        ["sum", "mean", "none"],
    )
    evidence = columns.choice(
        "Whose view it is: documents that agencies submit, or answers of citizens; empty for neither.",
        ["documents", "citizens"],
        nullable=True,
    )
    profile = columns.choice(
        "Where a province's profile shows the index: in its charts and in the text, in the text alone,"
        " nowhere.",
        ["chart", "text", "none"],
    )
    interviews = dy.Float64(
        nullable=True,
        min=1,
        description=(
            "Scenario of the survey behind a score: interviews a province; empty where there is no survey "
            "or too little is known. Not a published figure."
        ),
    )
    design_effect = dy.Float64(
        nullable=True, min=0.1, description="Same scenario: by how much clustering inflates the variance."
    )
    person_sd = dy.Float64(
        nullable=True,
        min=0,
        description=(
            "Same scenario: standard deviation of one person's score on this dimension (on a part of it, "
            "where the row is a sum)."
        ),
    )
    correlation = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="Same scenario, for a row that is a sum: how persons' scores on its parts correlate.",
    )
    merge_rule = columns.choice(
        "How scores of provinces make the score of a merged unit: plain mean (the publisher's rule), mean"
        " weighted by population, or no estimate.",
        ["mean", "weighted_mean", "none"],
    )
    publisher = columns.text("Who publishes the index.")
    keywords = columns.text("Other wordings that articles use, separated by ';'.", nullable=True)

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

    index_id = columns.slug("Index.", primary_key=True)
    dimension_id = columns.slug("Dimension.", primary_key=True)
    year = columns.year("First year after the break.", primary_key=True)
    reason_vi = columns.text("Reason, in Vietnamese.")
    reason_en = columns.text("Reason, in English.")
    kind = columns.choice(
        "documented by the publisher, inherited from a component, or detected here as an unexplained shift of"
        " level or order.",
        ["documented", "inherited", "detected"],
    )
    effect = columns.choice(
        "What it did to the order of the provinces in that year, as measured by order_breaks: 'level' left"
        " it, 'order' redrew it; empty where there are too few full tables to measure.",
        ["level", "order"],
        nullable=True,
    )
    scope = columns.choice(
        "'definition': scores before and from that year are different series; 'order': the definition is the"
        " same as far as is known and scores compare, only the standing of provinces was redrawn.",
        ["definition", "order"],
    )
    source_id = columns.slug("Source.")


class Release(dy.Schema):
    """The one row that says which day the data speak of."""

    data_date = dy.Date(
        primary_key=True,
        description=(
            "Last day that the figures speak of: a later figure is an error, and targets are judged on this"
            " day unless a report is asked for another."
        ),
    )
