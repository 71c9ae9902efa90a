"""axe-core on every page, light and dark; the explorer is checked in test_lab.py."""

import pytest
from browsers import axe_violations, needs_chromium

pytestmark = needs_chromium


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_violates_wcag_2_2_aa(made, page, theme):
    out, tasks, _ = made
    page.emulate_media(color_scheme=theme)
    found = {}
    for path in ["index.html", *(t.path for t in tasks)]:
        page.goto((out / path).as_uri())
        found[path] = axe_violations(page)
    assert {path: lines for path, lines in found.items() if lines} == {}
