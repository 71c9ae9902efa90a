"""Data of one's own, of every legal shape, makes every report."""

import html
import re
import shutil

import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.dataset.schemas import TABLES
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook, notebooks
from cds_analysis.reports.plan import plan

NAMES = {
    "lang-son": "谅山省",
    "vinh-phuc": "วิญฟุก",
    "da-nang": "Ｄà Ｎẵｎｇ",
    "ba-ria-vung-tau": "$x_1$ và $",
    "ha-noi": "Ханой १२",
    "ho-chi-minh": "هوشي منه",
}


def tables(folder):
    """Each CSV file of a data folder, as text."""
    for file in folder.rglob("*.csv"):
        if "extraction" not in file.parts:
            yield file, pl.read_csv(file, infer_schema=False)


def as_parquet(folder):
    data = cds.load(folder)
    for name in TABLES:
        frame = getattr(data, name)
        (folder / f"{name}.csv").unlink(missing_ok=True)
        shutil.rmtree(folder / name, ignore_errors=True)
        if "year" not in frame.columns:
            frame.write_parquet(folder / f"{name}.parquet")
        else:
            for (year,), part in frame.partition_by("year", as_dict=True, include_key=False).items():
                (folder / name / f"year={year}").mkdir(parents=True)
                part.write_parquet(folder / name / f"year={year}" / "part.parquet")


def without_an_index(index):
    def leave_out(folder):
        for file, frame in tables(folder):
            if "index_id" in frame.columns:
                frame.filter(pl.col("index_id").fill_null("") != index).write_csv(file)
        known = pl.read_csv(folder / "indicators.csv")["indicator_id"].to_list()
        for name in ("targets", "observations", "area_targets", "area_observations"):
            frame = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
            frame.filter(pl.col("indicator_id").is_in(known)).write_csv(folder / f"{name}.csv")

    return leave_out


def of_provinces(folder, wanted, *, register):
    """Keep the figures of some provinces, and the register's rows too where asked; ranks among others would
    contradict them.
    """
    for file, frame in tables(folder):
        for column in {"province_id", "scope"} & set(frame.columns):
            if register or file.name != "provinces.csv":
                frame = frame.filter(wanted(pl.col(column)))
        if file.parent.name == "scores":
            blank = pl.lit(None, dtype=pl.String)
            frame = frame.drop_nulls("score").with_columns(rank=blank, n_ranked=blank, rank_status=blank)
        frame.write_csv(file)


def without_figures_of_a_province(folder):
    of_provinces(folder, lambda province: province != "lang-son", register=False)


def with_names_in_any_script(folder):
    frame = pl.read_csv(folder / "provinces.csv", infer_schema=False)
    named = pl.col("province_id").replace_strict(NAMES, default=None)
    names = [pl.coalesce(named, column).alias(column) for column in ("name_vi", "name_en")]
    frame.with_columns(names).write_csv(folder / "provinces.csv")
    for table in ("indices", "indicators"):
        frame = pl.read_csv(folder / f"{table}.csv", infer_schema=False)
        frame.with_columns(name_en=pl.col("name_en") + " 数据 $a$ $").write_csv(folder / f"{table}.csv")


def of_a_few_provinces(folder):
    few = ["ha-noi", "hai-phong", "quang-ninh", "thua-thien-hue", "an-giang", "ca-mau", "viet-nam"]
    of_provinces(folder, lambda province: province.is_in(few), register=True)


SHAPES = {
    "Parquet tables and partitioned folders": as_parquet,
    "without PAPI": without_an_index("papi"),
    "without DTI": without_an_index("dti"),
    "without figures of a province": without_figures_of_a_province,
    "names in any script": with_names_in_any_script,
    "a few provinces": of_a_few_provinces,
}


def made(data, out, *, engine="auto", wanted=None, **options):
    """Make reports in English; return their texts and addresses, having checked that all were made."""
    chosen = [find_notebook(n) for n in wanted] if wanted else list(notebooks().values())
    tasks = plan(chosen, data, langs=["en"], data_dir=data.folder, **options)
    tasks = [t for t in tasks if t.notebook != "method_checks"]  # simulations, no data
    results = run(tasks, out, data=data, jobs=2, engine=engine)
    assert [(r.key, r.error, r.traceback[-600:]) for r in results if r.status != "made"] == []
    return {t.key: html.unescape((out / t.path).read_text(encoding="utf-8")) for t in tasks}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_report_is_made_of_data_of_every_shape(folder, tmp_path, shape):
    SHAPES[shape](folder)
    data = cds.load(folder)
    chosen = ["ha-noi", "ca-mau"] if "few" in shape else ["lang-son", "ha-noi"]
    pages = made(data, tmp_path / "own", provinces=chosen)
    assert {key.split("/")[0] for key in pages} == set(notebooks()) - {"method_checks"}
    if shape == "names in any script":
        profile = pages["province_profile/lang-son.en"]
        assert "谅山省" in profile and "数据 $a$ $" in profile
    if shape == "without PAPI":
        assert not re.search(r"\bPAPI 20\d\d\b", pages["province_profile/lang-son.en"])


def test_parquet_gives_the_same_pages_as_csv(folder, tmp_path, data):
    as_parquet(folder)
    wanted, options = ["province_profile", "ranking_trends"], {"provinces": ["da-nang"]}
    here = made(data, tmp_path / "csv", wanted=wanted, **options)
    own = made(cds.load(folder), tmp_path / "parquet", wanted=wanted, **options)
    assert {k: figures(p) for k, p in own.items()} == {k: figures(p) for k, p in here.items()}


def figures(page):
    """What a reader sees of the body of a page."""
    body = page.partition("<main>")[2].partition("</main>")[0]
    return re.sub(r"<script.*?</script>|<[^>]+>", " ", body, flags=re.DOTALL).split()


def test_a_notebook_that_loads_parquet_itself_runs_too(folder, tmp_path):
    as_parquet(folder)
    pages = made(cds.load(folder), tmp_path / "out", engine="pool", wanted=["claims_check"])
    assert len(pages) == 1


@pytest.mark.parametrize("year", [2025, 2099])
def test_a_year_beyond_the_newest_says_so_instead_of_failing(folder, tmp_path, year):
    data = cds.load(folder)
    wanted = ["province_comparison", "ranking_trends", "merger_bridge"]
    settings = {"year": year, "year_to": year}
    pages = made(data, tmp_path / "out", wanted=wanted, settings=settings, provinces=["lang-son"])
    assert all(str(year) in page for page in pages.values())


def test_a_default_that_the_data_does_not_have_is_replaced(folder):
    without_an_index("papi")(folder)
    data = cds.load(folder)
    comparison = find_notebook("province_comparison").checked({}, data)
    years = data.scores.filter(pl.col("index_id") == comparison["index"])["year"]
    assert comparison["index"] in set(data.indices["index_id"]) - {"papi"}
    assert comparison.get("year", 2024) in set(years)
    trends = find_notebook("ranking_trends").checked({"index": "pci"}, cds.load())
    measured = cds.load().scores.filter(pl.col("index_id") == "pci")["year"].unique().sort().to_list()
    assert [trends["year_from"], trends["year_to"]] == measured[-2:]
    with pytest.raises(cds.UnknownNameError, match="unknown index 'papi'"):
        find_notebook("ranking_trends").checked({"index": "papi"}, data)
