"""Live figures: what is in them, against the dataset; that they are what Vega-Lite takes; and what they look
like once drawn by Vega, without a browser.
"""

import re
from itertools import pairwise

import altair as alt
import polars as pl
import pytest
import vl_convert

import cds_analysis as cds
from cds_analysis.study.choice import VIEWS
from cds_analysis.study.study import Study
from cds_analysis.views.interactive.scripts import vega
from cds_analysis.views.look import PALETTE

CHOICES = [
    f"vi 63 papi/public_service_delivery 2018-2024 all {tab}.{view} lang-son+cao-bang"
    for tab, views in VIEWS.items()
    for view in views
    if tab != "table"
]


@pytest.fixture(scope="module")
def study(data):
    return Study(data, lang="vi")


def drawn(figure):
    return vl_convert.vegalite_to_svg(figure.whole(heading=True))


def labels(svg):
    """Texts of a drawing with their places."""
    found = re.findall(r'<text[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*>([^<]+)</text>', svg)
    return [(text, float(x), float(y)) for x, y, text in found]


@pytest.mark.parametrize("text", CHOICES)
def test_a_figure_is_what_vega_lite_takes(study, text):
    figure = study.show(text)
    alt.LayerChart.from_dict({k: v for k, v in figure.whole(heading=True).items() if k != "$schema"})
    for version in ("5.21", "6.4"):  # of pages, explorer and JupyterLab's own renderer, and the newest
        made = vl_convert.vegalite_to_vega(figure.whole(), vl_version=version)
        names = {d["name"] for d in made["data"]}
        assert {"rows", "pick_store"} <= names


def test_rows_are_those_of_the_dataset(study, data):
    figure = study.chart("papi.d6", "Lạng Sơn", years=(2018, 2024), view="trend.score")
    rows = {(r["province_id"], r["year"]): r["v"] for r in figure.data["rows"]}
    scores = data.scores.filter(
        (pl.col("dimension_id") == "public_service_delivery") & pl.col("year").is_between(2018, 2024)
    ).drop_nulls("score")
    assert rows == {(p, y): s for p, y, s in scores.select("province_id", "year", "score").iter_rows()}


def test_a_line_is_cut_at_a_gap_and_at_a_new_definition(study, data):
    figure = study.chart("papi", years=(2011, 2024))
    breaks = data.breaks.filter(
        (pl.col("index_id") == "papi")
        & (pl.col("dimension_id") == "overall")
        & (pl.col("scope") == "definition")
    )["year"].to_list()
    runs = {}
    for r in figure.data["rows"]:
        runs.setdefault(r["run"], []).append((r["province_id"], r["year"]))
    for run in runs.values():
        years = [y for _, y in run]
        assert len({p for p, _ in run}) == 1 and years == list(range(years[0], years[-1] + 1))
        assert not any(years[0] < b <= years[-1] for b in breaks)
    assert [b["at"] for b in figure.data["breaks"]] == [y - 0.5 for y in breaks]


@pytest.mark.parametrize("who", [["mekong-river-delta"], ["lang-son", "cao-bang", "bac-kan", "ha-giang"]])
def test_labels_at_the_ends_keep_apart_and_on_the_plot(study, who):
    names = {study.text.province(p) for p in study.provinces(*who)}
    ends = [
        (x, y)
        for text, x, y in labels(drawn(study.chart("dti", *who)))
        if re.split(r"\s+\d", text)[0].replace("\u00a0", " ") in names
    ]
    assert len(ends) == len(names)
    places = sorted(y for _, y in ends)
    assert min(b - a for a, b in pairwise(places)) > 13
    assert places[0] > -10 and places[-1] < 440


def test_those_picked_have_their_colours_and_more_than_there_are_have_one(study):
    few, many = (drawn(study.chart("dti", *who)) for who in (["ha-noi", "da-nang"], ["mekong-river-delta"]))
    assert PALETTE[0] in few and PALETTE[1] in few and PALETTE[2] not in few
    assert not any(colour in many for colour in PALETTE) and "#0b5c8e" in many


def test_a_province_that_is_missing_is_hatched_and_named(study, data):
    figure = study.map("papi", year=2024)
    here = data.scores.filter(
        (pl.col("index_id") == "papi") & (pl.col("dimension_id") == "overall") & (pl.col("year") == 2024)
    ).drop_nulls("score")
    missing = set(data.provinces["province_id"]) - set(here["province_id"])
    assert {r["province_id"] for r in figure.data["rows"] if r["group"] < 0} == missing
    assert all(study.text.province(p) in figure.notes[0] for p in missing)
    tiles = {(r["col"], r["row"]) for r in figure.data["rows"] if r["group"] < 0}
    assert tiles <= {(int(h["x"]), h["y2"]) for h in figure.data["hatch"]}


def test_a_map_of_changes_compares_within_one_definition(study, data):
    figure = study.chart("dti", years=(2020, 2023), view="map.change")  # new sets of indices in 2021 and 2024
    rank = {
        (p, y): r
        for p, y, r in (
            study.ranked.filter((pl.col("index_id") == "dti") & (pl.col("dimension_id") == "overall"))
            .select("province_id", "year", "rank")
            .iter_rows()
        )
    }
    both = {p for p, y in rank if y == 2021} & {p for p, y in rank if y == 2023}
    expected = {p: rank[p, 2021] - rank[p, 2023] for p in both if rank[p, 2021] and rank[p, 2023]}
    assert dict(figure.frame.drop_nulls("value").select("province_id", "value").iter_rows()) == expected
    assert len(expected) > 10
    across = study.chart("dti", years=(2023, 2024), view="map.change")
    assert across.name == "nothing" and "không có hai năm cùng bộ chỉ số" in across.title


def test_a_title_tells_no_change_across_a_new_definition(study):
    assert "→" not in study.chart("dti", "Lạng Sơn", years=(2023, 2024)).title
    assert "4/63 (2023)" in study.chart("dti", "Lạng Sơn", years=(2021, 2023)).title


def test_a_correlation_is_that_of_scipy(study):
    from scipy.stats import spearmanr

    figure = study.chart("papi", view="comparison.pair", against="dti")
    rows = figure.data["rows"]
    rho = spearmanr([r["x"] for r in rows], [r["y"] for r in rows]).statistic
    assert f"{rho:.2f}".replace(".", ",") in figure.title and f"n = {len(rows)}" in figure.title


def test_a_figure_is_saved_as_its_name_ends(study, tmp_path):
    figure = study.profile("Lạng Sơn", "papi")
    assert "Lạng Sơn" in figure.save(tmp_path / "a.svg").read_text("utf-8").replace("\u00a0", " ")
    assert figure.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    page = figure.save(tmp_path / "a.html").read_text("utf-8")
    assert "<script" in page and "src=" not in re.sub(r"<script[^>]*>.*?</script>", "", page, flags=re.DOTALL)
    with pytest.raises(cds.ParameterError, match="saved as"):
        figure.save(tmp_path / "a.pdf")


def test_a_dataset_shows_itself_in_five_lines(data):
    lines = repr(data).splitlines()
    assert len(lines) == 5 and f"{data.scores.height:,}" in lines[1] and "63 provinces" in lines[0]
    assert max(map(len, lines)) < 160


@pytest.mark.parametrize(
    "wrong", [{"view": "pie"}, {"view": "map.standing"}, {"years": (1990, 1995)}, {"target": "no such"}]
)
def test_what_cannot_be_drawn_is_refused(study, wrong):
    with pytest.raises(cds.CdsError):
        study.chart("papi", "ha-noi", **wrong)


def test_the_libraries_of_a_page_carry_their_licences():
    script = vega()
    head = script.partition("*/")[0]
    assert script.startswith("/*!") and "University of Washington" in head and "Mike Bostock" in head
    assert "Redistributions of source code must retain" in head and "Permission to use, copy" in head
