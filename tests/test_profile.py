"""The profile of a province: its first screen, the details below, and how a page folds them."""

import io
import re

import nbformat
import polars as pl
import pytest
from browsers import CHROMIUM, needs_chromium
from pypdf import PdfReader

import cds_analysis as cds
from cds_analysis.chapters.profile import ProvinceProfile
from cds_analysis.pages.export import export_html
from cds_analysis.pages.pdf import print_pdf
from cds_analysis.pages.sections import fold
from cds_analysis.views.charts.small import bullet, spark, strip
from cds_analysis.views.tables.linked import linked_table
from cds_analysis.views.tables.results import rank_change


@pytest.fixture(scope="module", params=["vi", "en"])
def study(request):
    return cds.open(lang=request.param)


@pytest.fixture(scope="module")
def screens(study):
    names = study.data.provinces["province_id"]
    return {p: ProvinceProfile(study, province=p).first_screen() for p in names}


def shown(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_province_has_a_first_screen_without_leftovers(study, screens):
    for province, screen in screens.items():
        text = shown(screen.html)
        assert not re.search(r"None|\bnan\b|\{\w+\}|\(\)|\bnull\b", text), (province, text)
        assert (
            screen.html.count("<h1>") == 1 and screen.html.count('class="card') == 4 + 1
        )  # four, and their box
        assert study.text.province(province) in text


def test_the_first_index_of_the_register_leads(study, screens):
    order = study.text.profiled
    for screen in screens.values():
        assert re.findall(r'<section class="card[^"]*" id="(\w+)"', screen.html) == order


def test_every_link_of_a_sentence_has_its_figure_on_the_screen(screens):
    for screen in screens.values():
        ids = set(re.findall(r'id="([\w-]+)"', screen.html)) | {"reported"}
        assert set(re.findall(r'href="#([\w-]+)"', screen.html)) <= ids


def test_the_sources_under_the_strips_are_those_of_the_rows_drawn(study, screens):
    for province, screen in screens.items():
        rows = screen.data
        title = {s: study.text.title_of(study.text.source_row(s)) for s in rows["source_id"].unique()}
        line = re.findall(r'<p class="src">(?:\*|†|[^<]*?(?:95%)).*?</p>', screen.html, flags=re.DOTALL)[0]
        printed = set(re.findall(r">([^<>]+)</a>", line)) | set()
        with_address = {t for s, t in title.items() if study.text.source_row(s)["url"]}
        assert printed == with_address, province
        newest = rows.filter(pl.col("province_id") == province)["year"].max()
        assert set(rows["year"]) >= {newest}


def test_rank_and_number_of_every_row_are_those_of_the_data(study, screens):
    for province in ("lang-son", "quang-binh", "vinh-phuc"):
        found = re.findall(r'<div class="r (\w+)">(\d+)<small>/(\d+)', screens[province].html)
        rows = screens[province].data.filter(pl.col("province_id") == province)
        newest = rows.filter(pl.col("year") == pl.col("year").max().over("index_id"))
        assert sorted((int(r), int(n)) for _, r, n in found) == sorted(
            newest.select("rank", "n_ranked").rows()
        )


def test_old_figures_say_their_age_and_missing_ones_that_they_are(study, screens):
    t = study.text
    whole = study.findings.filter(pl.col("kind") == "whole")
    newest = whole.filter(pl.col("index_id") == t.profiled[0])["year"].max()
    known = {(r["province_id"], r["index_id"]): r["year"] for r in whole.iter_rows(named=True)}
    for province, screen in screens.items():
        years = [known.get((province, i)) for i in t.profiled]
        tags = re.findall(r'<span class="tag">([^<]*)</span>', screen.html)
        assert tags.count(t("nothing on record")) == years.count(None), province
        assert tags.count(t("nothing newer on record")) == sum(y is not None and y < newest for y in years), (
            province
        )
    assert t("{year}: no result", year=2024) in shown(screens["vinh-phuc"].html)


def test_what_has_nothing_to_say_is_not_there(study, screens):
    t, reporting = study.text, set(study.data.observations["province_id"])
    for province, screen in screens.items():
        has_figures = province in reporting
        assert (t("What the province reported") in screen.html) == has_figures
        assert (t("Beside its structural peers") in screen.html) != has_figures
    quiet = ProvinceProfile(study, province="quang-binh")
    quiet.figures, quiet.targets = quiet.figures.clear(), quiet.targets.clear()
    assert list(quiet.reported()) == [] and list(quiet.targets_list()) == []


def test_a_target_of_another_definition_is_named_as_such(study, screens):
    text = shown(screens["lang-son"].html)
    assert study.text("Nearest national targets, defined differently") in text
    assert study.text("another definition") in text
    near = ProvinceProfile(study, province="lang-son").nearest
    related = dict(study.data.indicators.drop_nulls("related").select("indicator_id", "related").iter_rows())
    reported = set(study.data.observations.filter(pl.col("province_id") == "lang-son")["indicator_id"])
    assert near.height and all(
        set(related.get(i, "").split(";")) & reported or any(i in related.get(r, "") for r in reported)
        for i in near["indicator_id"]
    )


def test_the_brief_is_the_first_screen_alone(study):
    brief = ProvinceProfile(study, province="ba-ria-vung-tau", brief=True)
    assert "<h1>" in brief.first_screen().html
    for part in (brief.years, brief.compared, brief.targets_list, brief.reported, brief.sources_list):
        assert list(part()) == []


def test_sources_are_names_that_lead_somewhere_and_no_ids(study, screens):
    ids = [s for s in study.data.sources["source_id"] if "-" in s and len(s) > 9]
    profile = ProvinceProfile(study, province="ba-ria-vung-tau")
    parts = (profile.years, profile.compared, profile.targets_list, profile.reported, profile.sources_list)
    html = screens["ba-ria-vung-tau"].html + "".join(p.html for part in parts for p in part())
    text = shown(html)
    assert not [i for i in ids if i in text]
    assert all(a.startswith(("https://", "http://", "#")) for a in re.findall(r'href="([^"]*)"', html))


def test_targets_without_a_figure_are_one_line(study):
    (panel,) = ProvinceProfile(study, province="ba-ria-vung-tau").targets_list()
    without = panel.data.filter(pl.col("value").is_null())
    assert without.height > 5
    line = panel.html[panel.html.index(study.text("No figure yet")) :]
    assert all(study.text.indicator(i) in line for i in without["indicator_id"])


# ---- small charts


def test_a_strip_marks_the_quartiles_of_its_scores():
    row = strip([0, 1, 2, 3, 4], 3, side="better", band=(2.5, 3.5))
    inside = [round((x - 1.8) / 96.4 * 4, 2) for x in (row.low, row.median, row.high, row.dot, *row.band)]
    assert inside == [1, 2, 3, 3, 2.5, 3.5]
    alone = strip([5.0], 5.0, side="within", band=None)
    assert alone.dot == alone.median == 1.8


def test_a_line_of_ranks_is_cut_at_gaps_and_definitions():
    rows = pl.DataFrame(
        {
            "year": [2017, 2018, 2020, 2021, 2022],
            "rank": [1, 2, 3, 4, 63],
            "n_ranked": [63] * 5,
            "segment": [0, 0, 0, 2021, 2021],
        }
    )
    drawn = spark(rows, {2021: "new"}, last=2024)
    assert len(drawn.points) == 5 and len(drawn.lines) == 2  # 2017-18 and 2021-22
    assert [y for _, y in drawn.years] == [2017, 2022, 2024]
    x = {int(label[:4]): across for across, _, label in drawn.points}
    ((cut, _),) = drawn.breaks
    assert x[2020] < cut < x[2021]


def test_a_bullet_stays_within_its_track():
    assert bullet(130, 95, state="good").value == 100 and bullet(None, 95, state="open").value is None


@pytest.mark.parametrize(
    "gained, crosses, said",
    [
        (9, False, "▲9"),
        (-14, False, "▼14"),
        (0, False, "="),
        (51, True, "new definition"),
        (None, False, "–"),
    ],
)
def test_a_change_of_rank_across_a_definition_is_no_number(gained, crosses, said):
    from cds_analysis.views.text import Text

    assert rank_change({"places_gained": gained, "crosses_break": crosses}, Text("en")) == said


def test_columns_that_repeat_one_value_are_left_out(study):
    rows = pl.DataFrame({"a": [1, 2, 3], "n": [61, 61, 61], "e": ["", "", ""]})
    columns = {k: (k.upper(), lambda r, k=k: str(r[k])) for k in rows.columns}
    made = linked_table(rows, columns, text=study.text, name="x", title="T")
    assert re.findall(r"<th[^>]*>(\w+)</th>", made.html) == ["A"]
    assert "long" not in made.html
    long = linked_table(pl.concat([rows] * 5), columns, text=study.text, name="x", title="T")
    assert 'class="cds tabled long"' in long.html


# ---- sections of a page


def cells(*sections):
    made = []
    for title, outputs in sections:
        made.append(
            nbformat.v4.new_markdown_cell(f"## {title}", metadata={"folded": title != "Open", "anchor": "x"})
        )
        made.append(nbformat.v4.new_code_cell("f()", outputs=outputs))
    return made


def test_a_folded_section_without_an_output_goes():
    said = nbformat.v4.new_output("display_data", {"text/plain": "1"})
    kept = fold(cells(("First", [said]), ("Empty", []), ("Open", []), ("Last", [said])))
    opened = [c.metadata["cds_open"]["title"] for c in kept if "cds_open" in c.metadata]
    assert opened == ["First", "Last"] and len([c for c in kept if c.metadata.get("cds_close")]) == 2
    assert [c.source for c in kept if c.cell_type == "markdown"] == ["## Open"]
    assert [c.metadata["cds_open"]["first"] for c in kept if "cds_open" in c.metadata] == [True, False]


# ---- on paper


@needs_chromium
@pytest.mark.parametrize("province", ["lang-son", "vinh-phuc", "ba-ria-vung-tau"])
def test_the_brief_is_one_a4_page_and_no_letter_on_it_is_small(study, province, tmp_path):
    screen = ProvinceProfile(study, province=province, brief=True).first_screen()
    bundle, about = screen._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", bundle, metadata=about)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("f()", outputs=[output])])
    page = tmp_path / "brief.html"
    page.write_text(export_html(notebook, lang=study.lang, title="Brief", facts={}), encoding="utf-8")
    printed = PdfReader(io.BytesIO(print_pdf(page, CHROMIUM, tmp_path)))
    assert len(printed.pages) == 1
    sizes = []
    printed.pages[0].extract_text(
        visitor_text=lambda text, cm, tm, font, size: (
            sizes.append(size * abs(cm[0] * tm[0])) if text.strip() else None
        )
    )
    assert min(sizes) > 7.9  # points
