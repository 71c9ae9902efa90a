import json
import os
import subprocess
import sys

import pytest
from browsers import needs_chromium
from click.testing import CliRunner

from cds_analysis.cli.main import main


def cds(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["report", "--help"],
        ["list", "-h"],
        ["check", "--help"],
        ["explore", "--help"],
        ["--version"],
    ],
)
def test_help(arguments):
    result = cds(*arguments)
    assert result.exit_code == 0 and result.output


@pytest.mark.parametrize(
    "what, search, row",
    [
        ("provinces", "brvt", "ba-ria-vung-tau\t77\tVN-43"),
        ("provinces", "LẠNG SƠN", "lang-son\t20"),
        ("units", "hue", "hue\t46"),
        ("indicators", "hóa đơn", "enterprises_einvoice_pct\tpercent"),
        ("indices", "quan tri dien tu", "papi\te_governance"),
        ("sources", "papi-2024", "papi-2024\treport"),
        ("notebooks", "profile", "province_profile"),
    ],
)
def test_list_finds_with_or_without_accents(what, search, row):
    result = cds("list", what, "--search", search)
    assert result.exit_code == 0
    assert row in result.output


def test_list_without_search_lists_all():
    assert len(cds("list", "provinces").output.splitlines()) == 64


def test_check_of_the_bundled_data():
    result = cds("check")
    assert result.exit_code == 0
    assert "scores" in result.output and "no error, 0 warnings" in result.output


def test_check_writes_the_documents(folder):
    (folder / "README.md").unlink()
    result = cds("check", str(folder), "--write")
    assert result.exit_code == 0
    assert (folder / "README.md").is_file() and json.loads(
        (folder / "datapackage.json").read_text(encoding="utf-8")
    )["resources"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["report", "provinc_profile"], "did you mean 'province_profile'"),
        (["report", "province_profile", "--province", "Lang Sonn"], "did you mean 'Lạng Sơn'"),
        (["report", "target_gap", "--set", "as_off=2024-06-30"], "did you mean 'as_of'"),
        (["report", "target_gap", "--set", "as_of=June"], "a date like 2024-06-30"),
        (["report", "target_gap", "--set", "as_of"], "NAME=VALUE"),
        (["report", "ranking_trends", "--set", "year_from=soon"], "must be a whole number"),
        (["report", "--lang", "fr"], "'vi' or 'en'"),
        (["report", "--set", "data_dir=/x"], "use --data instead"),
        (["report", "--set", "lang=en"], "use --lang instead"),
        (["report", "province_profile", "--set", "province=hue"], "use --province instead"),
        (["report", "target_gap", "--set", "provinces=hue"], "use --province instead"),
        (["report", "method_checks", "--set", "draws=0"], "must be a whole number at least 1"),
        (["report", "ranking_trends", "--set", "design_effect=nan"], "above 0, not nan"),
        (["report", "--data", "no-such-folder"], "does not exist"),
        (["list", "provinses"], "did you mean 'provinces'"),
        (["check", "no-such-folder"], "does not exist"),
        (["reprot"], "did you mean 'report'"),
    ],
)
def test_bad_input_is_one_clear_message_and_exit_2(arguments, words, tmp_path):
    out = tmp_path / "out"
    extra = ["--out", str(out)] if arguments[0] == "report" else []
    result = cds(*arguments, *extra)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


def test_bad_data_is_listed_and_nothing_is_made(folder, tmp_path):
    file = folder / "observations.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",84.02,", ',"84,02",'), encoding="utf-8")
    result = cds("report", "--data", str(folder), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "observations.csv, row" in result.output and "write 84.02" in result.output
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("kept")
    result = cds("report", "province_profile", "--lang", "vi", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "cannot write into the output folder" in result.output
    assert (tmp_path / "out").read_text() == "kept"


def test_the_command_makes_a_report_of_ones_own_data_from_any_folder(folder, tmp_path):
    file = folder / "observations.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace(",84.02,", ",84.97,").replace(',"84,02%"', ',"84,97%"'),
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "cds_analysis",
        "report",
        "province_profile",
        "-p",
        "BR-VT",
        "--lang",
        "vi",
        "--data",
        str(folder),
        "--out",
        "made",
    ]
    result = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"}
    )
    assert result.returncode == 0, result.stderr
    assert "1 made, 0 unchanged, 0 failed" in result.stdout
    assert result.stderr == ""
    page = (tmp_path / "made" / "province_profile" / "ba-ria-vung-tau.vi.html").read_text(encoding="utf-8")
    assert "84,97" in page and "84,02" not in page


@needs_chromium
def test_reports_are_printed_to_pdf(tmp_path):
    done = cds("report", "claims_check", "--lang", "vi", "--pdf", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    printed = tmp_path / "out" / "claims_check" / "claims_check.vi.pdf"
    assert printed.read_bytes().startswith(b"%PDF") and "1 printed to PDF" in done.output
    assert sorted(p.name for p in printed.parent.iterdir()) == ["claims_check.vi.html", "claims_check.vi.pdf"]


def test_pdf_without_chromium_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = cds("report", "claims_check", "--pdf", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2 and "--pdf needs Chromium" in done.output and "Traceback" not in done.output
    assert not (tmp_path / "out").exists()
