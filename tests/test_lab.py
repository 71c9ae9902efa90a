"""The explorer in a real JupyterLab, in a real browser: started here on a free port of this machine, with a
token, in a copy of the notebook.
"""

import csv
import re
from datetime import date

import polars as pl
import pytest
from browsers import axe_violations, jupyterlab, needs_chromium, open_explorer, open_notebook

from cds_analysis.app.review_notebook import review_notebook
from cds_analysis.intake.add import read_candidates, write_candidates
from cds_analysis.intake.extract import extract

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(home):
    with jupyterlab(home) as address:
        yield address


@pytest.fixture(scope="module")
def page(lab, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    open_explorer(page, lab)
    yield page
    page.close()


def drawn(page, act):
    """Do something and wait until the explorer has drawn Python's answer to it."""
    before = page.locator(".cds").get_attribute("data-drawn")
    act()
    page.wait_for_function(
        "before => document.querySelector('.cds').dataset.drawn !== before", arg=before, timeout=60_000
    )


def restore(page, state):
    """Paste a selection."""
    box = page.get_by_label("Mã chia sẻ", exact=True).or_(page.get_by_label("Selection", exact=True))
    if box.input_value() != state:
        box.fill(state)
        drawn(page, lambda: box.press("Enter"))


def state(page):
    return page.locator(".cds-share input").first.input_value()


def test_figure_and_controls_are_in_one_view(page):
    boxes = [page.locator(s).bounding_box() for s in (".cds-controls", ".cds-plot svg", ".cds-foot")]
    assert all(b["y"] >= 60 and b["y"] + b["height"] <= 800 for b in boxes), boxes


def test_a_name_typed_fast_is_found_in_the_browser_and_not_an_earlier_match(page):
    field = page.get_by_role("combobox", name="Tỉnh, vùng, nhóm")
    field.focus()
    for typed in ("ha noi", "Da Nang, brvt"):
        drawn(page, lambda typed=typed: (page.keyboard.type(typed, delay=0), page.keyboard.press("Enter")))
    assert state(page).endswith("ba-ria-vung-tau+lang-son+ha-noi+da-nang")
    drawn(page, lambda: (field.fill("tuong dong lang son"), field.press("Enter")))
    assert len(state(page).split("+")) == 9  # five peers, none of whom was picked
    for _ in range(7):
        drawn(page, lambda: field.press("Backspace"))
    assert state(page).endswith("ba-ria-vung-tau+lang-son")
    field.fill("atlantis")
    field.press("Enter")
    assert page.locator(".cds-status").inner_text() == "không có tỉnh nào khớp"
    field.press("Escape")


def test_pointing_tells_what_the_data_say(page, data):
    restore(page, "vi 63 papi/public_service_delivery 2021-2024 all trend lang-son")
    label = page.locator(".cds-plot svg text", has_text=re.compile(r"^Lạng Sơn")).bounding_box()
    page.mouse.move(label["x"] - 9, label["y"] + label["height"] / 2)  # the end of its line
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    told = dict(zip(*[tip.locator(f"td.{c}").all_inner_texts() for c in ("key", "value")]))
    rows = data.scores.filter(
        (pl.col("dimension_id") == "public_service_delivery") & (pl.col("year") == 2024)
    ).drop_nulls("score")
    score = rows.filter(pl.col("province_id") == "lang-son")["score"].item()
    rank = 1 + rows.filter(pl.col("score") > score).height
    assert tip.locator("h2").inner_text() == "Lạng Sơn"
    assert told["Năm"] == "2024" and told["Hạng"] == f"{rank}/{rows.height}"
    assert told["Điểm"] == f"{score:.2f}".replace(".", ",") and "PAPI 2024" in told["Nguồn"]
    page.mouse.move(5, 5)


def test_a_click_in_the_figure_picks_and_drops_and_the_table_knows(page):
    restore(page, "vi 63 dti/overall 2020-2024 all map lang-son")
    tile = page.locator(".cds-plot svg text", has_text=re.compile("^Hà Nội$"))
    drawn(page, lambda: tile.click(force=True))
    assert state(page).endswith("lang-son+ha-noi")
    drawn(page, lambda: page.get_by_role("tab", name="Bảng").click())
    assert page.locator(".cds tr.cds-mine th").all_inner_texts() == ["Hà Nội", "Lạng Sơn"]  # by rank
    drawn(page, lambda: page.locator(".cds tbody").get_by_role("button", name="Hà Nội").click())
    assert state(page).endswith("table lang-son")


def test_the_table_sorts_filters_and_counts_all(page):
    restore(page, "vi 63 dti/overall 2020-2023 all table lang-son")
    rows = page.locator(".cds tbody tr")
    assert rows.count() == 63
    ranks = [int(t.split("/")[0]) for t in page.locator(".cds tbody td:nth-child(3)").all_inner_texts()]
    assert ranks == sorted(ranks)
    page.locator(".cds thead").get_by_role("button", name="Tỉnh").click()
    names = page.locator(".cds tbody th").all_inner_texts()
    assert names[0] == "An Giang" and names.index("Bạc Liêu") < names.index("Bắc Giang") < names.index(
        "Đắk Lắk"
    )
    assert page.locator(".cds thead th").first.get_attribute("aria-sort") == "ascending"
    page.get_by_role("searchbox", name="Tìm").fill("dong bang song cuu")
    assert rows.count() == 13
    page.get_by_role("searchbox", name="Tìm").fill("")
    page.get_by_label("chỉ tỉnh đã chọn").check()
    assert page.locator(".cds tbody th").all_inner_texts() == ["Lạng Sơn"]
    page.get_by_label("chỉ tỉnh đã chọn").uncheck()


@pytest.mark.parametrize("kind", ["PNG", "SVG", "XLSX", "CSV"])
def test_what_is_taken_away_says_what_it_is(page, tmp_path, kind):
    restore(page, "vi 63 papi/public_service_delivery 2018-2024 all trend.score lang-son+cao-bang")
    with page.expect_download() as waiting:
        page.locator(".cds-takes").get_by_role("button", name=kind).click()
    assert (
        waiting.value.suggested_filename == f"PAPI-6_trend-score_2018-2024_lang-son+cao-bang.{kind.lower()}"
    )
    file = tmp_path / "file"
    waiting.value.save_as(file)
    content = file.read_bytes()
    if kind == "CSV":
        rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
        assert rows[0]["Tỉnh"] == "Lạng Sơn" and len({r["Tỉnh"] for r in rows}) == 63
    elif kind == "SVG":
        text = content.decode()
        assert "Lạng Sơn" in text and "PAPI 2024" in text  # the finding and the source go with it
    else:
        assert content.startswith({"PNG": b"\x89PNG", "XLSX": b"PK"}[kind]) and len(content) > 10_000


def test_all_provinces_and_a_target_leave_no_old_figure(page, data):
    silent = sorted(set(data.targets["indicator_id"]) - set(data.observations["indicator_id"]))[0]
    restore(page, "vi 63 papi/overall 2011-2024 level4_services_pct targets all")
    assert page.locator(".cds h3").inner_text().startswith("Dịch vụ công")
    restore(page, f"vi 63 papi/overall 2011-2024 {silent} targets all")
    assert "chưa tỉnh nào công bố số liệu" in page.locator(".cds h3").inner_text()
    assert not page.locator(".cds-plot").is_visible()


def test_a_wrong_selection_is_refused_in_the_reader_s_language(page):
    restore(page, "vi 63 dti/overall 2022-2024 all map ca-mau")
    restore(page, "vi 63 dti/overall 2022-2024 all map atlantis")
    assert "không có gì thay đổi" in page.locator(".cds-status").inner_text()


def test_language_changes_in_place_and_undo_goes_back(page):
    restore(page, "vi 63 dti/overall 2022-2024 all map ca-mau")
    drawn(page, lambda: page.get_by_role("button", name="EN", exact=True).click())
    assert page.get_by_role("tab", name="Compare").count() == 1
    assert page.get_by_role("tab", name="So sánh").count() == 0
    drawn(page, lambda: page.get_by_role("button", name="Undo").click())
    assert page.get_by_role("tab", name="So sánh").count() == 1


def test_it_can_be_used_by_keyboard_alone(page):
    restore(page, "vi 63 papi/overall 2011-2024 all trend lang-son")
    page.get_by_role("combobox", name="Tỉnh, vùng, nhóm").focus()
    page.keyboard.type("can tho")
    drawn(page, lambda: page.keyboard.press("Enter"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Chỉ số"
    drawn(page, lambda: page.keyboard.press("ArrowUp"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    drawn(page, lambda: page.keyboard.press("ArrowRight"))
    page.get_by_role("tab", name="Qua các năm").focus()
    drawn(page, lambda: page.keyboard.press("ArrowRight"))
    assert state(page) == "vi 63 dti/overall 2021-2024 all comparison lang-son+can-tho"
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.keyboard.type("ddxxaabb")  # letters that delete, cut and insert cells of a notebook in command mode
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells and page.locator(".cds").is_visible()


@pytest.mark.parametrize("view", ["trend", "comparison.parts", "map", "targets", "table"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_explorer_is_accessible_in_both_themes(page, theme, view):
    page.evaluate("light => document.body.dataset.jpThemeLight = light", str(theme == "light").lower())
    restore(page, "vi 63 papi/overall 2011-2024 all trend.score lang-son")
    restore(page, f"vi 63 papi/overall 2011-2024 all {view} lang-son+ha-noi")
    page.wait_for_function(
        "() => document.querySelector('.cds').classList.contains('cds-dark') ==="
        f" {str(theme == 'dark').lower()}"
    )
    found = axe_violations(page, ".cds")
    page.evaluate("() => document.body.dataset.jpThemeLight = 'true'")
    assert found == []


def test_nothing_went_wrong_in_the_browser(page):
    assert page.errors == []


PLAN = """KẾ HOẠCH
Chuyển đổi số tỉnh Lạng Sơn

I. KẾT QUẢ NĂM 2022
- 98,5% doanh nghiệp sử dụng hóa đơn điện tử.
- Xếp hạng 25/63 về PAR INDEX.

II. HẠ TẦNG
- 1.452 trạm BTS; cáp quang tới chín phần mười số xã (9 trên 10).
- 27 điểm phát wifi."""


def test_a_plan_is_reviewed_in_its_text_with_one_correction_for_a_section(home, lab, browser, data):
    (home / "kh.txt").write_text(PLAN, encoding="utf-8")
    write_candidates(extract(PLAN, data), home / "kh.csv")
    notebook = review_notebook(home / "kh.csv", home / "kh.txt", None)
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_notebook(page, lab, notebook.name)
    current = page.locator(".cdr mark[aria-current]")
    current.filter(has_text="98,5%").wait_for(timeout=90_000)
    assert page.get_by_label("Nói về").input_value() == "enterprises_einvoice_pct"
    assert page.locator(".cdr h4").filter(has_text="II. HẠ TẦNG").is_visible()
    assert axe_violations(page, ".jp-OutputArea-output .widget-vbox") == []
    page.get_by_label("Giá trị").fill("98,6")
    page.get_by_label("Giá trị").press("Enter")
    page.get_by_role("button", name="Nhận", exact=True).click()
    current.filter(has_text="25/63").wait_for()
    page.locator(".cdr section").first.focus()
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.keyboard.press("r")
    current.filter(has_text="1.452").wait_for()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    page.get_by_label("Loại số liệu").nth(1).select_option(label="mục tiêu")
    page.get_by_role("textbox", name="Ngày").fill("2025-12-31")
    page.get_by_role("textbox", name="Ngày").press("Enter")
    page.get_by_label("Áp dụng cho").select_option(label="mục: II. HẠ TẦNG")
    page.get_by_role("button", name="Áp dụng", exact=True).click()
    page.get_by_text("vẫn chưa được quyết định").wait_for()
    page.evaluate(
        """() => { const node = [...document.querySelectorAll('.cdr [data-p]')].find(
            n => n.textContent.includes('9 trên')).lastChild;
        const at = node.textContent.indexOf('10'); const range = document.createRange();
        range.setStart(node, at); range.setEnd(node, at + 2);
        getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    )
    page.get_by_role("button", name="Thêm số liệu đang bôi đen").click()
    current.filter(has_text=re.compile("^10$")).wait_for()
    page.close()
    decided = read_candidates(home / "kh.csv")
    assert decided.select("decision", "value", "kind").rows() == [
        ("accept", 98.6, "result"),
        ("reject", 25.0, "rank"),
        ("", 1452.0, "target"),
        ("", 9.0, "target"),
        ("", 10.0, "target"),
        ("", 27.0, "target"),
    ]
    assert set(decided["date"].to_list()[2:]) == {date(2025, 12, 31)}
    kept = pl.read_csv(home / "kh.decisions.csv").filter(pl.col("proposed") != pl.col("decided"))
    assert kept.select("candidate", "field", "decided").rows() == [("c001", "value", "98.6")]
    assert errors == []
