"""Findings and the sentences made of them: over all 63 provinces, both languages, and the 34 units
of 2025.
"""

import csv
import re
from collections import Counter, defaultdict

import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures.findings import CERTAINTIES, KINDS, findings
from cds_analysis.paths import data_folder

SURE = {"vi": "ượt sai số", "en": "eyond error"}
DOUBT = {"vi": "chưa vượt sai số", "en": "within error"}


@pytest.fixture(scope="module", params=["vi", "en"])
def study(request):
    return cds.open(lang=request.param)


@pytest.fixture(scope="module")
def said(study):
    return {p: study.province(p).verdict for p in study.data.provinces["province_id"]}


@pytest.fixture(scope="module")
def on_record():
    """Scores and ranks as the files hold them, read without the package."""
    rows, tables = {}, defaultdict(list)  # (index, dimension, year, province) -> row; table -> its scores
    for path in (data_folder() / "scores").glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                table = (row["index_id"], row["dimension_id"], int(row["year"]))
                rows[*table, row["province_id"]] = row
                tables[table] += [float(row["score"])] if row["score"] else []
    return rows, tables


def rank_by_hand(on_record, index, dimension, year, province):
    """The printed rank where only that is known, else one plus the number of higher scores."""
    rows, tables = on_record
    mine, scores = rows[index, dimension, year, province], tables[index, dimension, year]
    if mine["score"] and len(scores) >= 50 and mine["rank_status"] != "reported":
        return 1 + sum(s > float(mine["score"]) for s in scores)
    return int(mine["rank"]) if mine["rank"] else None


def test_every_rank_of_a_finding_is_that_of_the_files(study, on_record):
    rows = study.findings.filter(pl.col("kind").is_in(["whole", "part", "old"]))
    assert rows.height > 800
    for r in rows.sample(250, seed=1).iter_rows(named=True):
        assert r["rank"] == rank_by_hand(
            on_record, r["index_id"], r["dimension_id"], r["year"], r["province_id"]
        ), r


def test_kinds_and_certainties_are_those_documented(study):
    assert set(study.findings["kind"]) == set(KINDS)
    assert set(study.findings["certainty"]) <= set(CERTAINTIES)
    assert study.findings.select("province_id", "kind", "index_id", "dimension_id").is_duplicated().sum() == 0


def test_every_number_in_a_sentence_is_in_the_data_behind_it(study, said, on_record):
    columns = ("year", "rank", "n_ranked", "rank_low", "rank_high", "year_from", "rank_from", "table_year")
    for province, sentences in said.items():
        mine = study.findings.filter(pl.col("province_id") == province)
        known = {str(v) for c in columns for v in mine[c].drop_nulls()}
        moves = mine.drop_nulls("rank_from")
        known |= {str(abs(v)) for v in moves["rank_from"] - moves["rank"]}
        for index, dimension, year, who in on_record[0]:
            if who == province and dimension == "overall" and index in set(mine["index_id"]):
                known |= {str(year), str(rank_by_hand(on_record, index, dimension, year, who))}
        sure = mine.filter(pl.col("kind") == "part", pl.col("certainty") == "sure")
        known |= {str(n - 3) for n in Counter(sure.select("index_id", "side").rows()).values() if n > 3}
        for sentence in sentences:
            text = sentence.text.replace("95%", "")
            assert set(re.findall(r"\d+", text)) <= known, (province, text)


def test_no_certainty_from_an_uncertain_result(study, said):
    lang = study.lang
    for province, sentences in said.items():
        mine = study.findings.filter(pl.col("province_id") == province)
        sure = mine.filter(pl.col("certainty") == "sure")
        text = " ".join(s.text for s in sentences)
        # What is left after the doubt is taken out is said as certain.
        bold = text.replace(DOUBT[lang], "").count(SURE[lang])
        assert bool(bold) == bool(sure.height), (province, text)
        for row in sure.filter(pl.col("kind") == "move").iter_rows(named=True):
            assert SURE[lang] in sentences[0].text and str(row["rank_from"]) in sentences[0].text
        for row in mine.filter(pl.col("kind") == "move", pl.col("certainty") == "within_error").iter_rows(
            named=True
        ):
            assert row["rank"] == row["rank_from"] or DOUBT[lang] in text
        # A part of a survey within its error is not named as a strength or weakness anywhere.
        weak = mine.filter(pl.col("kind") == "part", pl.col("certainty") == "within_error")
        for row in weak.iter_rows(named=True):
            assert study.text.part(row["index_id"], row["dimension_id"]) not in text, (province, row)


def test_the_rank_of_a_survey_never_stands_without_its_interval(study, said):
    for province, sentences in said.items():
        surveyed = study.findings.filter(
            pl.col("province_id") == province, pl.col("kind") == "whole"
        ).drop_nulls("rank_low")
        for row in surveyed.iter_rows(named=True):
            at = [s.text for s in sentences[1:] if study.text.place(row["rank"], row["n_ranked"]) in s.text]
            assert any(f"{row['rank_low']}–{row['rank_high']}" in text for text in at), province


def test_a_missing_newest_year_is_said_first(study, said):
    lacking = {"tien-giang", "vinh-phuc"}
    first = {"vi": "không có trong PAPI 2024", "en": "not in PAPI 2024"}[study.lang]
    for province, sentences in said.items():
        begins = sentences[0].text.partition(": ")[2].startswith(first)
        assert begins == (province in lacking), sentences[0].text


def test_the_one_move_beyond_noise_leads(study, said):
    assert study.findings.filter(pl.col("kind") == "move", pl.col("certainty") == "sure")[
        "province_id"
    ].to_list() == ["tay-ninh"]
    wanted = {
        "vi": "Tây Ninh: PAPI tăng từ thứ 60 lên thứ 2, vượt sai số; thứ 58/63 về hoạt động kinh tế số",
        "en": "Tây Ninh: from 60th up to 2nd in PAPI, beyond error; 58th of 63 in digital economy activity",
    }
    assert said["tay-ninh"][0].text == wanted[study.lang]


def test_at_most_three_findings_each_with_a_link_to_its_figure(study, said):
    anchors = set(study.data.indices["index_id"])
    for sentences in said.values():
        assert 2 <= len(sentences) <= 3
        for sentence in sentences:
            found = re.findall(r'href="#([^"]+)"', sentence.html)
            assert 1 <= len(found) <= 2 and set(found) <= anchors, sentence.html


def test_grammar_of_one_and_none_and_no_leftovers(study, said):
    for sentences in said.values():
        for sentence in sentences:
            text = sentence.text
            assert not re.search(r"\{|\}|None|null|  | ,| \.|\(\)", text), text
            assert not re.search(
                r"\b1 places|[023456789] place\b|(?<!1)1th|(?<!1)2th|(?<!1)3th|11st|12nd|13rd", text
            ), text
            assert not re.search(r"\b0 bậc", text), text
    up = said["ha-tinh"][2].text
    assert ("up 1 place on 2023" if study.lang == "en" else "tăng 1 bậc so với 2023") in up
    same = said["thanh-hoa"][2].text
    assert ("the same rank as in 2023" if study.lang == "en" else "bằng hạng năm 2023") in same


def test_names_keep_their_diacritics_in_english(study, said):
    names = dict(study.data.provinces.select("province_id", "name_vi").iter_rows())
    assert all(s[0].text.startswith(f"{names[p]}: ") for p, s in said.items())
    assert cds.open(lang="en").province("Lang Son").name == "Lạng Sơn"  # accepted in any spelling


@pytest.mark.parametrize(
    "province, vi, en",
    [
        (
            "lang-son",
            "Lạng Sơn: đồng hạng nhất về hạ tầng số, thứ 62/63 về hoạt động xã hội số",
            "Lạng Sơn: joint first in digital infrastructure, 62nd of 63 in digital society activity",
        ),
        (
            "ha-noi",
            "Hà Nội: thứ 2/63 về hoạt động kinh tế số và hoạt động xã hội số",
            "Hà Nội: 2nd of 63 in digital economy activity and digital society activity",
        ),
        (
            "quang-binh",
            "Quảng Bình: thứ 63/63 về DTI 2024 và hoạt động chính quyền số",
            "Quảng Bình: 63rd of 63 in DTI 2024 and digital government activity",
        ),
        (
            "lao-cai",
            "Lào Cai: thứ 42/63 về DTI 2024, tốt nhất về hoạt động chính quyền số (thứ 24)",
            "Lào Cai: 42nd of 63 in DTI 2024, best in digital government activity (24th)",
        ),
        (
            "vinh-phuc",
            "Vĩnh Phúc: không có trong PAPI 2024; thứ 10/63 về hoạt động kinh tế số",
            "Vĩnh Phúc: not in PAPI 2024; 10th of 63 in digital economy activity",
        ),
    ],
)
def test_headlines_read_by_eye(study, said, province, vi, en):
    assert said[province][0].text == {"vi": vi, "en": en}[study.lang]


def test_the_34_units_have_their_headlines_too():
    for lang in ("vi", "en"):
        study = cds.open(lang=lang, units="34")
        for unit in study.data.provinces["province_id"]:
            sentences = study.province(unit).verdict
            assert sentences[0].text.startswith(study.text.province(unit) + ": ")
            assert not re.search(r"\{|None|  ", " ".join(s.text for s in sentences))
            assert "/63" not in sentences[0].text and "of 63" not in sentences[0].text


def test_findings_do_not_hang_on_the_order_of_rows(study):
    d = study.data
    positions, changes = study.likely
    again = findings(
        study.ranked.reverse(),
        d.indices.reverse(),
        d.provinces.reverse(),
        positions.reverse(),
        changes.reverse(),
    )
    assert again.equals(study.findings)


def test_a_province_without_any_figure_has_an_honest_headline(study):
    d = study.data
    others = study.ranked.filter(pl.col("province_id") != "lai-chau")
    likely = [frame.filter(pl.col("province_id") != "lai-chau") for frame in study.likely]
    found = findings(others, d.indices, d.provinces, *likely)
    from cds_analysis.views.prose.verdict import verdict

    sentences = verdict(found, others, study.text, province="lai-chau")
    wanted = {"vi": "Lai Châu: không có trong DTI 2024", "en": "Lai Châu: not in DTI 2024"}
    assert sentences[0].text == wanted[study.lang] and len(sentences) == 1
