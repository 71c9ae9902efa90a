"""The data release: what is written is what is on record, readable by others, and all or nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner

from cds_analysis.cli.main import main
from cds_analysis.dataset.load import eager, load
from cds_analysis.dataset.schemas import TABLES
from cds_analysis.dataset.version import data_version
from cds_analysis.errors import ParameterError
from cds_analysis.study.export import export


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release") / "v1"
    return load(), folder, export(load(), folder)


def test_the_csv_and_parquet_files_hold_the_dataset(release):
    data, folder, _ = release
    again = load(folder / "csv")
    for name in TABLES:
        rows = eager(getattr(data, name))
        assert eager(getattr(again, name)).equals(rows), name
        assert pl.read_parquet(folder / "parquet" / f"{name}.parquet").equals(rows), name


def test_the_package_describes_the_files_beside_it(release):
    data, folder, _ = release
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package["version"] == data_version(data)
    for resource in package["resources"]:
        header = (folder / resource["path"]).read_text("utf-8").splitlines()[0]
        assert header.split(",") == [f["name"] for f in resource["schema"]["fields"]]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_workbook_has_names_in_one_language_and_numbers_as_numbers(release, lang):
    data, folder, _ = release
    (path,) = folder.glob(f"*.{lang}.xlsx")
    book = openpyxl.load_workbook(path)
    sheets = {s.title: list(s.iter_rows(values_only=True)) for s in book}
    figures = sheets["Số liệu tỉnh báo cáo" if lang == "vi" else "Figures reported"]
    assert len(figures) - 1 == eager(data.observations).height + eager(data.area_observations).height
    column = figures[0].index("Giá trị" if lang == "vi" else "Value")
    assert sorted(row[column] for row in figures[1:]) == pytest.approx(
        sorted([*eager(data.observations)["value"], *eager(data.area_observations)["value"]])
    )
    targets = sheets["Mục tiêu" if lang == "vi" else "Targets"]
    assert ("Việt Nam" if lang == "vi" else "Viet Nam") in {row[0] for row in targets}
    others = {"vi": {"Name", "Score", "Whose", "As of"}, "en": {"Điểm", "Tỉnh", "Nguồn"}}[lang]
    assert not others & {cell for rows in sheets.values() for cell in rows[0]}


def test_every_checksum_is_that_of_the_file(release):
    _, folder, files = release
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    sums = dict(line.split("  ")[::-1] for line in lines)
    assert set(sums) == {f.relative_to(folder).as_posix() for f in files} - {"SHA256SUMS"}
    for name, checksum in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum


def test_the_version_changes_with_a_figure_and_not_with_the_order_of_rows():
    data = load()
    turned = replace(data, observations=data.observations.reverse())
    changed = replace(data, observations=data.observations.with_columns(value=pl.col("value") + 1))
    assert data_version(turned) == data_version(data) != data_version(changed)


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ParameterError, match="not empty"):
        export(load(), tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["mine.txt"]
    said = CliRunner().invoke(main, ["export", str(tmp_path)])
    assert said.exit_code == 2 and "new folder" in said.output and "Traceback" not in said.output
