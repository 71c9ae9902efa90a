"""Time the explorer in a real JupyterLab, from an event to the picture: ``python tests/benchmarks/lab.py``.

A hundred changes that go through Python (index, part, years, tab, view, provinces), and a hundred picks that
the browser draws alone. Needs Debian's Chromium. The load of the machine is printed too: other work makes all
of it slower.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from browsers import CHROMIUM, FLAGS, jupyterlab, open_explorer

SERIES = ["papi/overall", "papi/public_service_delivery", "dti/overall", "papi/e_governance", "par/overall"]
VIEWS = ["trend", "trend.score", "comparison", "comparison.parts", "map", "map.score", "targets", "table"]
THROUGH_PYTHON = """async (states) => {
  const root = document.querySelector(".cds"), box = root.querySelector(".cds-share input"), taken = [];
  for (const state of states) {
    const before = root.dataset.drawn, start = performance.now();
    box.value = state;
    box.dispatchEvent(new Event("change"));
    while (root.dataset.drawn === before) await new Promise((done) => setTimeout(done, 1));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    taken.push(performance.now() - start);
  }
  return taken;
}"""
IN_THE_BROWSER = """async () => {
  const plot = document.querySelector(".cds-plot"), taken = [];
  for (let i = 0; i < 100; i++) {
    const box = plot.getBoundingClientRect(), x = box.left + 60 + (i * 37) % 500, y = box.top + 60 + (i * \
53) % 250;
    const target = document.elementFromPoint(x, y), start = performance.now();
    target.dispatchEvent(new MouseEvent("pointermove", { bubbles: true, clientX: x, clientY: y }));
    target.dispatchEvent(new MouseEvent("mousemove", { bubbles: true, clientX: x, clientY: y }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    taken.push(performance.now() - start);
  }
  return taken;
}"""


def main():
    states = [
        f"vi 63 {SERIES[i % 5]} {2012 + i % 4}-{2021 + i % 3} all {VIEWS[i % 8]} {who}"
        for i in range(50)
        for who in ("lang-son", "da-nang+ha-noi+cao-bang")
    ]
    with (
        tempfile.TemporaryDirectory() as home,
        jupyterlab(Path(home)) as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        open_explorer(page, address)
        page.evaluate(
            THROUGH_PYTHON, states[:16]
        )  # every view once: its specification is built the first time
        report("through Python", page.evaluate(THROUGH_PYTHON, states))
        page.evaluate(THROUGH_PYTHON, ["vi 63 papi/overall 2011-2024 all trend lang-son"])
        report("pointing, in the browser", page.evaluate(IN_THE_BROWSER))
        browser.close()


def report(name, taken):
    p95 = statistics.quantiles(taken, n=20)[-1]
    load = os.getloadavg()[0]
    print(
        f"{name}: n = {len(taken)}, median {statistics.median(taken):.0f} ms, p95 {p95:.0f} ms (load"
        f" {load:.1f})"
    )


if __name__ == "__main__":
    main()
