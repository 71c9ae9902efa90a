import base64
import csv
import io
import re

import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.app.explorer import Explorer
from cds_analysis.views.theme import flat_csv


def test_explorer_finds_provinces_as_one_types(data):
    explorer = Explorer(data, lang="vi", index="papi")
    for typed, first in (
        ("ba ria", "ba-ria-vung-tau"),
        ("brvt", "ba-ria-vung-tau"),
        ("đà nẵng", "da-nang"),
        ("da n", "da-nang"),
        ("hồ chí", "ho-chi-minh"),
    ):
        explorer.search.value = typed
        assert explorer.matches.value == first
    explorer.search.value = "zzz"
    assert not explorer.matches.options and "không có tỉnh nào khớp" in explorer.hint.value
    explorer.add_match.click()
    assert explorer.selected == []


def test_explorer_buttons_pick_and_drop(data):
    explorer = Explorer(data, lang="en", provinces=["lang-son"], index="papi")
    explorer.add_peers.click()
    assert len(explorer.selected) == 6
    explorer.region.value = "central-highlands"
    explorer.add_region.click()
    assert {"kon-tum", "dak-lak"} <= set(explorer.selected)
    explorer.picked.value = ("kon-tum",)
    explorer.remove.click()
    assert "kon-tum" not in explorer.selected
    explorer.add_all.click()
    assert len(explorer.selected) == 63
    explorer.clear.click()
    assert explorer.selected == []


def test_explorer_draws_only_what_changed(data, monkeypatch):
    from cds_analysis.app import explorer as module

    drawn = []
    monkeypatch.setattr(
        module,
        "pane",
        lambda tab, pick, data, t, real=module.pane: (drawn.append(tab), real(tab, pick, data, t))[1],
    )
    explorer = Explorer(data, lang="en", provinces=["lang-son"], index="papi")
    explorer.tabs.selected_index = 3
    explorer.tabs.selected_index = 0
    assert drawn == ["comparison", "map"]
    explorer.indicator.value = explorer.indicator.options[1][1]  # shown in the targets only
    explorer.first.value = 2020  # the first year is shown in the trend only
    assert drawn == ["comparison", "map"]
    explorer.tabs.selected_index = 2
    explorer.index.value = "dti"
    assert drawn == ["comparison", "map", "trend", "trend"]
    assert explorer.selected == ["lang-son"] and explorer.dimension.value == "overall"


def test_a_selection_is_saved_and_restored(data):
    explorer = Explorer(data, lang="vi", provinces=["lang-son", "da-nang"], index="papi")
    explorer.index.value, explorer.tabs.selected_index = "dti", 2
    text = explorer.state
    other = Explorer(data, lang="en", index="papi")
    other.saved.value = text
    assert other.state == text == "vi 63 dti/overall 2020-2024 all trend da-nang+lang-son"
    assert other.tabs.children[2].value == explorer.tabs.children[2].value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vi 63",
        "vi 63 papi/nothing 2011-2024 all map -",
        "vi 99 papi/overall 2011-2024 all map -",
        "vi 63 papi/overall 2011-2024 all map atlantis",
        "fr 63 papi/overall 2011-2024 all map -",
        "vi 63 papi/overall x-y all map -",
    ],
)
def test_a_bad_selection_changes_nothing_and_says_why(data, text):
    explorer = Explorer(data, lang="en", provinces=["lang-son"], index="papi")
    before = explorer.state
    with pytest.raises(cds.CdsError):
        explorer.state = text
    explorer.saved.value = text or " "
    assert explorer.state == before and "<p" in explorer.hint.value


def test_language_and_units_change_in_place(data):
    explorer = Explorer(data, lang="vi", provinces=["vinh-phuc", "lang-son"], index="papi")
    explorer.language.value = "en"
    assert explorer.search.description == "Search" and explorer.selected == ["lang-son", "vinh-phuc"]
    explorer.units.value = "34"
    assert explorer.selected == ["lang-son", "phu-tho"] and len(explorer.matches.options) == 34
    assert "estimates" in explorer.tabs.children[0].value


@pytest.mark.parametrize("units", ["63", "34"])
def test_every_tab_of_the_explorer_survives_every_index_and_no_choice(data, units):
    explorer = Explorer(data, lang="vi", index="papi")
    explorer.units.value = units
    for _, index in explorer.index.options:
        explorer.index.value = index
        for tab in range(5):
            explorer.tabs.selected_index = tab
            assert explorer.tabs.children[tab].value


def test_a_pane_names_its_sources_and_gives_its_numbers(data):
    shown = Explorer(data, lang="en", provinces=["lang-son"], index="papi").tabs.children[0].value
    assert "<summary>Show sources (1)</summary>" in shown and "PAPI 2024" in shown
    numbers = [
        base64.b64decode(m).decode("utf-8-sig") for m in re.findall(r"base64,([A-Za-z0-9+/=]+)\">", shown)
    ]
    assert len(numbers) == 2 and all(n.startswith("province_id,") for n in numbers)


def test_no_cell_for_a_spreadsheet_starts_a_formula():
    frame = pl.DataFrame(
        {"a": ["=1+1", "+cmd", "-x", "@x", "\t=1", "+33", None], "b": [-1.0] * 7, "c": [["=x"]] * 7}
    )
    rows = list(csv.reader(io.StringIO(flat_csv(frame, for_spreadsheet=True))))[1:]
    assert [r[0][:1] for r in rows] == ["'"] * 5 + ["+", ""]
    assert {r[1] for r in rows} == {"-1.0"} and {r[2] for r in rows} == {"'=x"}
