"""The explorer in a real JupyterLab, in a real browser: started here on a free port of this machine, with a
token, in a copy of the notebook.
"""

import csv

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
    page = browser.new_page(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    open_explorer(page, lab)
    yield page
    page.close()


def picture(page):
    return page.locator(".widget-tab img:visible").first


def test_typing_a_name_without_accents_and_adding_it_changes_the_figure(page):
    before = picture(page).get_attribute("src"), picture(page).get_attribute("alt")
    page.get_by_label("Tìm", exact=True).fill("da nang")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.widget-select select option')].some(o => o.textContent.replaceAll('\\u00a0', ' ') === 'Đà Nẵng')"
    )
    page.get_by_role("button", name="Thêm", exact=True).click()
    page.wait_for_function("alt => document.querySelector('.widget-tab img').alt !== alt", arg=before[1])
    assert picture(page).get_attribute("src") != before[0]
    assert "Đà Nẵng" in picture(page).get_attribute("alt") and "Đà Nẵng" not in before[1]


def test_a_tab_is_drawn_when_it_is_opened_and_the_choice_survives(page):
    page.get_by_role("tab", name="Xu hướng hạng").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.widget-tab img')].some(i => i.offsetParent && i.alt.includes('hạng') && i.alt.includes('Đà Nẵng'))"
    )
    assert "da-nang" in page.get_by_label("Lựa chọn").input_value()


def test_the_numbers_can_be_downloaded(page, tmp_path):
    with page.expect_download() as waiting:
        page.locator(".widget-tab a[download]:visible", has_text="CSV cho Excel").click()
    target = tmp_path / "numbers.csv"
    waiting.value.save_as(target)
    rows = list(csv.DictReader(target.open(encoding="utf-8-sig")))
    assert {r["province_id"] for r in rows} == {"ba-ria-vung-tau", "da-nang", "lang-son"}
    assert all(int(r["year"]) >= 2011 for r in rows)


def test_a_saved_selection_is_restored(page):
    box = page.get_by_label("Lựa chọn")
    box.fill("vi 63 dti/overall 2022-2024 all map ca-mau")
    box.press("Enter")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.widget-tab img')].some(i => i.offsetParent && i.alt.includes('DTI'))"
    )
    assert page.get_by_role("tab", name="Bản đồ").get_attribute("aria-selected") == "true"


def test_the_language_changes_in_place(page):
    page.get_by_role("button", name="English").click()
    page.get_by_label("Search", exact=True).wait_for()
    assert page.get_by_role("tab", name="Map").count() == 1


def test_the_explorer_is_accessible_and_raised_no_error(page):
    found = axe_violations(page, ".jp-OutputArea-output .widget-hbox")
    assert found == []
    assert page.errors == []


def test_it_can_be_used_by_keyboard(page):
    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type("can tho")
    page.wait_for_function(  # letters go to the kernel one by one, and a click may overtake the last of them
        "() => [...document.querySelectorAll('.widget-select:not(.widget-select-multiple) select')].some(s => s.options.length === 1 && s.options[0].textContent.replaceAll('\\u00a0', ' ') === 'Can Tho')"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Add"
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('.widget-select-multiple').textContent.replaceAll('\\u00a0', ' ').includes('Can Tho')"
    )


ARTICLE = "Đến cuối năm 2023, tỉnh Lạng Sơn có 98,5% doanh nghiệp sử dụng hóa đơn điện tử. Tỉnh Lạng Sơn xếp hạng 25/63 về PAR INDEX."


def test_an_article_is_reviewed_with_buttons_and_keys(home, lab, browser, data):
    (home / "tin.txt").write_text(ARTICLE, encoding="utf-8")
    write_candidates(extract(ARTICLE, data), home / "tin.csv")
    notebook = review_notebook(home / "tin.csv", home / "tin.txt", None)
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_notebook(page, lab, notebook.name)
    page.locator("mark", has_text="98,5%").wait_for(timeout=90_000)
    assert page.get_by_label("Nói về").input_value() == "enterprises_einvoice_pct"
    assert axe_violations(page, ".jp-OutputArea-output .widget-vbox") == []
    page.get_by_label("Giá trị").fill("98,6")
    page.get_by_label("Giá trị").press("Enter")
    page.get_by_role("button", name="Nhận", exact=True).click()
    page.locator("mark", has_text="25/63").wait_for()
    page.get_by_label("Phím").press("r")
    page.get_by_text("đã bỏ").wait_for()
    page.close()
    decided = read_candidates(home / "tin.csv")
    assert decided.select("decision", "value").rows() == [("accept", 98.6), ("reject", 25.0)]
    assert errors == []
