"""The explorer's choices, figures and files, without a browser (tests/test_lab.py has one)."""

import csv
import io

import openpyxl
import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.app.explorer import Explorer
from cds_analysis.dataset.provinces import fold
from cds_analysis.study.choice import ALL, VIEWS, read_choice
from cds_analysis.views.spreadsheet import flat_csv


@pytest.fixture(scope="module")
def explorer(data):
    return Explorer(data, lang="en", provinces=["lang-son"], index="papi")


def sent(explorer, monkeypatch, kind):
    """Ask for a file as the script does; return its name and content."""
    answers = []
    monkeypatch.setattr(
        explorer, "send", lambda message, buffers: answers.append((message["name"], buffers[0]))
    )
    explorer._asked(explorer, {"file": kind}, [])
    return answers[0]


def found(explorer, typed):
    """Whom the script would offer first: the same rule as in who.js, on the same words."""
    wanted = fold(typed)

    def score(candidate):
        best = min(
            0 if w == wanted else 1 if w.startswith(wanted) else 3 if wanted in w else 9
            for w in candidate["words"]
        )
        return best + (0 if candidate["kind"] == "province" else 0.5)

    known = sorted(explorer.menu["who"], key=score)
    return known[0] if score(known[0]) < 9 else None


@pytest.mark.parametrize(
    "typed, first",
    [
        ("ba ria", "ba-ria-vung-tau"),
        ("brvt", "ba-ria-vung-tau"),
        ("đà nẵng", "da-nang"),
        ("da n", "da-nang"),
        ("hồ chí", "ho-chi-minh"),
        ("TP.HCM", "ho-chi-minh"),
        ("Hue", "thua-thien-hue"),
        ("mekong", "mekong-river-delta"),
        ("dong bang song cuu long", "mekong-river-delta"),
        ("peers of lang son", "peers of lang-son"),
        ("tương đồng Lạng Sơn", "peers of lang-son"),
        ("top 10", "top 10"),
        ("all", ALL),
        ("tất cả", ALL),
    ],
)
def test_provinces_and_groups_are_offered_in_any_spelling(explorer, typed, first):
    assert found(explorer, typed)["id"] == first


def test_nobody_is_offered_for_a_name_that_is_not_there(explorer):
    assert found(explorer, "atlantis") is None


def test_groups_are_added_once_and_in_order(data):
    explorer = Explorer(data, lang="en", provinces=["lang-son"], index="papi")
    explorer.change(add=["central-highlands"])
    assert explorer.selected[0] == "lang-son" and set(explorer.selected[1:]) == set(
        data.provinces.filter(pl.col("region_id") == "central-highlands")["province_id"]
    )
    explorer.change(provinces=["da-nang"])
    explorer.change(add=["top 10"])
    table = data.scores.filter(
        (pl.col("index_id") == "papi") & (pl.col("dimension_id") == "overall") & (pl.col("year") == 2024)
    ).sort("score", descending=True)
    assert set(explorer.selected) == {"da-nang", *table["province_id"].head(10)}
    explorer.change(add=[ALL])
    assert len(explorer.selected) == 63 and explorer.state.endswith(" trend all")


def test_all_provinces_are_all(data):
    explorer = Explorer(data, lang="vi", provinces=["lang-son"], index="papi")
    explorer.change(add=[ALL])
    for tab in VIEWS:
        explorer.change(tab=tab)
        rows = {r["province_id"] for r in explorer.shown["figure"]["data"]["rows"]}
        own = data.targets.filter(pl.col("scope") != "viet-nam").select("indicator_id", province_id="scope")
        national = data.targets.filter(pl.col("scope") == "viet-nam").select("indicator_id")
        percent = data.indicators.filter(pl.col("unit") == "percent").select("indicator_id")
        have = data.observations.select("indicator_id", "province_id").join(percent, on="indicator_id")
        reported = pl.concat(
            [have.join(national, on="indicator_id"), have.join(own, on=["indicator_id", "province_id"])]
        )["province_id"].n_unique()
        with_figures = {"targets": reported, "comparison": 61}.get(tab, 63)
        assert len(rows) == with_figures > 2 and len(explorer.shown["provinces"]) == 63


@pytest.mark.parametrize("who", ["lang-son", "all"])
def test_every_target_can_be_looked_at(data, who):
    explorer = Explorer(data, lang="en", provinces=["lang-son"], index="papi")
    reported = set(data.observations["indicator_id"])
    for indicator in sorted(set(data.targets["indicator_id"])):
        explorer.state = f"en 63 papi/overall 2011-2024 {indicator} targets {who}"
        figure, title = explorer.figure, explorer.figure.title
        if not figure.data["rows"]:  # a target is on record, or the indicator would not be offered
            assert "no province's figure is on record" in title and any(c.isdigit() for c in title)
            assert indicator not in reported or who == "lang-son" or not _has_gap(data, indicator)
        else:
            assert _has_gap(data, indicator) and "with a figure reached; provinces" in title


def _has_gap(data, indicator):
    judged = cds.gaps(data.observations, data.targets, data.indicators).filter(
        pl.col("indicator_id") == indicator
    )
    return judged["value"].count() > 0 or indicator not in set(data.observations["indicator_id"])


def test_targets_with_figures_come_first_and_the_others_say_so(explorer, data):
    every, seen, without = explorer.menu["indicators"]
    assert every["id"] == ALL
    assert len(seen["items"]) + len(without["items"]) == data.targets["indicator_id"].n_unique()
    assert {i["id"] for i in seen["items"]} >= {"files_received_online_pct", "digital_economy_share_pct"}
    assert "no province's figure" in without["label"]


def test_dimensions_are_in_official_order_numbered_and_only_those_with_data(explorer, data):
    parts = [p["label"] for p in explorer.menu["parts"]["papi"]]
    assert parts[0] == "overall" and parts[1].startswith("1  ") and parts[2].startswith("\u20031.1  ")
    numbers = [p.strip().split("  ")[0] for p in parts[1:]]
    assert numbers == sorted(numbers, key=lambda n: [int(x) for x in n.split(".")])
    have = set(zip(data.scores["index_id"], data.scores["dimension_id"]))
    assert all(tuple(p["id"].split("/")) in have for ps in explorer.menu["parts"].values() for p in ps)


def test_a_selection_is_saved_and_restored(data):
    explorer = Explorer(data, lang="vi", provinces=["lang-son", "da-nang"], index="papi")
    explorer.change(index="dti", tab="map", view="score", last=2023)
    other = Explorer(data, lang="en", index="papi")
    other.state = explorer.state
    assert other.state == "vi 63 dti/overall 2020-2023 all map.score lang-son+da-nang"
    assert other.figure.data == explorer.figure.data and other.figure.title == explorer.figure.title
    other.state = "vi 63 papi/overall 2011-2024 all comparison -"  # as earlier versions wrote it
    assert other.figure.name == "by_region"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vi 63",
        "vi 63 papi/nothing 2011-2024 all map -",
        "vi 99 papi/overall 2011-2024 all map -",
        "vi 63 papi/overall 2011-2024 all map atlantis",
        "vi 63 papi/overall 2011-2024 all map.nothing -",
        "vi 63 papi/overall 2011-2024 nothing targets -",
        "fr 63 papi/overall 2011-2024 all map -",
        "vi 63 papi/overall x-y all map -",
    ],
)
def test_a_bad_selection_changes_nothing_and_says_why(data, text):
    explorer = Explorer(data, lang="vi", provinces=["lang-son"], index="papi")
    before = explorer.state
    with pytest.raises(cds.CdsError):
        explorer.state = text
    explorer._asked(explorer, {"state": text, "seq": 7}, [])
    assert explorer.state == before and explorer.shown["seq"] == 7
    assert "không có gì thay đổi" in explorer.shown["says"]  # in the reader's language


def test_undo_goes_back_step_by_step(data):
    explorer = Explorer(data, lang="en", provinces=["lang-son"], index="papi")
    states = [explorer.state]
    for change in ({"add": ["ha-noi"]}, {"tab": "map"}, {"lang": "vi"}, {"units": "34"}):
        explorer.change(**change)
        states.append(explorer.state)
    for before in states[-2::-1]:
        explorer.undo()
        assert explorer.state == before
    assert not explorer.shown["can_undo"]
    explorer.undo()
    assert explorer.state == states[0]


def test_language_and_units_change_in_place(data):
    explorer = Explorer(data, lang="vi", provinces=["vinh-phuc", "lang-son"], index="papi")
    explorer.change(lang="en")
    assert explorer.menu["words"]["undo"] == "Undo" and explorer.selected == ["vinh-phuc", "lang-son"]
    explorer.change(units="34")
    assert explorer.selected == ["phu-tho", "lang-son"] and len(explorer.menu["names"]) == 34
    assert any("estimates" in note for note in explorer.shown["notes"])


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def test_one_language_is_shown(data):
    explorer = Explorer(data, lang="vi", provinces=["lang-son"], index="papi")
    english = {
        "Rank",
        "Score",
        "Year",
        "Source",
        "Province",
        "Latest figure",
        "Target",
        "overall",
        "Undo",
        "Map",
    }
    for tab, views in VIEWS.items():
        for view in views:
            explorer.change(tab=tab, view="" if view == ALL else view)
            shown = {k: v for k, v in explorer.shown.items() if k not in ("tab", "view", "figure")}
            tips = [
                t["title"]
                for layer in explorer.figure.spec.get("layer", [])
                for t in (layer["encoding"].get("tooltip") or [])
                if t["title"] != "title"
            ]
            assert not english & {*texts(shown), *texts(explorer.menu["words"]), *tips}, (tab, view)


@pytest.mark.parametrize("units", ["63", "34"])
def test_every_view_survives_every_index_and_no_choice(data, units):
    explorer = Explorer(data, lang="vi", index="papi")
    explorer.change(units=units)
    for index in [i["id"] for i in explorer.menu["indices"]]:
        for tab, views in VIEWS.items():
            for view in views:
                explorer.change(index=index, tab=tab, view=view)
                assert explorer.figure.title and (
                    explorer.figure.data["rows"] or explorer.figure.name == "nothing"
                )


@pytest.mark.parametrize(
    "text",
    [
        "vi 63 papi/public_service_delivery 2018-2024 all trend lang-son+cao-bang+bac-kan",
        "en 63 papi/overall 2012-2024 all trend.score all",
        "vi 34 dti/overall 2021-2023 all map.score ha-noi",
        "vi 63 papi/overall 2011-2024 all comparison.pair=par/overall da-nang",
        "en 63 papi/overall 2011-2024 files_received_online_pct targets -",
        "vi 63 par/overall 2017-2023 all table can-tho",
    ],
)
def test_the_line_of_python_gives_the_same_figure(data, text):
    explorer = Explorer(data, lang="vi", index="papi")
    explorer.state = text
    again = eval(explorer.code, {"cds": cds})
    assert again.data == explorer.figure.data and again.params == explorer.figure.params
    assert (again.title, again.picked) == (explorer.figure.title, explorer.figure.picked)


def test_a_csv_in_vietnamese_has_what_a_vietnamese_spreadsheet_reads(data, monkeypatch):
    explorer = Explorer(data, lang="vi", provinces=["lang-son"], index="papi")
    explorer.change(series="papi/public_service_delivery", first=2018)
    name, content = sent(explorer, monkeypatch, "csv")
    assert name == "PAPI-6_trend-rank_2018-2024_lang-son.csv" and content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0]["Tỉnh"] == "Lạng Sơn"
    by_year = {r["Năm"]: r["Điểm"] for r in rows if r["Tỉnh"] == "Lạng Sơn"}
    score = data.scores.filter(
        (pl.col("dimension_id") == "public_service_delivery")
        & (pl.col("province_id") == "lang-son")
        & (pl.col("year") == 2024)
    )["score"].item()
    assert by_year["2024"] == str(score).replace(".", ",") and set(by_year) == {
        str(y) for y in range(2018, 2025)
    }


def test_a_workbook_has_numbers_names_and_sources(data, monkeypatch, tmp_path):
    explorer = Explorer(data, lang="en", provinces=["da-nang", "lang-son"], index="dti")
    explorer.change(tab="map", last=2023)
    name, content = sent(explorer, monkeypatch, "xlsx")
    assert name == "DTI_map-rank_2023_da-nang+lang-son.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet, sources = book.worksheets
    head = [c.value for c in sheet[1]]
    first, second = ([c.value for c in sheet[i]] for i in (2, 3))
    assert (first[head.index("Rank")], second[head.index("Rank")]) == (1, 4)  # as announced for 2023
    assert sheet.max_row == 64 and sources.max_row >= 2


def test_no_cell_for_a_spreadsheet_starts_a_formula():
    frame = pl.DataFrame(
        {"a": ["=1+1", "+cmd", "-x", "@x", "\t=1", "+33", None], "b": [-1.0] * 7, "c": [["=x"]] * 7}
    )
    rows = list(csv.reader(io.StringIO(flat_csv(frame, for_spreadsheet=True))))[1:]
    assert [r[0][:1] for r in rows] == ["'"] * 5 + ["+", ""]
    assert {r[1] for r in rows} == {"-1.0"} and {r[2] for r in rows} == {"'=x"}


def test_a_choice_reads_what_it_writes(data):
    for text in (
        "en 63 papi/overall 2011-2024 all trend.standing ha-noi+da-nang",
        "vi 63 dti/overall 2020-2024 all table -",
    ):
        assert str(read_choice(text, data)) == text
