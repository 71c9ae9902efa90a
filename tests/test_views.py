import io
import itertools
import math
import struct

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

import cds_analysis as cds
from cds_analysis.dataset.series import observations_with_ranks, score_values
from cds_analysis.measures.gaps import merge_repeated
from cds_analysis.measures.promises import promises, yardsticks
from cds_analysis.views import charts, prose, tables
from cds_analysis.views.drawing.svg import SvgRenderer
from cds_analysis.views.text import Text
from cds_analysis.views.theme import STATUS_LOOK, spread

FOUR = ["ba-ria-vung-tau", "da-nang", "lang-son", "vinh-phuc"]


@pytest.fixture(scope="module")
def frames(data):
    papi = data.scores.filter(pl.col("index_id") == "papi", pl.col("year") == 2024)
    compared = cds.compare(score_values(papi), data.provinces, peers=cds.structural_peers(data.context))
    every = cds.ranks(data.scores, data.breaks, data.indices)
    every_gap = cds.gaps(observations_with_ranks(data), data.targets, data.indicators)
    judged = merge_repeated(every_gap)
    return {
        "compared": compared,
        "ranked": every.filter(pl.col("dimension_id") == "overall"),
        "judged": judged,
        "shares": every_gap.filter(pl.col("indicator_id").str.ends_with("_pct")),
        "standing": cds.open(lang="en").standing("papi").whole,
    }


def draw(name, data, frames, text, *, empty=False):
    compared, ranked, judged = frames["compared"], frames["ranked"], frames["judged"]
    overall, papi = (
        compared.filter(pl.col("series_id") == "papi/overall"),
        ranked.filter(pl.col("index_id") == "papi"),
    )
    percent = judged.filter(
        pl.col("province_id") == FOUR[0],
        pl.col("target") <= 100,
        pl.col("indicator_id").str.ends_with("_pct"),
    )
    shares = frames["shares"].clear() if empty else frames["shares"]
    is_national = pl.col("scope") == "viet-nam"
    if empty:
        overall, papi, judged, percent = overall.clear(), papi.clear(), judged.clear(), percent.clear()
    common = {"text": text, "title": "Title", "source": "Source"}
    if name == "distribution":
        return charts.distribution(overall, highlight=FOUR, unit="score", **common)
    if name == "tile_map":
        return charts.tile_map(overall, data.provinces, highlight=FOUR, subtitle="score", **common)
    if name == "heatmap":
        return charts.heatmap(
            overall,
            rows=["papi/overall"],
            provinces=FOUR,
            subtitle="score",
            labels={},
            columns_label="percentile",
            **common,
        )
    if name == "dumbbell":
        return charts.dumbbell(percent, **common)
    if name == "yardstick_strips":
        figures = shares.filter(is_national).drop_nulls("value")
        figures = figures.unique(["indicator_id", "province_id"], keep="first", maintain_order=True)
        return charts.yardstick_strips(figures, yardsticks(shares), highlight=FOUR[:2], **common)
    if name == "promise_strips":
        own = shares.filter(~is_national)
        return charts.promise_strips(own, promises(shares).head(15), highlight=FOUR[:2], **common)
    if name == "bump":
        return charts.bump(papi, highlight=FOUR, **common)
    if name == "trajectory":
        return charts.trajectory(papi, province="lang-son", unit="score", **common)
    if name == "standing_fan":
        return charts.standing_fan(
            frames["standing"], data.breaks.head(0), provinces=[] if empty else FOUR, **common
        )
    return charts.rank_heatmap(papi, data.provinces, highlight=FOUR, **common)


CHARTS = [
    "distribution",
    "tile_map",
    "heatmap",
    "dumbbell",
    "yardstick_strips",
    "promise_strips",
    "bump",
    "trajectory",
    "rank_heatmap",
    "standing_fan",
]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_title_alt_text_numbers_and_source(data, frames, name, lang):
    before = dict(mpl.rcParams)
    chart = draw(name, data, frames, Text(lang, data))
    bundle, metadata = chart._repr_mimebundle_()
    written = " ".join(item.get_text() for item in chart.figure.texts)
    assert "Title" in written and "Source" in written
    assert len(metadata["image/svg+xml"]["alt"]) > len("Title. ") + 10
    assert bundle["image/svg+xml"].count("<text") + bundle["image/svg+xml"].count("<path") > 4
    assert bundle["text/csv"].count("\n") >= 2
    width, height = struct.unpack(">II", chart.png()[16:24])
    assert width > 1000 and height > 300
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_without_data_says_so_or_shows_only_gaps(data, frames, name):
    chart = draw(name, data, frames, Text("en", data), empty=True)
    assert chart.png().startswith(b"\x89PNG")
    assert chart.alt.startswith("Title. ")


@pytest.mark.parametrize("name", CHARTS)
def test_no_text_of_a_chart_is_clipped(data, frames, name):
    chart = draw(name, data, frames, Text("vi", data))
    FigureCanvasAgg(chart.figure).draw()
    box, beyond = chart.figure.bbox, set()
    for axis in [
        a for ax in chart.figure.axes for a in (ax.xaxis, ax.yaxis)
    ]:  # matplotlib keeps ticks beyond the ends and does not draw them
        low, high = sorted(axis.get_view_interval())
        beyond |= {tick.label1 for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high}
    for item in chart.figure.findobj(mpl.text.Text):
        if item.get_visible() and item.get_text().strip() and item not in beyond:
            extent = item.get_window_extent()
            assert extent.x0 >= box.x0 - 1 and extent.x1 <= box.x1 + 1, item.get_text()
            assert extent.y0 >= box.y0 - 1 and extent.y1 <= box.y1 + 1, item.get_text()


def test_alt_text_tells_the_message(data, frames):
    alt = draw("distribution", data, frames, Text("vi", data)).alt
    assert "Trung vị cả nước 43,48" in alt and "Bà Rịa - Vũng Tàu 45,53" in alt


def test_a_line_stops_at_a_missing_year_and_at_a_break(frames, data):
    chart = draw("trajectory", data, frames, Text("en", data))
    score = chart.figure.axes[0]
    (blue,) = [line for line in score.lines if line.get_color() == "#0072B2"]
    runs = [list(run) for is_gap, run in itertools.groupby(blue.get_xdata(), math.isnan) if not is_gap]
    assert runs == [
        [2011, 2012, 2013, 2014, 2015],
        [2016, 2017],
        [2018],
        [2019],
        [2020],
        [2021, 2022, 2023, 2024],
    ]
    assert np.isnan(blue.get_ydata()).tolist() == np.isnan(blue.get_xdata()).tolist()
    withheld = charts.trajectory(
        frames["ranked"].filter(pl.col("index_id") == "papi"),
        text=Text("en", data),
        province="quang-ninh",
        title="T",
        unit="score",
        source="S",
    )
    drawn = {year for line in withheld.figure.axes[1].lines for year in line.get_xdata()}
    assert not {2018, 2021, 2023} & drawn


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_texts_are_as_wide_and_high_as_matplotlib_measures_them(weight, data):
    ours, theirs = SvgRenderer(10, 10, io.StringIO()), TextToPath()
    prop = FontProperties(family="DejaVu Sans", size=8.5, weight=weight)
    names = [Text(lang, data).indicator(i) for lang in ("vi", "en") for i in data.indicators["indicator_id"]]
    for text in [*names, "2018", "−0,5", "✓ đạt", "(n = 61)"]:
        width, *heights = theirs.get_text_width_height_descent(text, prop, False)
        own_width, *own_heights = ours.get_text_width_height_descent(text, prop, False)
        assert own_width == pytest.approx(width, rel=0.03), text  # kerning is left out
        assert own_heights == pytest.approx(heights, abs=0.01), text


def test_every_status_has_its_own_symbol():
    symbols = [look[0] for look in STATUS_LOOK.values()]
    assert len(set(symbols)) == len(symbols)


@given(st.lists(st.floats(-100, 100), max_size=12), st.floats(0.1, 5))
def test_spread_keeps_order_and_distance(positions, gap):
    moved = spread(positions, gap)
    order = sorted(range(len(positions)), key=positions.__getitem__)
    for a, b in itertools.pairwise(order):
        assert moved[b] - moved[a] >= gap - 1e-6


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_tables_carry_source_and_numbers(data, frames, lang):
    text = Text(lang, data)
    units = dict(data.indicators.select("indicator_id", "unit").iter_rows())
    made = [
        tables.comparison_table(frames["compared"].head(5), text=text, title="Title", source="Source"),
        tables.gaps_table(frames["judged"], text=text, title="Title", source="Source", units=units),
        tables.ranks_table(frames["ranked"].head(20), text=text, title="Title", source="Source"),
        tables.breaks_table(data.breaks, text=text, title="Title", source="Source"),
        tables.conflicts_table(data.conflicts, text=text, title="Title", source="Source"),
        tables.claims_table(data.claims, text=text, title="Title", source="Source"),
        tables.sources_table(data.sources, text=text, title="Title", source="Source"),
        tables.observations_table(data.observations, text=text, title="Title", source="Source", units=units),
    ]
    for table in made:
        assert "Title" in table.html and "Source" in table.html
        assert "<th" in table.html
        bundle, _ = table._repr_mimebundle_()
        assert bundle["text/csv"].count("\n") == table.data.height + 1


def test_a_table_without_rows_is_a_sentence(data):
    table = tables.breaks_table(data.breaks.clear(), text=Text("vi", data), title="Title", source="Source")
    assert "Không có." in table.html


def test_prose_says_what_is_missing(data, frames):
    overall = frames["compared"].filter(pl.col("series_id") == "papi/overall")
    said = prose.comparison(
        overall, Text("en", data), provinces=["vinh-phuc", "lang-son"], index_id="papi", year=2024
    ).markdown
    assert "**Vĩnh Phúc** has no published score in this year; it is missing, not last." in said
    assert "of the 61 provinces with a published result.** The national median is 43.48" in said
    assert "PAPI 2024: Quảng Ninh, Tây Ninh and Bình Thuận lead" in said  # as ranked in the report
    assert (
        "No score of PAPI is on record for 1999"
        in prose.comparison(
            overall.clear(), Text("en", data), provinces=[], index_id="papi", year=1999
        ).markdown
    )


def test_prose_of_targets(data, frames):
    units = dict(data.indicators.select("indicator_id", "unit").iter_rows())
    said = prose.target_gap(
        frames["judged"], Text("en", data), province="ba-ria-vung-tau", units=units
    ).markdown
    assert "the top 10 of DTI was reached in the ranking of 2023; the latest rank is 7" in said
    assert "The largest gap is 57.4 percentage points" in said
    assert (
        "no target is on record"
        in prose.target_gap(
            frames["judged"].clear(), Text("en", data), province="ha-nam", units=units
        ).markdown
    )


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_standing_has_a_gap_where_a_year_is_missing_and_marks_breaks_by_kind(data, frames, lang):
    mine = frames["standing"].filter((pl.col("province_id") != "lang-son") | (pl.col("year") != 2015))
    cut = data.breaks.filter(pl.col("index_id") == "papi", pl.col("dimension_id") == "overall")
    drawn = charts.standing_fan(
        mine, cut, text=Text(lang, data), provinces=["lang-son"], title="T", source="S"
    )
    (ax,) = drawn.figure.axes
    known = ax.lines[0]
    assert np.isnan(known.get_ydata()[list(known.get_xdata()).index(2015)])
    solid, dotted = (
        sorted(int(path.vertices[0, 0] + 0.5) for path in lines.get_paths()) for lines in ax.collections[-2:]
    )
    assert solid == cut.filter(pl.col("effect") == "order")["year"].to_list()
    assert dotted == cut.filter(pl.col("effect") == "level")["year"].to_list()


def test_a_standing_of_years_ahead_alone_is_drawn(data, frames):
    ahead = frames["standing"].filter(pl.col("years_ahead") > 0)
    drawn = charts.standing_fan(
        ahead, data.breaks.clear(), text=Text("en", data), provinces=["lang-son"], title="T", source="S"
    )
    assert "in 2026: rank" in drawn.alt
