"""axe-core on every page, in Vietnamese by day and in English by night (all four would take two minutes);
the explorer is checked in test_lab.py.
"""

import pytest
from browsers import axe_violations, needs_chromium

from cds_analysis.pages.site import LANDING

pytestmark = needs_chromium


@pytest.mark.parametrize("theme, lang", [("light", "vi"), ("dark", "en")])
def test_no_page_violates_wcag_2_2_aa(made, page, theme, lang):
    out, tasks, _ = made
    page.emulate_media(color_scheme=theme)
    found = {}
    for path in [LANDING[lang], *(t.path for t in tasks if t.lang == lang)]:
        page.goto((out / path).as_uri())
        found[path] = axe_violations(page)
    assert {path: lines for path, lines in found.items() if lines} == {}
