"""From an article to the dataset: what is a figure and what is not, and a folder that changes as a whole or
not at all.
"""

import csv
import subprocess
import sys
import unicodedata
from datetime import date

import measure_extraction as measuring
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import cds_analysis as cds
from cds_analysis.cli.main import main
from cds_analysis.intake.add import accepted_changes, read_candidates, write_candidates
from cds_analysis.intake.corrections import alike, corrected, in_section
from cds_analysis.intake.deciding import Deciding
from cds_analysis.intake.decisions import kept_share
from cds_analysis.intake.document import document
from cds_analysis.intake.extract import CANDIDATES, Tools, extract, extract_file
from cds_analysis.intake.figures import figures, number
from cds_analysis.intake.indicators import add_indicator
from cds_analysis.intake.rules import load_rules

ARTICLE = """Cổng thông tin điện tử tỉnh
Báo cáo 6 tháng đầu năm 2025 của tỉnh Lạng Sơn
Đến nay, tỷ lệ doanh nghiệp sử dụng hóa đơn điện tử đạt 98,5%; 1.452/1.860 thủ tục hành chính đủ điều kiện \
được cung cấp dịch vụ công trực tuyến toàn trình.
Tỉnh đặt mục tiêu đến năm 2026 có 90% dân số có hồ sơ sức khỏe điện tử.
Chỉ số PAPI năm 2025 xếp hạng 10/63 tỉnh, thành phố, tăng 2 bậc so với năm 2024.
Lượt truy cập: 1.234
"""
RULES = load_rules()


def read(line):
    return [(f.printed, f.unit, f.value) for f in figures(document(line, RULES)[0].text, RULES)]


@pytest.mark.parametrize(
    "line, expected",
    [
        ("đạt 10,38% và 1.239 tổ", [("10,38%", "percent", 10.38), ("1.239", "count", 1239)]),
        ("số hóa 817.860/879.100 hồ sơ", [("817.860/879.100", "fraction", 93.0338)]),
        ("xếp hạng 25/63 tỉnh, tăng 33 bậc", [("25/63", "fraction", 39.6825), ("33", "places", 33)]),
        ("tụt 5 bậc xuống thứ 40", [("5", "places", 5), ("40", "rank", 40)]),
        (
            "hơn 50 trạm, trên 20%, không dưới 7 xã",
            [("hơn 50", "count", 50), ("trên 20%", "percent", 20), ("không dưới 7", "count", 7)],
        ),
        ("người dân từ 15 tuổi trở lên", []),
        ("Quyết định số 3324/QĐ-UBND ngày 27/10/2022 và Đề án 06", []),
        ("trong 6 tháng đầu năm 2024, quý III, cuối năm 2022, đến năm 2025", []),
        ("Kế hoạch số 76/KH-UBND ngày 13-4-2022 có 20 chỉ tiêu", [("20", "count", 20)]),
        ("5 nhóm tiện ích", [("5", "count", 5)]),
        ("cách mạng công nghiệp lần thứ 4, chợ 4.0, mạng 5G, Quốc lộ 51, mức độ 4, 24/7", []),
        ("tốc độ 41,75 Mb/giây", [("41,75 Mb/giây", "mbps", 41.75)]),
        ("vào Top 10 tỉnh", [("10", "rank", 10)]),
        (unicodedata.normalize("NFD", "đạt 52,3 % tổng số"), [("52,3 %", "percent", 52.3)]),
        ("đạt 80\u00a0% – cao hơn 3/4 xã", [("80 %", "percent", 80), ("3/4", "fraction", 75)]),
        ("sáng 5/7, chiều 25/8/2022, 14:30", []),
        ("từ 60-80 % hộ gia đình", [("từ 60-80 %", "percent", 60)]),
        ("1,2 triệu hồ sơ, 50 nghìn tài khoản", [("1,2 triệu", "count", 1.2e6), ("50 nghìn", "count", 5e4)]),
        ("hơn 1 triệu lượt truy cập", [("hơn 1 triệu", "count", 1e6)]),
        ("đạt 22,4 thuê bao/100 dân", [("22,4", "per_100", 22.4)]),
        ("2,3 doanh nghiệp công nghệ số/1.000 dân", [("2,3", "per_1000", 2.3)]),
        ("tăng gấp đôi, cao gấp 3 lần", [("tăng gấp đôi", "times", 2), ("3", "times", 3)]),
        ("lần lượt là 22, 9, 13", [("22", "", 22), ("9", "", 9), ("13", "", 13)]),
        ("xếp thứ tám cả nước, lần thứ hai", [("tám", "rank", 8)]),
        ("tăng 2,46 điểm % và tăng 1,59 điểm", [("2,46", "points", 2.46), ("1,59", "score", 1.59)]),
        ("chỉ số DTI đạt 0,3504", [("0,3504", "score", 0.3504)]),
        (
            "doanh thu 34.293 tỷ đồng, 5.220km cáp quang",
            [("34.293 tỷ", "currency", 34293e9), ("5.220", "other", 5220)],
        ),
        (
            "The province has 1,217 stations and 91.1% of units",
            [("1,217", "count", 1217), ("91.1%", "percent", 91.1)],
        ),
    ],
)
def test_what_is_a_figure_and_what_is_not(line, expected):
    assert read(line) == expected


def test_every_rule_of_every_paragraph_seen(data):
    for text, truth in measuring.paragraphs_of(unseen=False):
        found = {
            (r["paragraph"], measuring.numbers(r["printed"])): r
            for r in extract(text, data).iter_rows(named=True)
        }
        assert set(found) == set(truth), text
        for place, right in truth.items():
            row = found[place]
            assert min(abs(row["value"] - v) for v in right["values"]) < 0.01, (text, place)
            assert not right["about"] or right["about"] & {row["proposal"], row["second"], row["third"]}, (
                text,
                place,
            )


def test_the_paragraphs_kept_unseen_stay_within_the_aims(data):
    found = true = invented = 0
    for text, truth in measuring.paragraphs_of(unseen=True):
        places = {
            (r["paragraph"], measuring.numbers(r["printed"]))
            for r in extract(text, data).iter_rows(named=True)
        }
        found, true, invented = (
            found + len(places & set(truth)),
            true + len(truth),
            invented + len(places - set(truth)),
        )
    assert true > 15 and found / true >= 0.95 and invented <= (found + invented) / 10


def test_a_promise_keeps_its_indicator_its_date_and_its_place(data):
    found = extract(ARTICLE, data)
    assert found.schema == CANDIDATES
    rows = {r["printed"]: r for r in found.iter_rows(named=True)}
    assert set(rows) == {"98,5%", "1.452/1.860", "90%", "10/63", "2"}
    assert (rows["90%"]["kind"], rows["90%"]["proposal"], str(rows["90%"]["date"])) == (
        "target",
        "ehealth_records_pct",
        "2026-12-31",
    )
    assert (rows["98,5%"]["proposal"], str(rows["98,5%"]["date"]), rows["98,5%"]["place"]) == (
        "enterprises_einvoice_pct",
        "2025-06-30",
        "lang-son",
    )
    assert (rows["10/63"]["proposal"], rows["10/63"]["date"].year, rows["2"]["from_year"]) == (
        "papi/overall",
        2025,
        2024,
    )
    line = document(ARTICLE, RULES)[2].text
    assert line[rows["98,5%"]["start"] : rows["98,5%"]["end"]] == "98,5%"


def test_html_is_read_without_its_furniture(data, tmp_path):
    page = (
        "<!DOCTYPE html><html><head><title>x 5%</title></head><body><nav>10%</nav><p>Đạt <b>52,3</b>% giao"
        " dịch.</p><script>var a = '99%'</script><footer>7%</footer></body></html>"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert extract_file(tmp_path / "a.html", data)["printed"].to_list() == ["52,3%"]


@pytest.mark.parametrize(
    "text, value",
    [("1.239", 1239), ("10,38", 10.38), ("10.38", 10.38), ("1.234.567,8", 1234567.8), ("06", 6), ("7", 7)],
)
def test_numbers(text, value):
    assert number(text) == value


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("0123456789.,/%-() :;năm xếp hạng thứ tăng bậc mục tiêu đạt trên\n"),
            st.characters(),
        ),
        max_size=300,
    )
)
def test_no_text_makes_it_fail(text):
    data = cds.load()
    found = extract(text, data, tools=TOOLS)
    lines = {f"p{b.number}": b.text for b in document(text, RULES)}
    for row in found.iter_rows(named=True):
        assert lines[row["paragraph"]][row["start"] : row["end"]] == row["printed"]


TOOLS = Tools(cds.load(), RULES)


# ---- adding

SOURCE = {
    "source_id": "article-test",
    "title": "Tin",
    "publisher": "Báo",
    "published": None,
    "url": None,
    "kind": "article",
}


def add(candidates, data, source):
    found = accepted_changes(candidates, data, source)
    found.write(data_date=date(2026, 12, 31))
    return found


@pytest.fixture
def accepted(data, tmp_path):
    found = extract(ARTICLE, data).with_columns(decision=pl.lit("accept"))
    found = found.with_columns(
        proposal=pl.when(pl.col("printed") == "1.452/1.860")
        .then(pl.lit("fully_online_procedures_pct"))
        .otherwise("proposal")
    )
    path = tmp_path / "candidates.csv"
    write_candidates(found, path)
    return path


def files(folder):
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_accepted_figures_go_into_their_tables_and_twice_changes_nothing(accepted, folder):
    done = add(read_candidates(accepted), cds.load(folder), SOURCE)
    assert {t: len(r) for t, r in done.rows.items()} == {
        "observations": 2,
        "targets": 1,
        "claims": 2,
        "scores": 1,
        "sources": 1,
    }
    after = cds.load(folder)
    row = after.observations.filter(
        pl.col("source_id") == "article-test", pl.col("indicator_id") == "fully_online_procedures_pct"
    ).row(0, named=True)
    assert (row["printed"], row["numerator"], row["denominator"], row["locator"], row["as_of_precision"]) == (
        "1.452/1.860",
        1452,
        1860,
        "p3",
        "half_year",
    )
    assert after.claims.filter(pl.col("source_id") == "article-test")["quantity"].sort().to_list() == [
        "places_gained",
        "rank",
    ]
    before = files(folder)
    again = add(read_candidates(accepted), after, SOURCE)
    assert again.rows == {} and again.known >= 5
    assert files(folder) == before


def test_a_figure_that_contradicts_goes_to_conflicts_and_is_told(accepted, folder):
    add(read_candidates(accepted), cds.load(folder), SOURCE)
    other = (
        read_candidates(accepted)
        .filter(pl.col("printed") == "98,5%")
        .with_columns(value=pl.lit(91.0), printed=pl.lit("91%"))
    )
    done = add(other, cds.load(folder), {**SOURCE, "source_id": "article-other"})
    assert (
        set(done.rows) == {"conflicts", "sources"}
        and "91 (article-other) against 98.5 on record" in done.conflicts[0]
    )
    data = cds.load(folder)
    assert data.conflicts.filter(pl.col("source_id") == "article-other")["other"].to_list() == ["91"]
    assert data.observations.filter(pl.col("source_id") == "article-other").height == 0
    assert add(other, data, {**SOURCE, "source_id": "article-other"}).rows == {}


@pytest.mark.parametrize(
    "column, value, words",
    [
        ("proposal", "nothing_like_it", "not in the register"),
        ("place", "Nowhere", "unknown province"),
        ("place_type", "district", "is the figure of a district"),
        ("kind", "context", "is a context"),
        ("proposal", None, "needs an indicator"),
        ("date", None, "needs a date"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_changes(accepted, folder, column, value, words):
    before = files(folder)
    broken = read_candidates(accepted).with_columns(pl.lit(value, dtype=CANDIDATES[column]).alias(column))
    with pytest.raises(cds.CdsError, match=words):
        add(broken, cds.load(folder), SOURCE)
    assert files(folder) == before


def test_a_dataset_that_would_break_its_rules_is_not_written(accepted, folder):
    before = files(folder)
    with pytest.raises(cds.DataError, match=r"sources\.csv"):
        add(read_candidates(accepted), cds.load(folder), {**SOURCE, "title": "<b>markup</b>"})
    assert files(folder) == before


def row_of(text, data, **changes):
    found = extract(text, data, tools=TOOLS).with_columns(decision=pl.lit("accept"))
    return found.with_columns(**{k: pl.lit(v, dtype=CANDIDATES[k]) for k, v in changes.items()})


def test_figures_of_the_country_and_of_units_of_2025_go_into_their_tables(folder):
    data = cds.load(folder)
    text = (
        "Phú Thọ, ngày 5 tháng 9 năm 2025\nTỉnh Phú Thọ có 90% xã có cáp quang; mục tiêu đến năm 2026 là"
        " 95%.\nTrung bình cả nước đạt 63% hộ có cáp quang. Cả nước đặt mục tiêu đến năm 2030 có 90% hộ có"
        " cáp quang."
    )
    done = add(row_of(text, data), data, SOURCE)
    assert {t: len(r) for t, r in done.rows.items()} == {
        "area_observations": 2,
        "area_targets": 1,
        "targets": 1,
        "sources": 1,
    }
    after = cds.load(folder)
    mine = pl.col("source_id") == SOURCE["source_id"]
    assert after.area_observations.filter(mine).select("scope", "value").sort("scope").rows() == [
        ("phu-tho", 90.0),
        ("viet-nam", 63.0),
    ]
    assert after.area_targets.filter(mine).select("scope", "value").rows() == [("phu-tho", 95.0)]
    new = after.targets.filter(pl.col("source_id") == "article-test")
    assert new.select("scope", "value").rows() == [("viet-nam", 90.0)]


def test_a_unit_s_score_and_rank_are_one_row_and_one_of_them_alone_is_asked_for(folder):
    data = cds.load(folder)
    text = (
        "Phú Thọ, ngày 5 tháng 9 năm 2026\nDTI năm 2025, tỉnh Phú Thọ đạt 0,7123 điểm, xếp thứ 12/34 tỉnh,"
        " thành phố."
    )
    found = row_of(text, data)
    with pytest.raises(cds.DataError, match="needs the unit's rank accepted with it"):
        accepted_changes(found.head(1), data, SOURCE)
    add(found, data, SOURCE)
    row = cds.load(folder).unit_scores.filter(pl.col("source_id") == "article-test").row(0, named=True)
    assert (row["unit_id"], row["year"], row["score"], row["rank"], row["n_ranked"]) == (
        "phu-tho",
        2025,
        0.7123,
        12,
        34,
    )


def test_two_figures_of_one_article_under_one_key_are_asked_about(folder):
    data = cds.load(folder)
    text = (
        "Năm 2030, tỉnh Lạng Sơn đã có 90% hộ gia đình có cáp quang; tỷ lệ hộ gia đình có Internet cáp quang"
        " đạt 91%."
    )
    with pytest.raises(cds.DataError, match=r"gives another value than c001 \(90%\) for the same place"):
        accepted_changes(row_of(text, data), data, SOURCE)
    same = row_of(text.replace("91%", "90%"), data)
    assert len(accepted_changes(same, data, SOURCE).rows["observations"]) == 1


@pytest.mark.parametrize(
    "text, changes, words",
    [
        (
            "Năm 2023, tỉnh Lạng Sơn tăng 26% hộ có cáp quang.",
            {"proposal": "households_fibre_pct"},
            "is a change",
        ),
        ("Bộ Công Thương năm 2023 đạt 90% hồ sơ trực tuyến.", {}, "is the figure of a ministry"),
        (
            "DTI tăng 2,5 điểm năm 2023 ở tỉnh Lạng Sơn.",
            {"place": "lang-son", "place_type": "province"},
            "change of a score",
        ),
    ],
)
def test_what_the_dataset_does_not_hold_is_refused(folder, text, changes, words):
    data = cds.load(folder)
    with pytest.raises(cds.DataError, match=words):
        accepted_changes(row_of(text, data, **changes), data, SOURCE)


CUT = """
import sys, os, signal
from datetime import date
from pathlib import Path
import cds_analysis as cds
from cds_analysis.intake import add as adding, folder as changing
calls, at = [0], int(sys.argv[3])
def cut(function):
    def wrapped(*a, **k):
        calls[0] += 1
        if calls[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*a, **k)
    return wrapped
changing.keep, changing.finish, changing.undo_unfinished = cut(changing.keep), cut(changing.finish), \
cut(changing.undo_unfinished)
class Os:
    replace = staticmethod(cut(os.replace))
changing.os = Os
source = {"source_id": "article-test", "title": "Tin", "publisher": "Báo", "published": None, "url": None, \
"kind": "article"}
adding.accepted_changes(adding.read_candidates(Path(sys.argv[1])), cds.load(sys.argv[2]), \
source).write(data_date=date(2026, 12, 31))
"""


def test_an_addition_cut_off_at_any_point_leaves_the_folder_as_it_was(accepted, folder):
    before, seen = files(folder), set()
    for at in range(1, 40):
        done = subprocess.run(
            [sys.executable, "-c", CUT, str(accepted), str(folder), str(at)], capture_output=True, text=True
        )
        cds.load(folder)  # undoes what was cut off
        state = files(folder)
        if done.returncode == 0:
            assert state != before
            break
        assert done.returncode == -9, done.stderr
        changed = state != before
        assert not changed or "article-test" in (folder / "sources.csv").read_text(encoding="utf-8")
        seen.add(changed)
        if changed:  # cut off after the last step: everything is in
            assert cds.load(folder).observations.filter(pl.col("source_id") == "article-test").height == 2
            break
    assert False in seen and at > 8


def test_candidates_edited_by_hand_are_checked(accepted):
    text = accepted.read_text(encoding="utf-8").replace(",accept,", ",yes,", 1)
    accepted.write_text(text, encoding="utf-8")
    with pytest.raises(cds.DataError, match="row 2, column decision: must be accept, reject or empty"):
        read_candidates(accepted)
    accepted.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(cds.DataError, match="column candidate: the column is missing"):
        read_candidates(accepted)


def test_the_commands(folder, tmp_path):
    article, out = tmp_path / "article.txt", tmp_path / "found.csv"
    article.write_text(ARTICLE, encoding="utf-8")
    run = CliRunner().invoke
    said = run(main, ["extract", str(article), "--out", str(out)])
    assert said.exit_code == 0 and "5 candidates" in said.output
    assert (
        run(main, ["extract", str(article), "--out", str(out)]).exit_code == 2
    )  # decisions are not written over
    assert "98,5%" in run(main, ["extract", "-"], input=ARTICLE).output
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    rows[0]["decision"] = "accept"
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    said = run(main, ["add", str(out), "--source", "article-x", "--data", str(folder)])
    assert said.exit_code == 2 and "--title" in said.output
    said = run(
        main,
        [
            "add",
            str(out),
            "--source",
            "article-x",
            "--title",
            "Tin",
            "--publisher",
            "Báo",
            "--data",
            str(folder),
            "--data-date",
            "2026-12-31",
        ],
    )
    assert said.exit_code == 0 and "1 observations" in said.output, said.output
    assert run(main, ["extract", str(tmp_path / "none.txt")]).exit_code == 2


def test_the_review_shows_each_figure_and_keeps_each_decision(data, tmp_path):
    from cds_analysis.app.review import Review

    article, out = tmp_path / "article.txt", tmp_path / "found.csv"
    article.write_text(ARTICLE, encoding="utf-8")
    write_candidates(extract(ARTICLE, data), out)
    review = Review(out, article, data)
    assert "<mark>98,5%</mark>" in review.shown.value
    review.value.value = "98,6"
    review.keys.value = "a"
    assert "<mark>1.452/1.860</mark>" in review.shown.value and review.keys.value == ""
    review.reject.click()
    kept = read_candidates(out)
    assert kept["decision"].to_list()[:3] == ["accept", "reject", ""] and kept["value"][0] == 98.6
    again = Review(out, article, data, lang="en")  # taken up where it was left
    assert "<mark>90%</mark>" in again.shown.value and "2 of 5 decided" in again.shown.value
    again.date.value = "soon"
    again.accept.click()
    assert "alert" in again.said.value and read_candidates(out)["decision"][2] == ""
    assert sorted(f.name for f in tmp_path.iterdir()) == [
        "article.txt",
        "found.csv",
        "found.decisions.csv",
        "found.proposed.csv",
    ]


@pytest.mark.parametrize(
    "changes, rule",
    [
        ({"kind": "result", "reason": "target: the title"}, "goal"),
        ({"value": 140.0}, "scale"),
        ({"date": date(2030, 12, 31)}, "future"),
        ({"kind": "target", "date": date(2020, 12, 31)}, "overdue"),
    ],
)
def test_an_odd_figure_is_added_only_once_it_is_confirmed(data, changes, rule):
    row = row_of("Đến cuối năm 2023, tỉnh Lạng Sơn có 98,5% doanh nghiệp sử dụng hóa đơn điện tử.", data)
    source = {**SOURCE, "published": date(2024, 7, 5)}
    assert accepted_changes(row, data, source).rows["observations"]
    odd = corrected(row, [0], changes)
    with pytest.raises(cds.DataError, match=f"write {rule} into the column confirmed"):
        accepted_changes(odd, data, source)
    assert accepted_changes(corrected(odd, [0], {"confirmed": rule}), data, source).rows


SECTIONS = "I. KẾT QUẢ\n- 85% hộ có cáp quang.\n- 12 xã.\n\nII. HẠ TẦNG\n- Xếp hạng 25/63 về PAR INDEX."
SECTIONS += "\n- 90% số thôn."


def test_one_correction_is_for_a_section_or_for_all_alike_but_for_nothing_decided(data):
    found, blocks = extract(SECTIONS, data), document(SECTIONS, TOOLS.rules)
    assert in_section(found, blocks, 4) == [2, 3] and in_section(found, blocks, 0) == [0, 1, 2, 3]
    decided = corrected(found, [3], {"decision": "accept"})
    assert in_section(decided, blocks, 4) == [2]
    assert alike(found, 0, {"kind": "target"}) == [0, 1, 3]
    as_target = corrected(found, [0, 2], {"kind": "result"})
    assert as_target.select("unit", "value").rows()[2] == ("percent", 39.6825)
    assert as_target.row(0) == found.row(0)


def test_a_new_indicator_is_entered_once_and_never_into_the_bundled_data(data, folder):
    own, indicator = add_indicator(
        cds.load(folder), "Số trạm sạc", "Charging stations", "count", 1, "digital_economy"
    )
    assert own.indicators.filter(pl.col("indicator_id") == indicator)["name_vi"].item() == "Số trạm sạc"
    with pytest.raises(cds.ParameterError, match="is on record"):
        add_indicator(own, "Trạm sạc khác", "charging STATIONS", "count", 1, "digital_economy")
    with pytest.raises(cds.ParameterError, match="bundled"):
        add_indicator(data, "Số trạm sạc", "Charging stations", "count", 1, "digital_economy")


def test_two_accepted_values_under_one_key_are_asked_about_and_what_was_proposed_is_kept(data, tmp_path):
    text = (
        "Năm 2023, tỉnh Lạng Sơn có 85% doanh nghiệp sử dụng hóa đơn điện tử. Năm 2023, tỉnh Lạng Sơn có 86%"
    )
    write_candidates(extract(f"{text} doanh nghiệp sử dụng hóa đơn điện tử.", data), tmp_path / "a.csv")
    deciding = Deciding(tmp_path / "a.csv", data)
    deciding.accept(0, {})
    _, clash = deciding.asked(deciding.frame.row(1, named=True), 1)
    assert clash and clash["candidate"] == "c001"
    assert deciding.accept_all([1], 1) == 0
    deciding.accept(1, {"value": 87.0})
    assert deciding.frame["decision"].to_list() == ["", "accept"]
    told = pl.read_csv(tmp_path / "a.decisions.csv")
    assert dict(kept_share(told).select("field", "kept").rows())["value"] == 0
    assert pl.read_csv(tmp_path / "a.proposed.csv")["value"].to_list() == [85.0, 86.0]
    assert deciding.undo() == 1 and deciding.frame["decision"].to_list() == ["accept", ""]
