"""Debian's Chromium for the browser tests, and axe-core on a page."""

import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

# CI sets CDS_REQUIRE_BROWSER, so that a missing browser is a failure there and not a skip.
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CDS_REQUIRE_BROWSER"), reason="no Chromium here; `apt-get install -y chromium` brings one"
)


def axe_violations(page, selector=None):
    """Return what axe-core finds against WCAG 2.2 A and AA, a line a rule and element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=selector, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    return [f"{v['id']} ({v['help']}): {n['target']} {n['html'][:120]}" for v in found for n in v["nodes"]]
