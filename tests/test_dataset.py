import json

import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.dataset.dictionary import data_package, data_readme
from cds_analysis.dataset.load import load
from cds_analysis.dataset.provinces import formed_from
from cds_analysis.dataset.schemas import TABLES
from cds_analysis.dataset.series import level_shifts, not_published, observations_with_ranks, with_segments


def figure(data, province, indicator, source):
    return data.observations.row(
        by_predicate=(pl.col("province_id") == province)
        & (pl.col("indicator_id") == indicator)
        & (pl.col("source_id") == source),
        named=True,
    )


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_keeps_its_schema_and_has_rows(data, name):
    frame = getattr(data, name)
    assert TABLES[name].is_valid(frame)
    assert frame.height > 0 or name.startswith("area_")  # none is bundled yet


def test_documents_are_not_stale(data):
    assert (data.folder / "README.md").read_text(encoding="utf-8") == data_readme(data)
    assert json.loads((data.folder / "datapackage.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(data_package(data))
    )


def test_there_are_63_provinces_in_34_units(data):
    assert (data.provinces.height, data.units_2025.height, data.regions.height) == (63, 34, 6)
    assert sum(len(formed_from(u, data.provinces)) for u in data.units_2025["unit_id"]) == 63
    assert formed_from("ho-chi-minh") == ["ba-ria-vung-tau", "binh-duong", "ho-chi-minh"]


@pytest.mark.parametrize("table", ["provinces", "units_2025"])
def test_no_two_tiles_share_a_place(data, table):
    assert not getattr(data, table).select("tile_row", "tile_col").is_duplicated().any()


@pytest.mark.parametrize(
    "province, indicator, source, value, printed, locator",
    [
        (
            "ba-ria-vung-tau",
            "online_payment_transactions_pct",
            "article-binh-chau-2023-07",
            52.3,
            "52,3%",
            "p11",
        ),
        (
            "ba-ria-vung-tau",
            "procedures_with_online_payment_pct",
            "article-binh-chau-2023-07",
            30,
            "30%",
            "p13",
        ),
        ("lang-son", "files_received_online_pct", "article-lang-son-2024-07", 97.7, "97,7%", "p4"),
        (
            "lang-son",
            "files_and_results_digitised_pct",
            "article-lang-son-2024-07",
            93.0338,
            "817.860/879.100",
            "p4",
        ),
        ("vinh-phuc", "community_digital_teams", "article-vinh-phuc-2022-08", 1239, "1.239", "p2"),
        ("vinh-phuc", "files_received_online_pct", "article-vinh-phuc-2022-08", 10.38, "10,38%", "p5"),
        ("da-nang", "environment_stations", "article-da-nang-2022-09", 50, "hơn 50", "p13"),
        ("da-nang", "digital_economy_share_pct", "article-da-nang-2022-09", 12.57, "12,57%", "p19"),
        ("ba-ria-vung-tau", "people_with_eid_pct", "article-dddn-2023", 21.32, "21,32%", "p14"),
    ],
)
def test_a_figure_of_an_article_is_kept_as_printed(
    data, province, indicator, source, value, printed, locator
):
    row = figure(data, province, indicator, source)
    assert (row["value"], row["printed"], row["locator"]) == (value, printed, locator)


def test_a_lower_bound_is_kept_as_a_bound(data):
    assert figure(data, "da-nang", "environment_stations", "article-da-nang-2022-09")["bound"] == ">"


def test_counts_in_the_articles_add_up(data):
    value = {
        (r["province_id"], r["indicator_id"]): r["value"] for r in data.observations.iter_rows(named=True)
    }
    parts = [
        value["lang-son", f"tasks_project06_{k}"]
        for k in ("completed", "regular", "in_progress", "not_completed")
    ]
    assert parts == [12, 33, 7, 0]
    assert sum(parts) == value["lang-son", "tasks_project06_assigned"]
    assert (
        value["da-nang", "plan_targets_completed"] + value["da-nang", "plan_targets_in_progress"]
        == value["da-nang", "plan_targets_total"]
        == 20
    )
    groups = [
        value["ba-ria-vung-tau", f"plan_targets_{k}"]
        for k in ("digital_government", "digital_economy", "digital_society", "cybersecurity")
    ]
    assert groups == [17, 8, 14, 7]


def test_number_of_figures_and_targets_of_each_article(data):
    of_articles = data.observations.filter(pl.col("source_id").str.starts_with("article-"))
    figures = dict(of_articles.group_by("source_id").len().iter_rows())
    set_there = pl.col("source_id").str.starts_with("article-")
    targets = dict(
        data.targets.filter(pl.col("scope") != "viet-nam", set_there).group_by("source_id").len().iter_rows()
    )
    assert figures == {
        "article-binh-chau-2023-07": 14,
        "article-lang-son-2024-07": 16,
        "article-vinh-phuc-2022-08": 7,
        "article-da-nang-2022-09": 12,
        "article-dddn-2023": 14,
    }
    assert targets == {
        "article-binh-chau-2023-07": 5,
        "article-vinh-phuc-2022-08": 3,
        "article-dddn-2023": 12,
    }


def test_rank_changes_are_kept_as_two_ends(data):
    rows = data.scores.filter(
        pl.col("index_id") == "par",
        pl.col("dimension_id") == "e_government",
        pl.col("province_id") == "lang-son",
    )
    assert rows.sort("year").select("year", "rank").rows() == [(2022, 58), (2023, 25)]


def test_the_rank_target_is_read_against_the_scores(data):
    ranks = (
        observations_with_ranks(data)
        .filter(pl.col("indicator_id") == "dti_rank", pl.col("province_id") == "ba-ria-vung-tau")
        .sort("as_of")
    )
    assert ranks["value"].to_list() == [28, 10, 7]
    assert ranks["segment"].to_list() == [2021, 2021, 2024]


@pytest.mark.parametrize(
    "year, names",
    [
        (2014, ["bac-giang", "dong-thap"]),
        (2018, ["dong-thap", "quang-ninh"]),
        (2021, ["bac-giang", "bac-ninh", "quang-ninh"]),
        (2022, ["bac-giang", "bac-ninh"]),
        (2023, ["binh-duong", "quang-ninh"]),
        (2024, ["tien-giang", "vinh-phuc"]),
    ],
)
def test_provinces_that_papi_withheld_are_missing_not_last(data, year, names):
    missing = not_published(data.scores, data.provinces).filter(
        pl.col("index_id") == "papi", pl.col("dimension_id") == "overall", pl.col("year") == year
    )
    assert missing["province_id"].to_list() == names


def test_conflicts_keep_both_figures(data):
    row = data.conflicts.row(by_predicate=pl.col("key") == "par/overall/2023/hai-phong", named=True)
    assert (row["chosen"], row["other"]) == ("91.87", "91.81")
    chosen = data.scores.filter(
        pl.col("index_id") == "par",
        pl.col("dimension_id") == "overall",
        pl.col("year") == 2023,
        pl.col("province_id") == "hai-phong",
    )
    assert chosen["score"].item() == 91.87


def test_papi_overall_is_the_sum_of_its_dimensions(data):
    dimensions = data.indices.filter(pl.col("index_id") == "papi", pl.col("parent_id") == "overall")[
        "dimension_id"
    ].to_list()
    papi = data.scores.filter(pl.col("index_id") == "papi")
    sums = (
        papi.filter(pl.col("dimension_id").is_in(dimensions))
        .group_by("province_id", "year")
        .agg(total=pl.col("score").sum())
    )
    both = papi.filter(pl.col("dimension_id") == "overall").join(sums, on=["province_id", "year"])
    assert both.height == 14 * 63 - (2 + 2 + 3 + 2 + 2 + 2)
    assert both.select((pl.col("score") - pl.col("total")).abs().max()).item() < 5e-4


def test_dti_2024_of_the_34_units_is_the_mean_of_the_parts(data):
    parts = data.scores.filter(
        pl.col("index_id") == "dti", pl.col("dimension_id") == "overall", pl.col("year") == 2024
    )
    means = (
        parts.join(data.provinces, on="province_id").group_by("unit_2025_id").agg(mean=pl.col("score").mean())
    )
    units = data.unit_scores.filter(pl.col("dimension_id") == "overall").join(
        means, left_on="unit_id", right_on="unit_2025_id"
    )
    assert units.height == 34
    assert units.select((pl.col("score") - pl.col("mean")).abs().max()).item() <= 1e-4


def test_every_source_is_used(data):
    used = set()
    for name in TABLES:
        frame = getattr(data, name)
        if name != "sources" and "source_id" in frame.columns:
            used |= set(frame["source_id"])
    assert set(data.sources["source_id"]) - used <= {"papi-2017", "mic-dti", "moha-par-index"}


def test_segments_never_join_what_a_break_parts():
    scores = pl.DataFrame({"index_id": "x", "dimension_id": ["a", "a", "b"], "year": [2019, 2018, 2018]})
    breaks = pl.DataFrame({"index_id": ["x"], "dimension_id": ["a"], "year": [2019]})
    assert with_segments(scores, breaks)["segment"].to_list() == [2019, 0, 0]
    assert with_segments(scores, breaks.clear())["segment"].to_list() == [0, 0, 0]


def test_a_jump_of_all_provinces_at_once_is_found_and_progress_of_some_is_not(data):
    provinces = data.provinces["province_id"].to_list()
    base = [float(i % 9) for i in range(63)]
    rows = [
        (
            "x",
            dim,
            year,
            p,
            base[i] + (20 if dim == "jump" and year == 2021 else 0) + (3 * (i % 2) if year == 2021 else 0),
        )
        for dim in ("jump", "calm")
        for year in (2020, 2021)
        for i, p in enumerate(provinces)
    ]
    scores = pl.DataFrame(
        rows, schema=["index_id", "dimension_id", "year", "province_id", "score"], orient="row"
    ).with_columns(source_id=pl.lit("s"))
    found = level_shifts(scores, data.breaks)
    assert found["dimension_id"].to_list() == ["jump"]
    assert not found["is_recorded"].item()


def test_no_large_jump_of_papi_is_left_unrecorded(data):
    papi = data.scores.filter(pl.col("index_id") == "papi")
    open_jumps = level_shifts(papi, data.breaks).filter(~pl.col("is_recorded"), pl.col("shift_in_iqr") > 1)
    assert open_jumps.height == 0


def test_loading_twice_reads_once():
    assert load() is load()


@pytest.fixture
def partitioned(folder, data):
    """Observations as a folder of Parquet files by year."""
    observations = data.observations.with_columns(year=pl.col("as_of").dt.year())
    (folder / "observations.csv").unlink()
    for (year,), part in observations.partition_by("year", as_dict=True, include_key=False).items():
        (folder / "observations" / f"year={year}").mkdir(parents=True)
        part.write_parquet(folder / "observations" / f"year={year}" / "part.parquet")
    return folder


def test_a_table_in_parquet_is_read_like_the_csv(partitioned, data):
    read = cds.load(partitioned).observations
    assert read.sort(pl.all()).equals(data.observations.sort(pl.all()))


def test_the_rows_of_a_table_in_parquet_are_checked(folder, data):
    (folder / "observations.csv").unlink()
    wrong = data.observations.with_columns(
        province_id=pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("Not a slug!")).otherwise("province_id")
    )
    wrong.write_parquet(folder / "observations.parquet")
    with pytest.raises(cds.DataError, match=r"observations\.parquet, row 5, column province_id"):
        cds.load(folder)


def test_a_file_that_is_no_parquet_is_refused(folder):
    (folder / "observations.csv").unlink()
    (folder / "observations.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(cds.DataError, match="cannot be read as Parquet"):
        cds.load(folder)


def test_a_table_in_parquet_can_be_scanned_and_is_measured_like_the_csv(partitioned, data):
    scanned = cds.load(partitioned, scan=True)
    assert isinstance(scanned.observations, pl.LazyFrame)
    assert scanned.row_counts()["observations"] == data.observations.height
    own = pl.col("province_id") == "da-nang"
    targets = data.targets.filter(pl.col("scope") == "viet-nam")
    whole = cds.gaps(data.observations.filter(own), targets, data.indicators)
    assert cds.gaps(scanned.observations.filter(own), targets, data.indicators).equals(whole) and whole.height


def test_a_parquet_table_with_other_columns_is_refused(folder, data):
    (folder / "observations.csv").unlink()
    data.observations.drop("bound").with_columns(value=pl.col("value").cast(pl.String)).write_parquet(
        folder / "observations.parquet"
    )
    with pytest.raises(cds.DataError, match="column bound: the column is missing") as found:
        cds.load(folder)
    assert "column value: must be of type Float64" in str(found.value)
