"""Pages in a real browser, opened from disk with the network off. Needs Debian's Chromium: `apt-get install -y chromium`."""

from pathlib import Path

import pytest
from browsers import needs_chromium

pytestmark = needs_chromium


@pytest.fixture
def page(browser):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda r: page.asked.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    page.on("console", lambda m: page.said.append(m.text) if m.type == "error" else None)
    yield page
    assert page.asked == [] and page.said == []
    context.close()


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


@pytest.mark.parametrize("typed, shown", [("vinh phuc", ["Vĩnh Phúc"]), ("BRVT", ["Bà Rịa - Vũng Tàu"]), ("vĩnh", ["Vĩnh Phúc"])])
def test_the_index_is_searched_with_or_without_accents(made, page, typed, shown):
    out, _, _ = made
    page.goto((out / "index.html").as_uri())
    page.fill("#q", typed)
    names = page.locator("li[data-search]:visible .name").all_inner_texts()
    assert names == shown


def test_a_figure_is_downloaded_as_csv(made, page):
    out, tasks, _ = made
    page.goto((out / next(t.path for t in tasks if t.notebook == "ranking_trends")).as_uri())
    with page.expect_download() as waited:
        page.locator("a.csv").first.click()
    content = Path(waited.value.path()).read_text(encoding="utf-8-sig")
    assert content.startswith("index_id,dimension_id,year,province_id")
