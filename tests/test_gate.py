import os
import shutil
from dataclasses import replace
from datetime import date

import mutants
import polars as pl
import pytest
from click.testing import CliRunner

import cds_analysis as cds
from cds_analysis.cli.main import main
from cds_analysis.dataset.checks import RULES, concerning, findings, gate
from cds_analysis.dataset.load import broken_links, broken_rows
from cds_analysis.dataset.schemas import TABLES
from cds_analysis.paths import data_folder
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.plan import plan


@pytest.fixture(scope="module")
def light(data):
    """The bundled data without the sub-dimensions: half the rows, so that many mutants can be judged."""
    top = data.indices.filter(pl.col("parent_id").is_null() | (pl.col("parent_id") == "overall"))
    return replace(data, scores=data.scores.join(top, on=["index_id", "dimension_id"], how="semi"))


@pytest.fixture(scope="module")
def tables(light):
    return {name: getattr(light, name) for name in TABLES}


def caught(data, changed):
    """What is said about a changed dataset: by its schemas and links, else by the rules."""
    spoilt = replace(data, **changed)
    refused = [p for name in changed for p in broken_rows(spoilt, name)] + list(broken_links(spoilt))
    if refused:
        return refused
    known = {(f.rule, f.table, f.key, f.column, f.value) for f in findings(data)}
    return [
        f
        for f in findings(spoilt)
        if not f.is_accepted and (f.rule, f.table, f.key, f.column, f.value) not in known
    ]


# Wrong and printed wrong alike, or a fraction whose two sides are both ten times too large: nothing in the
# folder contradicts them.
UNSEEN = {"fraction_ten_times", "printed_and_value_wrong_together"}


def test_nineteen_of_twenty_mutants_are_refused_or_warned_of(light, tables):
    missed = {name for name, change in mutants.MUTANTS.items() if not caught(light, change(tables))}
    assert len(mutants.MUTANTS) >= 120
    assert len(missed) / len(mutants.MUTANTS) <= 0.05, missed
    assert missed == UNSEEN


def test_most_of_the_slips_drawn_at_random_are_seen(light, tables):
    cases = [mutants.drawn(tables, seed) for seed in range(1000, 1040)]
    slips = [(name, changed) for name, changed in cases if changed is not None]
    missed = [name for name, changed in slips if not caught(light, changed)]
    assert len(slips) >= 30
    assert len(missed) / len(slips) <= 0.2, missed


def test_no_false_alarm_on_the_bundled_data(data):
    assert gate(data) == []
    assert {f.rule for f in findings(data)} <= {name for name, r in RULES.items() if r.level == "warning"}


def test_every_rule_says_its_method(data):
    for rule in RULES.values():
        assert rule.method.endswith(".") and rule.title and rule.tables, rule.name
        assert set(rule.tables) <= set(TABLES)


ACCOUNTS = {"indicator_id": "bank_account_15plus_pct", "as_of": date(2023, 6, 30)}  # 82.52 half a year before
TEAMS = {"indicator_id": "community_digital_teams", "source_id": "article-vinh-phuc-2022-08"}
AN_GIANG = {
    "province_id": "an-giang",
    "year": 2023,
}  # 1,905.5 and 1,912.6 thousand people in the years around it
FIRST = mutants.key("dti", "overall", 2023, "ha-noi")
ARTICLE = {"source_id": "article-vinh-phuc-2022-08"}  # published on 25 August 2022


@pytest.mark.parametrize(
    "rule, table, where, quiet, loud",
    [
        ("outside-percent", "observations", ACCOUNTS, {"value": 100.0}, {"value": 100.01}),
        ("outside-percent", "observations", ACCOUNTS, {"value": 0.0}, {"value": -0.01}),
        ("not-a-count", "observations", TEAMS, {"value": 0.0}, {"value": 0.5}),
        ("against-printed", "observations", TEAMS, {"printed": "1239"}, {"printed": "1.238"}),
        ("against-printed", "observations", TEAMS, {"printed": "một nghìn"}, {"printed": "1"}),
        ("own-jump", "observations", ACCOUNTS, {"value": 32.53}, {"value": 32.51}),
        ("future-figure", "observations", TEAMS, {"as_of": date(2026, 3, 31)}, {"as_of": date(2026, 4, 1)}),
        (
            "before-the-source",
            "observations",
            TEAMS,
            {"as_of": date(2022, 8, 25)},
            {"as_of": date(2022, 8, 26)},
        ),
        ("date-alone", "observations", TEAMS, {"as_of": date(2021, 10, 30)}, {"as_of": date(2021, 10, 29)}),
        (
            "context-jump",
            "context",
            AN_GIANG,
            {"population_thousand": 1980.0},
            {"population_thousand": 2030.0},
        ),
        (
            "context-jump",
            "context",
            AN_GIANG,
            {"urban_population_thousand": 750.0},
            {"urban_population_thousand": 830.0},
        ),
        ("ranked-differs", "scores", FIRST, {"n_ranked": 63}, {"n_ranked": 64}),
        ("more-ranks-than-ranked", "scores", FIRST, {"n_ranked": 63}, {"n_ranked": 62}),
        ("outside-scale", "scores", FIRST, {"score": 1.0}, {"score": 1.0001}),
        (
            "source-dates",
            "sources",
            ARTICLE,
            {"published": date(2025, 8, 25)},
            {"published": date(2025, 9, 1)},
        ),
        (
            "release-far-ahead",
            "release",
            {},
            {"data_date": date(2028, 3, 30)},
            {"data_date": date(2028, 4, 2)},
        ),
    ],
)
def test_a_threshold_parts_what_is_quiet_from_what_is_named(light, tables, rule, table, where, quiet, loud):
    def names(changes):
        spoilt = replace(light, **{table: mutants.edited(tables[table], changes, **where)})
        return {f.rule for f in findings(spoilt) if not f.is_accepted}

    assert rule not in names(quiet) and rule in names(loud)


# ---- where


def spoil(folder, file, row, before, after):
    path = folder / file
    lines = path.read_text(encoding="utf-8").splitlines()
    assert before in lines[row - 1], lines[row - 1]
    lines[row - 1] = lines[row - 1].replace(before, after, 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def row_of(folder, file, start):
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith(start))


def test_a_finding_names_the_file_the_row_of_that_file_the_column_and_the_value(folder):
    row = row_of(folder, "scores/sipas.csv", "sipas,overall,2015,da-nang")
    spoil(folder, "scores/sipas.csv", row, "95.99", "959.9")
    with pytest.raises(cds.DataError) as refused:
        gate(cds.load(folder))
    first = refused.value.problems[0]
    assert (first.file, first.row, first.column, first.value) == ("scores/sipas.csv", row, "score", "959.9")
    assert "from 0.0 to 100.0" in first.rule and "outside-scale" in first.rule


def test_a_link_that_is_broken_in_a_split_table_names_the_row_of_its_file(folder):
    row = row_of(folder, "scores/sipas.csv", "sipas,overall,2015,da-nang")
    spoil(folder, "scores/sipas.csv", row, "da-nang", "da-nangg")
    with pytest.raises(cds.DataError) as refused:
        cds.load(folder)
    assert [(p.file, p.row) for p in refused.value.problems] == [("scores/sipas.csv", row)]


# ---- files


def wrong_files(folder):
    with pytest.raises(cds.DataError) as refused:
        cds.load(folder)
    return str(refused.value)


@pytest.mark.parametrize(
    "name, words",
    [
        ("scores.csv", "given twice"),
        ("observations.parquet", "given twice"),
        ("scores/papi.csv.gz", "no table reads this file"),
        ("scores/papi.CSV", "no table reads this file"),
        ("scores/old/papi.csv", "no table reads this file"),
        ("Scores.csv", "did you mean scores.csv"),
        ("score.csv", "did you mean scores.csv"),
        ("observation.csv", "did you mean observations.csv"),
        ("papi.xlsx", "no table reads this file"),
        ("targets.csv.bak", "no table reads this file"),
        ("targets.csv~", "no table reads this file"),
        ("extraction/rules2.csv", "no table reads this file"),
    ],
)
def test_a_file_that_would_win_or_vanish_in_silence_is_named(folder, name, words):
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    if name == "scores.csv":
        shutil.copy(folder / "scores" / "pci.csv", file)
    elif name.endswith(".parquet"):
        cds.load(folder).observations.write_parquet(file)
    else:
        file.write_bytes(b"index_id\n")
    said = wrong_files(folder)
    assert words in said and name in said


def test_parquet_beside_csv_in_one_folder_of_a_table_is_named(folder, data):
    data.scores.write_parquet(folder / "scores" / "all.parquet")
    assert "given twice, as scores/*.csv and scores/*.parquet" in wrong_files(folder)


def test_a_link_that_leads_nowhere_is_named(folder):
    (folder / "scores" / "dti.csv").unlink()
    os.symlink(folder / "gone.csv", folder / "scores" / "dti.csv")
    assert "scores/dti.csv: is a link that leads nowhere" in wrong_files(folder)


def test_documents_and_hidden_files_do_no_harm(folder):
    (folder / "NOTES.md").write_text("x")
    (folder / ".DS_Store").write_bytes(b"\x00")
    assert cds.load(folder).scores.height > 0


# ---- accepting


def accept(folder, *cells):
    with (folder / "accepted.csv").open("a", encoding="utf-8") as file:
        file.write(",".join(cells) + "\n")


def spoil_a_claim(folder):
    row = row_of(folder, "claims.csv", "lang-son-par-e-government-2023-rank")
    spoil(folder, "claims.csv", row, "25.0,=,63,25/63", "52.0,=,63,52/63")


def test_a_warning_is_accepted_with_a_reason_and_for_its_value_only(folder):
    spoil_a_claim(folder)
    (warning,) = gate(cds.load(folder))
    assert "claim-contradicted,claims,lang-son-par-e-government-2023-rank,52.0" in warning.accepting()
    accept(folder, "claim-contradicted", "claims", warning.key, "52.0", "vì", "because")
    assert gate(cds.load(folder)) == []
    row = row_of(folder, "claims.csv", "lang-son-par-e-government-2023-rank")
    spoil(folder, "claims.csv", row, "52.0,=,63,52/63", "51.0,=,63,51/63")
    assert {f.rule for f in gate(cds.load(folder))} == {"claim-contradicted", "acceptance-stale"}


def test_an_acceptance_that_matches_nothing_is_named(folder):
    accept(folder, "rank-against-score", "scores", "papi/overall/2023/lang-son", "27", "vì", "because")
    (stale,) = gate(cds.load(folder))
    assert stale.rule == "acceptance-stale" and stale.file == "accepted.csv"
    assert stale.row == cds.load(folder).accepted.height + 1


def test_an_error_cannot_be_accepted(folder):
    row = row_of(folder, "scores/sipas.csv", "sipas,overall,2015,da-nang")
    spoil(folder, "scores/sipas.csv", row, "95.99", "959.9")
    accept(folder, "outside-scale", "scores", "sipas/overall/2015/da-nang", "959.9", "vì", "because")
    with pytest.raises(cds.DataError, match="outside-scale"):
        gate(cds.load(folder))


# ---- the commands


def test_check_lists_warnings_and_ends_with_1_on_errors(folder):
    spoil_a_claim(folder)
    said = CliRunner().invoke(main, ["check", str(folder)])
    assert said.exit_code == 0 and "1 warning" in said.output
    assert "claims.csv, row 18, column value" in said.output and "to accept it" in said.output
    row = row_of(folder, "targets.csv", "ba-ria-vung-tau,digital_economy_share_pct,2023")
    spoil(folder, "targets.csv", row, "17.0", "170.0")
    said = CliRunner().invoke(main, ["check", str(folder)])
    assert said.exit_code == 1 and f"targets.csv, row {row}, column value" in said.output


def test_an_error_stops_a_batch_before_it_runs(folder, tmp_path):
    row = row_of(folder, "scores/papi.csv", "papi,overall,2023,lang-son")
    spoil(folder, "scores/papi.csv", row, "papi,overall,2023,lang-son,4", "papi,overall,2023,lang-son,400")
    out = tmp_path / "out"
    said = CliRunner().invoke(main, ["report", "data_quality", "--data", str(folder), "--out", str(out)])
    assert said.exit_code == 2 and f"scores/papi.csv, row {row}, column score" in said.output
    assert not out.exists()


def test_a_report_prints_the_warnings_of_its_rows_and_of_no_other(folder):
    row = row_of(folder, "observations.csv", "lang-son,hospitals_cashless_pct")
    spoil(folder, "observations.csv", row, "100.0,=,", "100.0,>,")
    data = cds.load(folder)
    tasks = plan(
        [find_notebook("province_profile")], data, provinces=["lang-son", "da-nang"], data_dir=folder
    )
    told = {t.key: " ".join(t.facts.values()) for t in tasks}
    assert (
        f"the source does not print (observations.csv, row {row}: >)" in told["province_profile/lang-son.en"]
    )
    assert f"mà nguồn không in (observations.csv, hàng {row}: >)" in told["province_profile/lang-son.vi"]
    assert "observations.csv" not in told["province_profile/da-nang.en"]
    assert concerning(gate(data), {"observations": "none"}, ["lang-son"]) == []


@pytest.mark.parametrize(
    "row, words",
    [
        ("Lạng Sơn,2016,771.3,9", "outside the scale of par/overall (0 to 100)"),
        ("Lạng Sơn,2031,71.3,9", "future-figure"),
    ],
)
def test_a_row_that_is_refused_on_import_changes_nothing(folder, tmp_path, row, words):
    (tmp_path / "par.csv").write_text(f"Tỉnh,Năm,Điểm,Hạng\n{row}\n", encoding="utf-8")
    start = ["import", str(tmp_path / "par.csv"), "--index", "par", "--source", "t", "--title", "T"]
    command = [*start, "--publisher", "P", "--data", str(folder), "--yes"]
    before = (folder / "scores" / "par.csv").read_bytes()
    said = CliRunner().invoke(main, command)
    assert said.exit_code == 2 and words in said.output
    assert (folder / "scores" / "par.csv").read_bytes() == before


def test_an_import_shows_the_warnings_that_are_new(folder, tmp_path):
    (tmp_path / "par.csv").write_text("Tỉnh,Năm,Điểm,Hạng\nLạng Sơn,2022,95.13,60\n", encoding="utf-8")
    start = ["import", str(tmp_path / "par.csv"), "--index", "par", "--source", "t", "--title", "T"]
    said = CliRunner().invoke(main, [*start, "--publisher", "P", "--data", str(folder), "--yes"])
    assert said.exit_code == 0 and "rank-against-score" in said.output, said.output


# ---- the day of judgement


def test_the_day_of_judgement_is_declared_and_a_later_date_is_refused(folder, data):
    assert data.judged_on == date(2026, 3, 31)
    row = row_of(folder, "observations.csv", "vinh-phuc,steering_committees")
    spoil(folder, "observations.csv", row, "2022-08-25", "2204-08-25")
    assert cds.load(folder).judged_on == data.judged_on
    with pytest.raises(cds.DataError, match="future-figure"):
        gate(cds.load(folder))


@pytest.mark.parametrize("text", ["data_date\n", "data_date\n2024-12-31\n2025-12-31\n"])
def test_one_day_is_declared_and_no_more(folder, text):
    (folder / "release.csv").write_text(text)
    with pytest.raises(cds.DataError, match="exactly one row"):
        cds.load(folder)


def test_without_a_day_no_other_row_decides_what_is_due():
    register = pl.DataFrame({"indicator_id": ["i"], "direction": [1]})
    base = {"indicator_id": "i", "source_id": "s", "bound": "=", "printed": "", "locator": "p1"}
    own = [
        {**base, "province_id": "p", "as_of": date(y, 12, 31), "value": v}
        for y, v in ((2020, 10.0), (2021, 20.0))
    ]
    other = [{**base, "province_id": "q", "as_of": date(2199, 12, 31), "value": 1.0}]
    goal = pl.DataFrame(
        [
            {
                "scope": "p",
                "indicator_id": "i",
                "due": date(2025, 12, 31),
                "source_id": "s",
                "value": 80.0,
                "comparator": ">=",
                "printed": "80%",
                "locator": "p2",
            }
        ]
    )
    alone, together = (cds.gaps(pl.DataFrame(rows), goal, register) for rows in (own, own + other))
    assert alone.equals(together)
    assert alone["judged_on"].item() == date(2021, 12, 31) and alone["status"].item() == "needs_acceleration"


def test_the_gate_reads_parquet_too(folder, data):
    (folder / "observations.csv").unlink()
    data.observations.with_columns(value=pl.col("value") * 10).write_parquet(folder / "observations.parquet")
    with pytest.raises(cds.DataError, match=r"observations\.parquet, row \d+"):
        gate(cds.load(folder))


def test_texts_are_put_into_one_unicode_form(folder, data):
    import unicodedata

    file = folder / "provinces.csv"
    file.write_text(unicodedata.normalize("NFD", file.read_text(encoding="utf-8")), encoding="utf-8")
    assert cds.load(folder).provinces.equals(data.provinces)


def test_the_bundled_folder_holds_what_the_rules_of_files_allow():
    assert cds.load(data_folder()).origins["scores"][0][0] == "scores/dti.csv"
