"""Semantic mutants of the bundled data: what a tired person types wrong. Written before the rules of the
gate.

Each takes the tables by name and returns those it changes. What is not listed here is drawn with a seed by
:func:`drawn`, on which no rule was tuned.
"""

import random
from datetime import date, timedelta

import polars as pl

MUTANTS = {}


def mutant(change):
    MUTANTS[change.__name__] = change
    return change


def edited(frame, changes, **where):
    """Change cells of the one row that `where` names."""
    hit = pl.all_horizontal([pl.lit(True), *(pl.col(c) == v for c, v in where.items())])
    assert frame.filter(hit).height == 1, (where, frame.filter(hit).height)
    return frame.with_columns(
        **{
            c: pl.when(hit).then(pl.lit(v, dtype=frame.schema[c])).otherwise(pl.col(c))
            for c, v in changes.items()
        }
    )


def swapped(frame, columns, one, other):
    """Exchange cells of two rows."""

    def row(where):
        return frame.row(
            by_predicate=pl.all_horizontal([pl.col(c) == v for c, v in where.items()]), named=True
        )

    a, b = row(one), row(other)
    frame = edited(frame, {c: b[c] for c in columns}, **one)
    # The row may now be found under other key columns, so the second edit goes by position.
    at = pl.int_range(pl.len()) == _position(frame, b)
    return frame.with_columns(
        **{c: pl.when(at).then(pl.lit(a[c], dtype=frame.schema[c])).otherwise(pl.col(c)) for c in columns}
    )


def _position(frame, row):
    hits = [i for i, r in enumerate(frame.iter_rows(named=True)) if r == row]
    return hits[-1]


def more(frame, changes, **where):
    """Add a changed copy of a row."""
    hit = pl.all_horizontal([pl.col(c) == v for c, v in where.items()])
    copy = frame.filter(hit)
    assert copy.height == 1
    return pl.concat(
        [frame, copy.with_columns(**{c: pl.lit(v, dtype=frame.schema[c]) for c, v in changes.items()})]
    )


def key(index, dimension, year, province):
    return {"index_id": index, "dimension_id": dimension, "year": year, "province_id": province}


def scores(name, changes, *where):
    def change(tables):
        return {"scores": edited(tables["scores"], changes, **key(*where))}

    MUTANTS[name] = change


def scaled(name, factor, *where):
    def change(tables):
        score = tables["scores"].row(
            by_predicate=pl.all_horizontal([pl.col(c) == v for c, v in key(*where).items()]), named=True
        )["score"]
        return {"scores": edited(tables["scores"], {"score": round(score * factor, 6)}, **key(*where))}

    MUTANTS[name] = change


def cell(table, name, changes, **where):
    MUTANTS[name] = lambda tables: {table: edited(tables[table], changes, **where)}


scores("total_of_438", {"score": 438.1}, "papi", "overall", 2023, "lang-son")
scaled("dimension_ten_times", 10, "papi", "e_governance", 2023, "lang-son")
scaled("dimension_a_tenth", 0.1, "papi", "e_governance", 2023, "lang-son")
scaled("total_a_tenth", 0.1, "papi", "overall", 2022, "da-nang")
scores("total_digits_exchanged", {"score": 34.6}, "papi", "overall", 2022, "da-nang")
scores("dti_digits_exchanged", {"score": 0.27}, "dti", "overall", 2023, "ha-noi")
scaled("dti_ten_times", 10, "dti", "overall", 2023, "ha-noi")
scaled("dti_as_percent", 100, "dti", "overall", 2022, "lang-son")
scaled("par_a_tenth", 0.1, "par", "overall", 2022, "ba-ria-vung-tau")
scores("par_digits_exchanged", {"score": 78.47}, "par", "overall", 2022, "ba-ria-vung-tau")
scores("pci_digits_exchanged", {"score": 95.15}, "pci", "overall", 2005, "ba-ria-vung-tau")
scaled("sipas_a_tenth", 0.1, "sipas", "overall", 2015, "da-nang")
scores("rank_as_score", {"score": 6.0, "rank": 87}, "par", "overall", 2022, "ba-ria-vung-tau")
scores("rank_beyond_all", {"rank": 72}, "papi", "e_governance", 2023, "lang-son")
scores("rank_zero", {"rank": 0}, "papi", "e_governance", 2023, "lang-son")
scores("rank_lost_a_digit", {"rank": 2}, "papi", "e_governance", 2023, "lang-son")
scores("n_ranked_exchanged", {"n_ranked": 36}, "papi", "e_governance", 2023, "lang-son")
scores("n_ranked_of_one_row", {"n_ranked": 60}, "dti", "overall", 2023, "ha-noi")
scores("year_2032", {"year": 2032}, "papi", "overall", 2023, "lang-son")
scores("year_2203", {"year": 2203}, "papi", "overall", 2023, "lang-son")
scores("year_before_the_survey", {"year": 2010}, "papi", "overall", 2015, "lang-son")
scores("year_where_it_was_missing", {"year": 2021}, "papi", "overall", 2024, "quang-ninh")
scaled("negative_score", -1, "papi", "overall", 2023, "lang-son")
scores("zero_for_missing", {"score": 0.0}, "dti", "overall", 2023, "lang-son")
scores("decimals_cut_off", {"score": 43.0}, "papi", "overall", 2022, "da-nang")
scores("rank_without_status", {"rank_status": None}, "dti", "overall", 2023, "ha-noi")
scores("source_of_another_year", {"source_id": "papi-2019"}, "papi", "overall", 2023, "lang-son")
scores("second_first_place", {"rank": 1}, "dti", "overall", 2023, "ha-noi")
scores("printed_rank_given_twice", {"rank": 1}, "par", "overall", 2022, "ba-ria-vung-tau")
scores("rank_only_row_wrong", {"rank": 52}, "par", "e_government", 2023, "lang-son")


@mutant
def ranks_of_two_exchanged(t):
    a, b = (key("papi", "overall", 2023, p) for p in ("lang-son", "ca-mau"))
    return {"scores": swapped(t["scores"], ["rank"], a, b)}


@mutant
def scores_of_two_exchanged(t):
    a, b = (key("dti", "overall", 2023, p) for p in ("lang-son", "ca-mau"))
    return {"scores": swapped(t["scores"], ["score"], a, b)}


@mutant
def dimension_of_two_exchanged(t):
    a, b = (key("papi", "e_governance", 2023, p) for p in ("lang-son", "ca-mau"))
    return {"scores": swapped(t["scores"], ["score", "rank"], a, b)}


@mutant
def totals_of_two_exchanged(t):
    a, b = (key("papi", "overall", 2023, p) for p in ("lang-son", "ca-mau"))
    return {"scores": swapped(t["scores"], ["score", "rank"], a, b)}


@mutant
def two_dimensions_of_one_exchanged(t):
    a, b = (key("papi", d, 2023, "lang-son") for d in ("e_governance", "public_service_delivery"))
    return {"scores": swapped(t["scores"], ["score", "rank"], a, b)}


@mutant
def two_dimensions_of_a_year_exchanged(t):
    names = {"e_governance": "public_service_delivery", "public_service_delivery": "e_governance"}
    hit = (pl.col("index_id") == "papi") & (pl.col("year") == 2023)
    dimension = pl.when(hit).then(pl.col("dimension_id").replace(names)).otherwise(pl.col("dimension_id"))
    return {"scores": t["scores"].with_columns(dimension_id=dimension)}


@mutant
def a_table_in_a_future_year(t):
    hit = (pl.col("index_id") == "dti") & (pl.col("year") == 2023)
    year = pl.when(hit).then(2027).otherwise(pl.col("year")).cast(pl.Int64)
    return {"scores": t["scores"].with_columns(year=year)}


@mutant
def a_row_twice_under_another_source(t):
    return {
        "scores": more(t["scores"], {"source_id": "papi-2022"}, **key("papi", "overall", 2023, "lang-son"))
    }


def without(name, *where):
    keep = ~pl.all_horizontal([pl.col(c) == v for c, v in key(*where).items()])
    MUTANTS[name] = lambda t: {"scores": t["scores"].filter(keep)}


without("a_dimension_of_one_gone", "papi", "transparency", 2023, "lang-son")
without("a_total_gone", "papi", "overall", 2023, "lang-son")
without("a_row_of_dti_gone", "dti", "overall", 2023, "lang-son")


@mutant
def a_province_copied_over_another(t):
    hit = (pl.col("index_id") == "papi") & (pl.col("year") == 2023)
    rows = t["scores"]
    copy = rows.filter(hit, pl.col("province_id") == "ca-mau").with_columns(province_id=pl.lit("lang-son"))
    return {"scores": pl.concat([rows.filter(~(hit & (pl.col("province_id") == "lang-son"))), copy])}


@mutant
def a_year_copied_over_the_next(t):
    hit = (pl.col("index_id") == "papi") & (pl.col("province_id") == "lang-son")
    rows = t["scores"]
    copy = rows.filter(hit, pl.col("year") == 2022).with_columns(
        year=pl.lit(2023, dtype=pl.Int64), source_id=pl.lit("papi-2023")
    )
    return {"scores": pl.concat([rows.filter(~(hit & (pl.col("year") == 2023))), copy])}


@mutant
def a_dimension_in_percent(t):
    hit = (pl.col("index_id") == "dti") & (pl.col("dimension_id") == "digital_society")
    score = pl.when(hit).then(pl.col("score") * 100).otherwise(pl.col("score"))
    return {"scores": t["scores"].with_columns(score=score)}


@mutant
def a_year_on_another_level(t):
    hit = (pl.col("dimension_id") == "control_of_corruption") & (pl.col("year") == 2023)
    score = pl.when(hit).then(pl.col("score") + 1.5).otherwise(pl.col("score"))
    return {"scores": t["scores"].with_columns(score=score)}


unit = {"index_id": "dti", "dimension_id": "overall", "year": 2024}
cell(
    "unit_scores",
    "unit_ten_times",
    {"score": 4.034},
    **{**unit, "dimension_id": "digital_economy_activity"},
    unit_id="an-giang",
)
cell(
    "unit_scores",
    "unit_rank_with_a_digit_more",
    {"rank": 20},
    **{**unit, "dimension_id": "digital_economy_activity"},
    unit_id="bac-ninh",
)
cell("unit_scores", "unit_wrong_year", {"year": 2042}, **unit, unit_id="ha-noi")


@mutant
def two_units_exchanged(t):
    a, b = ({**unit, "unit_id": u} for u in ("ha-noi", "ca-mau"))
    return {"unit_scores": swapped(t["unit_scores"], ["score", "rank"], a, b)}


national = {"dimension_id": "overall", "year": 2023, "quantity": "provincial_mean"}
cell("national_scores", "national_mean_exchanged", {"score": 0.8763}, index_id="dti", **national)
cell("national_scores", "national_mean_of_par_exchanged", {"score": 68.98}, index_id="par", **national)

paid = {"indicator_id": "online_payment_transactions_pct", "source_id": "article-binh-chau-2023-07"}
online = {"indicator_id": "files_received_online_pct", "source_id": "article-lang-son-2024-07"}
received = {"indicator_id": "files_received", "source_id": "article-lang-son-2024-07"}
teams = {"indicator_id": "community_digital_teams", "source_id": "article-vinh-phuc-2022-08"}
cell("observations", "percent_977", {"value": 977.0, "numerator": None, "denominator": None}, **online)
cell("observations", "percent_a_tenth", {"value": 9.77, "numerator": None, "denominator": None}, **online)
cell("observations", "percent_digits_exchanged", {"value": 53.2}, **paid)
cell("observations", "percent_negative", {"value": -52.3}, **paid)
cell("observations", "thousands_read_as_decimals", {"value": 1.239}, **teams)
cell("observations", "large_count_read_as_decimals", {"value": 171.997}, **received)
cell("observations", "count_negative", {"value": -4.0}, indicator_id="pilot_communes")
cell("observations", "date_2042", {"as_of": date(2042, 6, 30)}, **online)
cell("observations", "date_2204", {"as_of": date(2204, 6, 30)}, **online)
cell("observations", "date_after_publication", {"as_of": date(2024, 5, 31)}, **paid)
cell("observations", "date_ten_years_before", {"as_of": date(2013, 6, 30)}, **paid)
cell("observations", "fraction_upside_down", {"numerator": 171997.0, "denominator": 168014.0}, **online)
cell("observations", "numerator_ten_times", {"numerator": 1680140.0}, **online)
cell("observations", "fraction_ten_times", {"numerator": 1680140.0, "denominator": 1719970.0}, **online)
cell("observations", "more_than_forgotten", {"bound": "="}, indicator_id="environment_stations")
cell("observations", "printed_digits_exchanged", {"printed": "53,2%"}, **paid)
cell("observations", "count_as_share", {"indicator_id": "files_received_online_pct"}, **teams)
cell("observations", "another_province", {"province_id": "ca-mau"}, indicator_id="hospitals_cashless_pct")
cell("observations", "another_indicator", {"indicator_id": "stations_5g"}, **paid)
cell(
    "observations",
    "printed_and_value_wrong_together",
    {"value": 9.0, "printed": "9"},
    indicator_id="plan_targets_completed",
    source_id="article-da-nang-2022-09",
)


@mutant
def a_figure_twice_under_another_source(t):
    return {"observations": more(t["observations"], {"source_id": "article-dddn-2023"}, **paid)}


@mutant
def two_figures_of_one_source(t):
    other = {"value": 55.2, "printed": "55,2%", "as_of": date(2023, 6, 29)}
    return {"observations": more(t["observations"], other, **paid)}


@mutant
def two_sources_that_disagree(t):
    other = {"value": 45.0, "printed": "45%", "source_id": "article-dddn-2023"}
    return {"observations": more(t["observations"], other, **paid)}


aim = {"scope": "ba-ria-vung-tau", "indicator_id": "digital_economy_share_pct", "due": date(2023, 12, 31)}
top = {"scope": "ba-ria-vung-tau", "indicator_id": "dti_rank"}
cell("targets", "target_ten_times", {"value": 170.0}, **aim)
cell("targets", "target_a_tenth", {"value": 1.7}, **aim)
cell("targets", "target_negative", {"value": -17.0}, **aim)
cell("targets", "target_the_other_way", {"comparator": "<="}, **aim)
cell("targets", "target_due_2205", {"due": date(2205, 12, 31)}, **aim)
cell("targets", "target_due_before_it_was_set", {"due": date(2013, 12, 31)}, **aim)
cell("targets", "target_rank_100", {"value": 100.0}, **top)
cell("targets", "target_rank_the_other_way", {"comparator": ">="}, **top)
cell("targets", "target_more_than_forgotten", {"comparator": ">="}, **{**aim, "due": date(2025, 12, 31)})

place = {"province_id": "an-giang", "year": 2023}
cell("context", "population_ten_times", {"population_thousand": 19063.0}, **place)
cell("context", "urban_beyond_all", {"urban_population_thousand": 7053.0}, **place)
cell("context", "urban_a_tenth", {"urban_population_thousand": 70.53}, **place)
cell("context", "income_ten_times", {"grdp_per_capita_million_vnd": 588.0}, **place)
cell("context", "income_a_tenth", {"grdp_per_capita_million_vnd": 5.88}, **place)
cell("context", "context_year_2042", {"year": 2042}, **place)
cell("context", "population_digits_exchanged", {"population_thousand": 9106.3}, **place)


@mutant
def context_of_two_exchanged(t):
    a, b = ({"province_id": p, "year": 2023} for p in ("ha-noi", "ha-giang"))
    columns = ["population_thousand", "urban_population_thousand", "grdp_per_capita_million_vnd"]
    return {"context": swapped(t["context"], columns, a, b)}


cell("provinces", "alias_of_another", {"aliases": "Cà Mau"}, province_id="lang-son")
cell("provinces", "zero_width_in_a_name", {"name_vi": "Lạng\u200b Sơn"}, province_id="lang-son")
cell("provinces", "name_without_letters", {"name_vi": "123"}, province_id="lang-son")
cell("provinces", "cyrillic_letter_in_a_name", {"name_en": "L\u0430ng Son"}, province_id="lang-son")
cell("provinces", "latitude_digits_exchanged", {"latitude": 12.0}, province_id="lang-son")
cell("provinces", "unit_at_the_other_end", {"unit_2025_id": "ca-mau"}, province_id="lang-son")
cell("provinces", "region_at_the_other_end", {"region_id": "mekong-river-delta"}, province_id="lang-son")
cell("provinces", "code_of_another", {"gso_code": "96"}, province_id="lang-son")


@mutant
def tile_of_another(t):
    row = t["provinces"].row(by_predicate=pl.col("province_id") == "ca-mau", named=True)
    tile = {c: row[c] for c in ("tile_row", "tile_col")}
    return {"provinces": edited(t["provinces"], tile, province_id="lang-son")}


papi = {"index_id": "papi"}
cell("indices", "parent_circle", {"parent_id": "access_to_the_internet"}, **papi, dimension_id="e_governance")
cell("indices", "parent_itself", {"parent_id": "e_governance"}, **papi, dimension_id="e_governance")
cell("indices", "parent_nowhere", {"parent_id": "governance"}, **papi, dimension_id="access_to_the_internet")
cell(
    "indices", "scale_upside_down", {"scale_min": 10.0, "scale_max": 0.0}, **papi, dimension_id="e_governance"
)
cell("indices", "scale_ten_times", {"scale_max": 100.0}, **papi, dimension_id="e_governance")
cell("indices", "scale_a_tenth", {"scale_max": 10.0}, index_id="par", dimension_id="overall")
cell("indicators", "direction_turned", {"direction": -1}, indicator_id="digital_economy_share_pct")
cell("indicators", "share_as_count", {"unit": "count"}, indicator_id="digital_economy_share_pct")
cell("breaks", "break_in_the_future", {"year": 2031}, **papi, dimension_id="overall", year=2018)
cell("breaks", "break_a_year_early", {"year": 2017}, **papi, dimension_id="overall", year=2018)


@mutant
def a_break_gone(t):
    hit = (pl.col("index_id") == "papi") & (pl.col("dimension_id") == "overall") & (pl.col("year") == 2018)
    return {"breaks": t["breaks"].filter(~hit)}


claim = "lang-son-par-e-government-2023-"
cell("claims", "claimed_rank_exchanged", {"value": 52.0}, claim_id=claim + "rank")
cell("claims", "claimed_rank_printed_exchanged", {"value": 52.0, "printed": "52/63"}, claim_id=claim + "rank")
cell("claims", "claimed_fall", {"value": -33.0}, claim_id=claim + "gain")
cell("claims", "claimed_change_backwards", {"from_year": 2024}, claim_id=claim + "gain")
cell("claims", "claimed_score_beyond_scale", {"value": 874.7}, claim_id="ba-ria-vung-tau-par-2022-score")
cell("claims", "claim_of_another_province", {"province_id": "ca-mau"}, claim_id=claim + "rank")
cell("conflicts", "conflict_keeps_another_figure", {"chosen": "87.21"}, key="par/overall/2012/da-nang")
cell(
    "conflicts", "conflict_about_nothing", {"key": "par/overall/2002/da-nang"}, key="par/overall/2012/da-nang"
)
cell("sources", "published_2042", {"published": date(2042, 7, 5)}, source_id="article-lang-son-2024-07")
cell("sources", "published_2014", {"published": date(2014, 7, 5)}, source_id="article-lang-son-2024-07")


@mutant
def release_in_2204(t):
    return {"release": t["release"].with_columns(data_date=pl.date(2204, 12, 31))}


@mutant
def release_in_2014(t):
    return {"release": t["release"].with_columns(data_date=pl.date(2014, 12, 31))}


def drawn(tables, seed):
    """Draw a mutant: a table, a row and a kind of slip at random. Returns its name and the changed tables."""
    draw = random.Random(seed)
    table = draw.choice(["scores", "scores", "observations", "targets", "context", "claims", "unit_scores"])
    frame = tables[table]
    row = draw.randrange(frame.height)
    numbers = [
        c
        for c in ("score", "rank", "value", "population_thousand", "grdp_per_capita_million_vnd")
        if c in frame.columns and frame[c][row] is not None
    ]
    column = draw.choice(numbers)
    value = frame[column][row]
    times = next(c for c in ("year", "as_of", "due") if c in frame.columns)
    kind = draw.choice(["shift", "exchange", "sign", "digit", "time", "whose", "copy", "trade"])
    change = {column: value}
    if kind == "shift":
        change = {column: value * draw.choice([0.1, 10])}
    elif kind == "exchange":
        change = {column: _exchanged(value, draw)}
    elif kind == "sign":
        change = {column: -value}
    elif kind == "digit":
        change = {column: value + draw.choice([1, 2, 3, 5]) * 10 ** max(0, len(str(int(abs(value)))) - 1)}
    elif kind == "time":
        old, years = frame[times][row], draw.choice([-10, -1, 9, 10, 100])
        change = {times: old + years if times == "year" else old + timedelta(days=365 * years)}
    elif kind == "trade":
        change = {column: frame[column][draw.randrange(frame.height)]}
    if kind in ("whose", "copy"):
        who = next(c for c in ("province_id", "unit_id", "scope") if c in frame.columns)
        other = draw.choice(frame[who].to_list())
        change = {who: other}
    typed = {c: int(v) if frame.schema[c] == pl.Int64 and v is not None else v for c, v in change.items()}
    new = frame[row].with_columns(**{c: pl.lit(v, dtype=frame.schema[c]) for c, v in typed.items()})
    kept = frame if kind == "copy" else pl.concat([frame[:row], frame[row + 1 :]])
    name = f"{seed} {table} row {row} {kind}: {typed}"
    is_same = new.equals(frame[row])
    return name, None if is_same else {table: pl.concat([kept, new])}


def _exchanged(value, draw):
    """Exchange two neighbouring digits that differ."""
    text = f"{value:g}"
    pairs = [i for i in range(len(text) - 1) if text[i] != text[i + 1] and (text[i] + text[i + 1]).isdigit()]
    if not pairs:
        return value
    i = draw.choice(pairs)
    return type(value)(float(text[:i] + text[i + 1] + text[i] + text[i + 2 :]))
