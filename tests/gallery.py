"""Make the pictures in ``outputs/gallery``: ``python tests/gallery.py [OUTPUTS]`` after ``cds report``.
Needs Chromium and Playwright.
"""

import sys
import tempfile
from pathlib import Path

from browsers import CHROMIUM, FLAGS, jupyterlab, open_explorer
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = {  # name: (page below the outputs, element, height of the cut in CSS pixels)
    "profile.en": ("province_profile/ba-ria-vung-tau.en.html", "body", 1060),
    "profile.vi": ("province_profile/ba-ria-vung-tau.vi.html", "body", 1060),
    "comparison.en": (
        "province_comparison/province_comparison.en.html",
        "figure:has(svg[aria-label*='dimensions'])",
        760,
    ),
    "targets.en": (
        "target_gap/target_gap.en.html",
        "figure:has(svg[aria-label*='figures and targets'])",
        1400,
    ),
    "trends.en": (
        "ranking_trends/ranking_trends.en.html",
        "figure:has(svg[aria-label*='rank by year'])",
        700,
    ),
    "rises.en": (
        "ranking_trends/ranking_trends.en.html",
        "figure:has(svg[aria-label*='where does each province lie'])",
        900,
    ),
    "live.en": ("ranking_trends/ranking_trends.en.html", ".live", 760),
    "bridge.en": (
        "merger_bridge/merger_bridge.en.html",
        "figure:has(svg[aria-label*='units and their parts'])",
        900,
    ),
    "checks.en": ("method_checks/method_checks.en.html", "figure:has(svg[aria-label*='false alarms'])", 420),
    "claims.vi": ("claims_check/claims_check.vi.html", "body", 900),
    "index": ("index.html", "body", 900),
}


def main() -> None:
    outputs = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "outputs").resolve()
    gallery = ROOT / "outputs" / "gallery"
    gallery.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1080, "height": 1100})
        for name, (address, element, height) in PICTURES.items():
            page.goto((outputs / address).as_uri())
            page.locator(element).first.wait_for()
            page.wait_for_timeout(1500 if element == ".live" else 0)
            box = page.locator(element).first.bounding_box()
            clip = {
                "x": max(box["x"], 0),
                "y": box["y"],
                "width": min(box["width"], 1080),
                "height": min(height, box["height"]),
            }
            path = gallery / f"{name}.png"
            page.screenshot(path=path, clip=clip, full_page=True)
            _smaller(path)
        with tempfile.TemporaryDirectory() as home, jupyterlab(Path(home)) as address:
            page.set_viewport_size({"width": 1440, "height": 1200})
            open_explorer(page, address)
            page.add_style_tag(content=".Toastify { display: none; }")  # JupyterLab's question about news
            page.get_by_role("tab", name="Bản đồ").click()
            page.wait_for_timeout(1500)
            page.locator(".cds").first.screenshot(path=gallery / "explorer.vi.png")
            _smaller(gallery / "explorer.vi.png")
        browser.close()


def _smaller(path: Path) -> None:
    Image.open(path).convert("P", palette=Image.Palette.ADAPTIVE, colors=96).save(path, optimize=True)
    print(path.relative_to(ROOT), path.stat().st_size // 1024, "kB")


if __name__ == "__main__":
    main()
