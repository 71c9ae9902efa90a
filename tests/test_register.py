"""The register owns what an index is: a new one is rows, not code, and sources come from the rows shown."""

import ast
import html
import json
import re

import polars as pl
import pytest
from invented import PARTS, TITLE, append

import cds_analysis as cds
from cds_analysis.app.explorer import Explorer
from cds_analysis.chapters.targets import Targets
from cds_analysis.dataset.register import WHOLE, find_indicator, find_series, parts_of, profiled, series_of
from cds_analysis.dataset.schemas import TABLES
from cds_analysis.measures import bridge, evidence, mobility, rank_sensitivity, regional, thresholds
from cds_analysis.measures.backtest import backtest_standing
from cds_analysis.paths import notebooks_folder
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook, notebooks
from cds_analysis.reports.plan import plan
from cds_analysis.study.choice import VIEWS
from cds_analysis.study.study import Study
from cds_analysis.views.text import Text


def pages(data, out, *, wanted=None, settings=None, provinces=None):
    """Make reports in English and return their texts by task, having checked that all were made."""
    chosen = [find_notebook(name) for name in wanted] if wanted else list(notebooks().values())
    known = {k for n in chosen for k in n.parameters}
    given = {k: v for k, v in {"draws": 20, **(settings or {})}.items() if k in known}
    tasks = plan(chosen, data, provinces=provinces, langs=["en"], settings=given, data_dir=data.folder)
    if not wanted:
        tasks = [t for t in tasks if t.notebook != "province_profile" or t.stem.startswith("vinh-phuc")]
    results = run(tasks, out, data=data, jobs=2)
    assert [(r.key, r.error) for r in results if r.status != "made"] == []
    # A notebook that is also made for other indices counts by its page of the index asked for.
    return {t.notebook: text_of((out / t.path).read_text(encoding="utf-8")) for t in reversed(tasks)}


def text_of(page):
    page = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    shown = re.sub(r"<[^>]+>", "\n", page).splitlines() + re.findall(r'(?:alt|aria-label)="([^"]*)"', page)
    return "\n".join(line.strip() for line in map(html.unescape, shown) if line.strip())


# ---- names


@pytest.mark.parametrize(
    "text, key",
    [
        ("papi", "papi/overall"),
        ("papi.d6", "papi/public_service_delivery"),
        ("papi/e_governance", "papi/e_governance"),
        ("PAPI 6", "papi/public_service_delivery"),
        ("papi 6.1", "papi/public_healthcare"),
        ("quản trị điện tử", "papi/e_governance"),
        ("QUAN TRI DIEN TU", "papi/e_governance"),
        ("E-Governance", "papi/e_governance"),
        ("PAPI transparency", "papi/transparency"),
        ("dti", "dti/overall"),
        ("DTI: an toàn thông tin mạng", "dti/information_security"),
        ("Public Administration Reform Index (PAR INDEX)", "par/overall"),
        ("par index", "par/overall"),
    ],
)
def test_a_series_is_found_in_any_spelling(data, text, key):
    assert find_series(text, data.indices).key == key


@pytest.mark.parametrize(
    "text, near", [("paapi", "papi"), ("papi.d9", "papi.d8"), ("e governence", "papi.d8")]
)
def test_a_misspelt_series_is_refused_with_the_closest_names(data, text, near):
    with pytest.raises(cds.UnknownNameError, match="did you mean") as caught:
        find_series(text, data.indices)
    assert near in caught.value.suggestions


def test_a_name_that_two_series_share_is_refused_with_both_and_an_id_is_not(data):
    with pytest.raises(cds.UnknownNameError, match="More than one") as caught:
        find_series("Information security", data.indices)
    assert set(caught.value.suggestions) == {"information_security", "dti.security"}
    assert find_series("information_security", data.indices).is_whole


def test_every_series_and_indicator_is_found_by_its_own_id(data):
    for s in series_of(data.indices):
        assert find_series(s.key, data.indices) is s and find_series(s, data.indices) is s
    for indicator_id in data.indicators["indicator_id"]:
        assert find_indicator(indicator_id, data.indicators).indicator_id == indicator_id
    with pytest.raises(cds.UnknownNameError, match="enterprises_etax_pct"):
        find_indicator("enterprises_etax", data.indicators)


def test_the_parts_of_papi_have_their_official_numbers(data):
    assert [s.name_en for s in parts_of(data.indices, "papi")][::7] == [
        "Participation at Local Levels",
        "E-Governance",
    ]
    for s in series_of(data.indices):
        if s.index_id == "papi" and s.parent_id not in (None, WHOLE):
            assert s.number.split(".")[0] == find_series(f"papi/{s.parent_id}", data.indices).number
    assert profiled(data.indices) == ["dti", "papi", "par"]


@pytest.mark.parametrize(
    "change, said",
    [
        ({"code": "d1"}, "code must be unique"),
        ({"grouping": "cuts"}, "group_cuts must be given"),
        ({"short_en": None, "dimension_id": WHOLE, "index_id": "new"}, "needs short_vi and short_en"),
        ({"design_effect": None}, "must all be given or all be empty"),
        ({"merge_rule": "median"}, "must be one of mean, weighted_mean, none"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(folder, change, said):
    rows = pl.read_csv(folder / "indices.csv", infer_schema=False)
    at = (pl.col("index_id") == "papi") & (pl.col("dimension_id") == "transparency")
    rows.with_columns(
        pl.when(at).then(pl.lit(v, dtype=pl.String)).otherwise(c).alias(c) for c, v in change.items()
    ).write_csv(folder / "indices.csv")
    with pytest.raises(cds.DataError, match=said):
        cds.load(folder)


# ---- a new index is rows, not code


def test_an_invented_index_goes_through_every_measure(invented):
    data = invented
    mine = data.scores.filter(pl.col("index_id") == "xyz")
    whole = {"index_id": "xyz", "year_from": 2023, "year_to": 2024}
    ranked = cds.ranks(data.scores, data.breaks, data.indices)
    xyz = ranked.filter(pl.col("index_id") == "xyz")
    overall = xyz.filter(pl.col("dimension_id") == WHOLE)
    for row in overall.iter_rows(named=True):
        wanted = "Gold" if row["score"] >= 200 else "Silver" if row["score"] >= 120.5 else None
        assert row["group"] == wanted
    part = xyz.filter(pl.col("dimension_id") == "trust", pl.col("year") == 2024)
    assert dict(part.group_by("group").len().iter_rows()) == {
        "high": 16,
        "mid_high": 16,
        "mid_low": 15,
        "low": 16,
    }
    lines = thresholds.cut_offs(overall, data.indices)
    assert set(lines["step"]) == {"Gold", "Silver", "rank_10"}
    assert thresholds.next_steps(overall, lines).height
    intervals, sets = rank_sensitivity.rank_sensitivity(
        data.scores, data.indices, index_id="xyz", years=[2023, 2024], draws=50
    )
    one = 20 * (1.5 / 100) ** 0.5
    assert sets["standard_error"].unique().to_list() == pytest.approx([one * (3 + 6 * 0.1) ** 0.5])
    assert intervals.height == 126
    found = cds.standing(mine, data.breaks, draws=100)
    assert found.parameters.height == mine["dimension_id"].n_unique()
    assert cds.places_gained(ranked, **whole).height == 63
    assert set(cds.trends(mine, data.breaks)["verdict"]) == {"too_short"}
    assert cds.convergence(mine, data.breaks).height and mobility.mobility(overall).height == 3
    with pytest.raises(cds.ParameterError, match="full years"):  # four are too few to test on a fifth
        backtest_standing(mine, data.breaks)
    pairs = evidence.view_differences(ranked, data.indices).filter(pl.col("citizens") == "xyz")
    assert set(pairs["documents"]) == {"dti", "par"}
    assert regional.region_split(overall, data.provinces).height
    merged = bridge.bridge_scores(mine, data.indices, data.provinces, data.context)
    assert set(merged["rule"]) == {"plain_mean", "unchanged"}


def test_an_invented_index_goes_through_every_notebook(invented, tmp_path):
    made = pages(invented, tmp_path, settings={"index": "xyz"})
    for name in (
        "data_quality",
        "province_comparison",
        "ranking_trends",
        "province_profile",
        "merger_bridge",
    ):
        assert "XYZ" in made[name], name
    source = f"Source: cds-analysis: {TITLE}."
    assert source in made["ranking_trends"] and source in made["province_comparison"]
    assert (
        "Gold (200 and over)" in made["ranking_trends"]
        or "Silver (120.5 to under 200)" in made["ranking_trends"]
    )
    assert Text("en", invented).score_unit(parts_of(invented.indices, "xyz")) == "score (0 to 100)"
    assert "No error by province is published for PAPI and XYZ; the ranges here" in made["province_profile"]
    assert "Part trust" in made["province_comparison"]
    targets = Targets(Study(invented, lang="en"), as_of="", provinces=["lang-son"])
    assert "XYZ" in targets.steps().html
    score = invented.scores.filter(
        pl.col("index_id") == "xyz",
        pl.col("dimension_id") == WHOLE,
        pl.col("province_id") == "lang-son",
        pl.col("year") == 2024,
    )["score"].item()
    assert f"{score:.3f}" in made["ranking_trends"]  # the register's decimals


def test_an_invented_index_is_shown_by_default(invented, tmp_path):
    made = pages(invented, tmp_path, wanted=["province_profile"], provinces=["lang-son"])
    assert "XYZ 2024" in made["province_profile"] and "PAPI 2024" in made["province_profile"]


def test_an_invented_index_is_in_the_explorer(invented):
    explorer = Explorer(invented, lang="en", provinces=["lang-son"], index="xyz")
    assert {"id": "xyz", "label": "XYZ"} in explorer.menu["indices"]
    assert [p["id"] for p in explorer.menu["parts"]["xyz"]] == [f"xyz/{d}" for d in (WHOLE, *PARTS)]
    for tab in VIEWS:
        explorer.change(tab=tab)
        sources = [source["title"] for source in explorer.shown["sources"]]
        assert any(TITLE in title for title in sources) or tab == "targets"  # targets show no index


# ---- no code names an index, a dimension or a source


def strings(code):
    """Text in code, docstrings left out."""
    tree = ast.parse(code)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def named_in(code, ids, short):
    words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in short))
    for text in strings(code):
        head = re.split(r"[/.]|-(?=$|\d)", text, maxsplit=1)[0]
        if text in ids or head in ids or words.search(text):
            yield text


@pytest.fixture(scope="module")
def names(data):
    columns = {c for schema in TABLES.values() for c in schema.columns()}
    registered = [*data.indices["index_id"], *data.indices["dimension_id"], *data.sources["source_id"]]
    short = {s.short_en for s in series_of(data.indices) if s.is_whole and s.short_en.isupper()}
    pillars = set(
        data.indicators["pillar"]
    )  # the schema's own list, though dimensions may be called the same
    return set(registered) - {WHOLE} - columns - pillars, short


def test_no_measure_view_or_pane_names_an_index_a_dimension_or_a_source(names):
    root = notebooks_folder().parent / "cds_analysis"
    files = [
        p
        for layer in ("measures", "views", "study", "chapters", "app", "reports", "pages")
        for p in (root / layer).rglob("*.py")
    ]
    assert len(files) > 40
    found = {p.name: list(named_in(p.read_text(encoding="utf-8"), *names)) for p in files}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("path", sorted(notebooks_folder().glob("*.ipynb")), ids=lambda p: p.stem)
def test_no_notebook_names_an_index_a_dimension_or_a_source(path, names):
    cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    code = ["".join(c["source"]) for c in cells if "parameters" not in c["metadata"].get("tags", [])]
    assert [text for cell in code for text in named_in(cell, *names)] == []


def test_the_search_for_names_finds_them(names):
    code = (
        'a = "papi"\nb = f"papi-{year}"\nc = "papi/overall"\nd = t("The rank in DTI")\ne ='
        ' "moha-par-index"\nf = "score"'
    )
    assert len(list(named_in(code, *names))) == 5


# ---- sources come from the rows shown


def rewrite(path, change):
    rows = pl.read_csv(path, infer_schema=False)
    change(rows).write_csv(path)


def test_without_pci_every_notebook_runs_and_none_names_it(folder, tmp_path):
    (folder / "scores" / "pci.csv").unlink()
    for name in ("indices", "breaks", "claims"):
        rewrite(folder / f"{name}.csv", lambda rows: rows.filter(pl.col("index_id") != "pci"))
    made = pages(cds.load(folder), tmp_path / "out")
    assert all("Competitiveness" not in text for name, text in made.items() if name != "data_quality")
    assert "Source: VCCI" not in made["data_quality"]


@pytest.fixture(scope="module")
def as_bundled(data, tmp_path_factory):
    return pages(data, tmp_path_factory.mktemp("bundled"))


def test_other_ids_of_all_sources_change_nothing_but_the_ids(folder, tmp_path, as_bundled):
    for path in (*folder.glob("*.csv"), *(folder / "scores").glob("*.csv")):
        rewrite(
            path,
            lambda rows: rows.with_columns(
                pl.concat_str(pl.lit("zz-"), c).alias(c) for c in rows.columns if c == "source_id"
            ),
        )
    accepted = folder / "accepted.csv"  # a key may end with the source
    accepted.write_text(accepted.read_text("utf-8").replace("/web-", "/zz-web-"), encoding="utf-8")
    made = pages(cds.load(folder), tmp_path / "out")
    assert made.keys() == as_bundled.keys()
    assert not any("zz-" in text for text in made.values())  # readers see titles, no ids
    checksums = r"(?m)^[0-9a-f]{16}$"
    for name, text in made.items():
        assert re.sub(checksums, "", text) == re.sub(checksums, "", as_bundled[name]), name


def with_papi_2025(folder, table, key, ids):
    """Add PAPI 2025 under an id of its own, as 2024 was, to data that reach that far."""
    (folder / "release.csv").write_text("data_date\n2026-12-31\n", encoding="utf-8")
    append(
        folder / "sources.csv",
        [{"source_id": "told-2025", "title": "PAPI as told", "publisher": "Someone", "kind": "report"}],
    )
    rows = cds.load().scores.filter(
        pl.col("index_id") == "papi", pl.col("year") == 2024, pl.col("province_id") == "lang-son"
    )
    new = [
        {
            **r,
            "rank": n,
            "n_ranked": len(ids),
            key: i,
            "year": 2025,
            "source_id": "told-2025",
            "score": r["score"] * (1 - n / 99),
        }
        for r in rows.iter_rows(named=True)
        for n, i in enumerate(ids, 1)
    ]
    append(folder / table, new)
    return cds.load(folder)


def test_papi_2025_of_another_source_is_named_where_it_is_shown(folder, tmp_path, data):
    new = with_papi_2025(folder, "scores/papi.csv", "province_id", data.provinces["province_id"].to_list())
    made = pages(new, tmp_path / "out", settings={"year": 2025})
    said = "Source: Someone: PAPI as told."
    assert said in made["province_comparison"]
    assert "Source: Someone: PAPI as told" in made["ranking_trends"]
    assert "PAPI as told" in made["province_profile"] and "PAPI 2025" in made["province_profile"]


def test_papi_2025_of_the_34_units_leaves_every_notebook_running(folder, tmp_path, data):
    new = with_papi_2025(folder, "unit_scores.csv", "unit_id", data.units_2025["unit_id"].to_list())
    settings = {"year": 2025, "units": "34", "index": "papi"}
    made = {n: text.replace("\n", " ") for n, text in pages(new, tmp_path / "out", settings=settings).items()}
    is_shown = cds.in_units(new, "34").scores.filter(pl.col("year") == 2025).height > 0
    wanted = "Source: Someone: PAPI as told." if is_shown else "No score of PAPI is on record for 2025."
    assert wanted in made["province_comparison"]
    assert (
        "No score of PAPI is on record for 2025." in made["merger_bridge"]
    )  # there are no parts to bridge from
