"""Pages in a real browser, opened from disk with the network off. Needs Debian's Chromium: `apt-get install
-y chromium`.
"""

from pathlib import Path

import pytest
from browsers import needs_chromium

pytestmark = needs_chromium


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_no_page_is_wider_than_the_screen_and_every_picture_is_drawn(made, page, width):
    out, tasks, _ = made
    page.set_viewport_size({"width": width, "height": 900})
    for path in ["index.html", *(t.path for t in tasks if t.lang == "vi")]:
        page.goto((out / path).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)"), path


def test_a_report_prints_on_a4(made, page):
    out, tasks, _ = made
    page.goto((out / next(t.path for t in tasks if t.notebook == "target_gap")).as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_figure_is_downloaded_as_csv(made, page):
    out, tasks, _ = made
    page.goto((out / next(t.path for t in tasks if t.notebook == "ranking_trends")).as_uri())
    with page.expect_download() as waited:
        page.locator("a.csv:visible").first.click()
    head, *rows = Path(waited.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert "province_id" in head.split(",") and len(rows) > 50


def test_dark_pages_are_dark_and_print_is_not(made, page):
    out, tasks, _ = made
    page.emulate_media(color_scheme="dark")
    page.goto((out / tasks[0].path).as_uri())
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(18, 26, 33)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(background) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("notebook", ["province_comparison", "ranking_trends"])
def test_a_reader_filters_by_province_in_the_file_without_a_kernel(made, page, notebook):
    out, tasks, _ = made
    page.goto((out / next(t.path for t in tasks if t.notebook == notebook and t.lang == "vi")).as_uri())
    live = page.locator(".live")
    live.locator("svg").wait_for()
    drawn = live.locator("svg").inner_html()
    live.get_by_role("searchbox").fill("brvt, da nang")
    page.wait_for_function("() => document.querySelectorAll('.live .picked li').length === 2")
    assert live.locator(".picked li").all_inner_texts() == ["Bà Rịa - Vũng Tàu", "Đà Nẵng"]
    page.wait_for_function("before => document.querySelector('.live svg').innerHTML !== before", arg=drawn)
    live.locator("svg path[fill='#0072B2']").first.hover(
        force=True
    )  # what catches the pointer lies over the dots
    page.wait_for_function(
        "() => document.querySelector('#vg-tooltip-element.visible')?.textContent.includes('Bà Rịa')"
    )
    live.get_by_role("searchbox").fill("atlantis")
    assert live.locator(".picked").inner_text() == "không có tỉnh nào khớp"


def test_live_charts_leave_print_to_the_pictures(made, page):
    out, tasks, _ = made
    page.goto((out / next(t.path for t in tasks if t.notebook == "ranking_trends")).as_uri())
    page.locator(".live svg").wait_for()
    page.emulate_media(media="print")
    assert not page.locator(".live").is_visible()


def test_a_script_that_is_not_the_page_s_own_does_not_run(made, tmp_path, browser):
    out, tasks, _ = made
    path = out / next(t.path for t in tasks if t.notebook == "ranking_trends")
    spoiled = tmp_path / "spoiled.html"
    spoiled.write_text(
        path.read_text(encoding="utf-8").replace(
            "</body>",
            "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\"></body>",
        ),
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(spoiled.as_uri())
    page.wait_for_timeout(500)
    assert page.title() != "owned"
    page.close()
